/** How far numbers are from those of Keras: the largest difference, and Keras's largest magnitude. */
export function differenceOf(
  expected: Float32Array,
  found: ArrayLike<number>,
): { difference: number; largest: number } {
  let largest = 0;
  let difference = 0;
  for (const [i, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value));
    const off = Math.abs(value - found[i]!);
    difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(difference, off);
  }
  return { difference, largest };
}
