import type { AtlasPlan } from '../plan';

/** Values are sorted with their indexes in one float64: 32 bits of value above 21 of index. */
const MOST = 2 ** 21;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A float32 as a whole number of 0..2^32 in the same order. */
function ordered(value: number): number {
  // Both zeros are equal.
  float[0] = value === 0 ? 0 : value;
  const pattern = bits[0]!;
  return pattern >= 2 ** 31 ? 2 ** 32 - 1 - pattern : pattern + 2 ** 31;
}

/**
 * The area under the ROC curve of each class against all others: the share of pairs of a picture of the class and
 * another in which the class's has the larger value; ties count half.
 *
 * @param values one per picture; those that are NaN or infinite do not count
 * @param labels the class of each; −1 does not count
 * @param into receives one area per class; NaN where the class, or all others, are empty
 */
export function areas(
  values: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  into: Float64Array,
): void {
  const keys = new Float64Array(Math.min(values.length, MOST));
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    const value = values[i]!;
    if (labels[i]! < 0 || value - value !== 0) continue;
    keys[count++] = ordered(value) * MOST + i;
  }
  const sorted = keys.subarray(0, count).sort();
  const ranks = new Float64Array(classes);
  const sizes = new Float64Array(classes);
  for (let start = 0; start < count; ) {
    const value = Math.floor(sorted[start]! / MOST);
    let end = start + 1;
    while (end < count && Math.floor(sorted[end]! / MOST) === value) end++;
    // Ranks begin at 1; equal values share their mean.
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      const label = labels[sorted[i]! % MOST]!;
      ranks[label]! += rank;
      sizes[label]!++;
    }
    start = end;
  }
  for (let label = 0; label < classes; label++) {
    const [own, others] = [sizes[label]!, count - sizes[label]!];
    into[label] = own && others ? (ranks[label]! - (own * (own + 1)) / 2) / (own * others) : Number.NaN;
  }
}

/** The most pictures whose areas can be computed. */
export const MOST_PICTURES = MOST;

/** Numbers of the largest values that are in memory at once. */
const AT_ONCE = 64e6;

/** Of all channels of a layer, some channels at a time so that all pictures fit into memory. */
export function areasOf(
  { pictures, classes }: AtlasPlan,
  channels: number,
  parts: (use: (maxima: Float32Array) => void) => void,
): Float64Array {
  if (!classes || pictures.length > MOST_PICTURES) return new Float64Array(0);
  const { names, labels } = classes;
  const auc = new Float64Array(channels * names.length);
  const width = Math.max(1, Math.min(channels, Math.floor(AT_ONCE / pictures.length)));
  for (let first = 0; first < channels; first += width) {
    const some = Math.min(width, channels - first);
    const columns = Array.from({ length: some }, () => new Float32Array(pictures.length));
    let picture = 0;
    parts((maxima) => {
      for (let start = first; start < maxima.length; start += channels, picture++) {
        for (let c = 0; c < some; c++) columns[c]![picture] = maxima[start + c]!;
      }
    });
    for (const [c, values] of columns.entries()) {
      const at = (first + c) * names.length;
      areas(values, labels, names.length, auc.subarray(at, at + names.length));
    }
  }
  return auc;
}
