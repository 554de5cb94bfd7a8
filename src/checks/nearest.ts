/** The number of letters to insert, delete or replace to turn one word into the other (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * ` Did you mean "channel"?` for the closest name; empty if none is close.
 *
 * @param most letters that may differ
 */
export function nearest(
  name: string,
  names: Iterable<string>,
  most = Math.max(2, Math.floor(name.length / 2)),
): string {
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of names) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}
