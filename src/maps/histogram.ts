/** How many values fall into each of several equally wide bins. */
export interface Histogram {
  /** The ends of the bins, one more than there are bins. */
  readonly edges: Float64Array;
  /** Values in each bin, from its lower end, included, to its upper end, excluded but in the last. */
  readonly counts: Uint32Array;
}

/**
 * Counts values in equally wide bins, as numpy's `histogram` does. Values that are not finite or beyond the range are
 * not counted.
 *
 * @param values in any order
 * @param bins how many, at least 1
 * @param range the lower end of the first bin and the upper end of the last; without a width it is widened by 0.5 to
 *   either side, as in numpy
 */
export function histogramOf(
  values: ArrayLike<number>,
  bins: number,
  [first, last]: readonly [number, number],
): Histogram {
  const [low, high] = first < last ? [first, last] : [first - 0.5, first + 0.5];
  const step = (high - low) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * step));
  const counts = new Uint32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) continue;
    let bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins));
    // Rounding may end beside the edge that the value is on.
    if (value < edges[bin]!) bin--;
    else if (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, counts };
}
