/**
 * @param {number[]} values at least one
 * @returns {[low: number, median: number, high: number]} the smallest, the middle one, the largest
 */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
}
