import type { AtlasLayer } from '../maps/atlas';
import { BINS, double, LEAST_EXPONENT } from './bins';
import { insertTop } from './top-list';

/** Channels of a layer, and how many of the highest pictures each keeps. */
type LayerShape = Pick<AtlasLayer, 'channels' | 'top'>;

/** What is known of a layer only when all pictures are. */
type Finished = 'std' | 'rows' | 'columns' | 'partners' | 'correlations' | 'auc';

/**
 * Statistics of a layer's channels over some pictures, as `AtlasLayer` names them. Those of other pictures can be merged
 * into them.
 */
export interface LayerTotals extends Omit<AtlasLayer, 'layer' | 'type' | 'height' | 'width' | Finished> {
  /** Sum of the squared differences from the mean. */
  readonly squares: Float64Array;
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
  totals: Pick<LayerTotals, 'count' | 'mean' | 'squares'>,
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
