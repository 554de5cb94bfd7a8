import { ATLAS_BINS } from '../maps/atlas';

/**
 * Histograms whose range need not be known before. Each channel has 64 bins of equal width over ±2^E, where E is the
 * smallest exponent that holds all its values. When a larger value comes, E grows and neighbouring bins are added: the
 * edges of the wider bins are edges of the narrow ones, so counts stay exact, in whatever order values come.
 */
export const BINS = ATLAS_BINS;
/** The bin that begins at 0. */
export const ZERO_BIN = BINS / 2;
/** Of channels without any value but 0. */
export const LEAST_EXPONENT = -64;

/** Doubles the range of a channel's bins some times. */
export function double(bins: Float64Array | Uint32Array, start: number, times: number): void {
  for (let time = Math.min(times, 8); time > 0; time--) {
    const half = ZERO_BIN / 2;
    // From the middle outwards, so that a bin is read before it is written.
    for (let bin = 0; bin < half; bin++) {
      const from = start + ZERO_BIN + 2 * bin;
      bins[start + ZERO_BIN + bin] = bins[from]! + bins[from + 1]!;
    }
    for (let bin = 1; bin <= half; bin++) {
      const from = start + ZERO_BIN - 2 * bin;
      bins[start + ZERO_BIN - bin] = bins[from]! + bins[from + 1]!;
    }
    bins.fill(0, start, start + half);
    bins.fill(0, start + ZERO_BIN + half, start + BINS);
  }
}

/** The width of a bin. */
export const binWidth = (exponent: number): number => 2 ** (exponent + 1) / BINS;
