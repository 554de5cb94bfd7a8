import { BINS, double, LEAST_EXPONENT } from './bins';
import { insertTop } from './top-list';

/** The shape of a layer's statistics. */
export interface LayerShape {
  readonly channels: number;
  /** How many of the highest pictures each channel keeps. */
  readonly top: number;
}

/**
 * Statistics of a layer's channels over some pictures. Those of other pictures can be merged into them. One entry per
 * channel, but for `bins` and the lists of the highest pictures.
 */
export interface LayerTotals extends LayerShape {
  /** How many values are finite. */
  readonly count: Float64Array;
  readonly mean: Float64Array;
  /** Sum of the squared differences from the mean. */
  readonly squares: Float64Array;
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly zeros: Float64Array;
  readonly nan: Float64Array;
  readonly positiveInfinity: Float64Array;
  readonly negativeInfinity: Float64Array;
  /** In how many pictures the largest value is above 0. */
  readonly fires: Float64Array;
  /** All values lie within ±2 to the power of this. */
  readonly exponents: Int32Array;
  /** Values other than 0 in bins of equal width, `BINS` per channel; see bins.ts. */
  readonly bins: Float64Array;
  /** The highest pictures, `top` per channel: largest value, which picture (−1 for none), and where. */
  readonly topValues: Float32Array;
  readonly topPictures: Int32Array;
  readonly topPositions: Int32Array;
}

/** Statistics of no pictures. */
export function emptyTotals({ channels, top }: LayerShape): LayerTotals {
  const numbers = () => new Float64Array(channels);
  return {
    channels,
    top,
    count: numbers(),
    mean: numbers(),
    squares: numbers(),
    min: new Float32Array(channels).fill(Number.POSITIVE_INFINITY),
    max: new Float32Array(channels).fill(Number.NEGATIVE_INFINITY),
    zeros: numbers(),
    nan: numbers(),
    positiveInfinity: numbers(),
    negativeInfinity: numbers(),
    fires: numbers(),
    exponents: new Int32Array(channels).fill(LEAST_EXPONENT),
    bins: new Float64Array(channels * BINS),
    topValues: new Float32Array(channels * top).fill(Number.NEGATIVE_INFINITY),
    topPictures: new Int32Array(channels * top).fill(-1),
    topPositions: new Int32Array(channels * top),
  };
}

/**
 * Adds the moments of more values: the update of Chan, Golub and LeVeque, which loses no digits to a large mean.
 *
 * @param count of the values added, at least 1
 */
export function addMoments(
  totals: LayerTotals,
  channel: number,
  count: number,
  mean: number,
  squares: number,
): void {
  const before = totals.count[channel]!;
  const all = before + count;
  const difference = mean - totals.mean[channel]!;
  totals.count[channel] = all;
  totals.mean[channel] = before === 0 ? mean : totals.mean[channel]! + difference * (count / all);
  totals.squares[channel] =
    totals.squares[channel]! + squares + difference * difference * ((before * count) / all);
}

/** Adds the statistics of later pictures. */
export function mergeTotals(totals: LayerTotals, later: LayerTotals): void {
  const { channels, top } = totals;
  for (let channel = 0; channel < channels; channel++) {
    if (later.count[channel]) {
      addMoments(totals, channel, later.count[channel]!, later.mean[channel]!, later.squares[channel]!);
    }
    totals.min[channel] = Math.min(totals.min[channel]!, later.min[channel]!);
    totals.max[channel] = Math.max(totals.max[channel]!, later.max[channel]!);
    for (const name of ['zeros', 'nan', 'positiveInfinity', 'negativeInfinity', 'fires'] as const) {
      totals[name][channel]! += later[name][channel]!;
    }
    const exponent = Math.max(totals.exponents[channel]!, later.exponents[channel]!);
    double(totals.bins, channel * BINS, exponent - totals.exponents[channel]!);
    double(later.bins, channel * BINS, exponent - later.exponents[channel]!);
    totals.exponents[channel] = later.exponents[channel] = exponent;
    for (let bin = channel * BINS; bin < (channel + 1) * BINS; bin++) totals.bins[bin]! += later.bins[bin]!;
    for (let rank = channel * top; rank < (channel + 1) * top && later.topPictures[rank]! >= 0; rank++) {
      insertTop(
        totals,
        channel,
        later.topValues[rank]!,
        later.topPictures[rank]!,
        () => later.topPositions[rank]!,
      );
    }
  }
}
