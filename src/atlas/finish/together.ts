import { ATLAS_PARTNERS } from '../../maps/atlas';
import { makeReductions } from '../reductions/reductions';

/** Layers of more channels get no partners: the square of their correlations would not fit into memory. */
export const MOST_CHANNELS = 4096;
/** Columns of a tile: 32 × 32 products stay in the processor's first cache. */
const TILE = 32;

/**
 * For each channel the channels whose largest values are most correlated with its own, over all pictures.
 *
 * @param channels of the layer
 * @param parts calls back with the largest values of some pictures, picture after picture; pictures with a value that
 *   is not finite do not count
 */
export function partnersOf(
  channels: number,
  parts: (use: (maxima: Float32Array) => void) => void,
): { partners: Int32Array; correlations: Float64Array } {
  const means = new Float64Array(channels);
  let count = 0;
  parts((maxima) => {
    for (let start = 0; start < maxima.length; start += channels) {
      if (!allFinite(maxima, start, channels)) continue;
      count++;
      for (let c = 0; c < channels; c++) means[c]! += (maxima[start + c]! - means[c]!) / count;
    }
  });
  const products = productsOf(channels, means, parts);
  const partners = new Int32Array(channels * ATLAS_PARTNERS).fill(-1);
  const correlations = new Float64Array(channels * ATLAS_PARTNERS).fill(Number.NaN);
  const { values, stride } = products;
  const deviation = Float64Array.from({ length: channels }, (_, c) => Math.sqrt(values[c * stride + c]!));
  for (let a = 0; a < channels; a++) {
    if (!deviation[a]) continue;
    for (let b = 0; b < channels; b++) {
      if (b === a || !deviation[b]) continue;
      const product = a < b ? values[a * stride + b]! : values[b * stride + a]!;
      const correlation = Math.min(1, Math.max(-1, product / (deviation[a]! * deviation[b]!)));
      insert(partners, correlations, a * ATLAS_PARTNERS, b, correlation);
    }
  }
  return { partners, correlations };
}

function allFinite(values: Float32Array, start: number, length: number): boolean {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += values[i]!;
  return sum - sum === 0;
}

/** Sums of the products of the differences from the means, above the diagonal and in a tile's width below it. */
function productsOf(
  channels: number,
  means: Float64Array,
  parts: (use: (maxima: Float32Array) => void) => void,
) {
  const stride = Math.ceil(channels / TILE) * TILE;
  const functions = makeReductions();
  const square = 8 * stride * stride;
  const base = functions.reserve(square);
  parts((maxima) => {
    const pictures = maxima.length / channels;
    if (!base || !functions.reserve(square + 8 * stride * pictures)) return;
    const rows = new Float64Array(functions.memory.buffer, base + square, stride * pictures);
    rows.fill(0);
    let row = 0;
    for (let start = 0; start < maxima.length; start += channels) {
      if (!allFinite(maxima, start, channels)) continue;
      for (let c = 0; c < channels; c++) rows[row * stride + c] = maxima[start + c]! - means[c]!;
      row++;
    }
    for (let a = 0; a < channels; a += TILE) {
      for (let b = a; b < channels; b += TILE) {
        functions.multiply(base + square, row, stride, base, a, a + TILE, b, b + TILE);
      }
    }
  });
  if (!base) throw new RangeError(`no memory for the correlations of ${channels} channels`);
  return { values: new Float64Array(functions.memory.buffer, base, stride * stride), stride };
}

/** Keeps the highest; of equal ones the lower channel, which comes first. */
function insert(
  partners: Int32Array,
  correlations: Float64Array,
  first: number,
  channel: number,
  value: number,
): void {
  let at = first + ATLAS_PARTNERS - 1;
  if (partners[at]! >= 0 && !(value > correlations[at]!)) return;
  while (at > first && (partners[at - 1]! < 0 || value > correlations[at - 1]!)) {
    partners[at] = partners[at - 1]!;
    correlations[at] = correlations[at - 1]!;
    at--;
  }
  partners[at] = channel;
  correlations[at] = value;
}
