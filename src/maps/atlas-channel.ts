import { ATLAS_BINS, ATLAS_PARTNERS, type Atlas, type AtlasLayer, atlasLayer, checkAtlas } from './atlas';

/** One of the pictures to which a channel responds most. */
export interface AtlasPatch {
  /** The picture's index in `pictures`. */
  readonly picture: number;
  /** The picture's name. */
  readonly name: string;
  /** The channel's largest value in it. */
  readonly value: number;
  /** Where in the map: the row. */
  readonly row: number;
  /** Where in the map: the column. */
  readonly column: number;
  /** The rows of the picture that this position sees: the first, and the one after the last. */
  readonly rows: readonly [from: number, to: number];
  /** The columns of the picture that this position sees: the first, and the one after the last. */
  readonly columns: readonly [from: number, to: number];
}

/** One channel of an atlas. */
export interface AtlasChannel {
  /** The layer's name. */
  readonly layer: string;
  /** The channel, 0 first. */
  readonly channel: number;
  /** Of its finite values over all pictures. */
  readonly mean: number;
  /** Their population standard deviation. */
  readonly std: number;
  /** The smallest; NaN if no value is finite. */
  readonly min: number;
  /** The largest; NaN if no value is finite. */
  readonly max: number;
  /** Share of values that are exactly 0, in 0..1. */
  readonly sparsity: number;
  /** Share of pictures in which its largest value is above 0. */
  readonly fires: number;
  /** Whether all values over all pictures are the same finite number. */
  readonly dead: boolean;
  /** How many values are NaN. */
  readonly nan: number;
  /** How many values are +Infinity. */
  readonly positiveInfinity: number;
  /** How many values are −Infinity. */
  readonly negativeInfinity: number;
  /** Values other than 0 in bins of equal width, without empty bins at either end. */
  readonly histogram: AtlasHistogram;
  /** The pictures to which it responds most, highest first. */
  readonly patches: readonly AtlasPatch[];
  /** The channels of the layer that respond together with it, by the correlation of the largest values. */
  readonly together: readonly AtlasPartner[];
  /** How well it tells each class from the others: areas under ROC curves, 0..1. 0.5 tells nothing, 0 tells all, inverted. */
  readonly auc: readonly AtlasArea[];
}

/** How a channel's values other than 0 are distributed. */
export interface AtlasHistogram {
  /** Where the first bin begins. */
  readonly from: number;
  /** The width of a bin. */
  readonly width: number;
  /** How many values each bin holds. */
  readonly counts: readonly number[];
}

/** A channel that responds together with another. */
export interface AtlasPartner {
  /** Which channel of the layer. */
  readonly channel: number;
  /** The correlation of the largest values over the pictures, −1..1. */
  readonly correlation: number;
}

/** How well a channel's largest value tells a class from the others. */
export interface AtlasArea {
  /** The class. */
  readonly name: string;
  /** The area under the ROC curve, 0..1; NaN where the class, or all others, have no picture. */
  readonly auc: number;
}

/**
 * One channel of an atlas, with what it responds to.
 *
 * @param atlas what `atlas` or `loadAtlas` returns
 * @param layer the layer's name
 * @param channel 0 … channels − 1
 * @returns its statistics, its patches and its histogram
 * @throws {TypeError} when it is not an atlas
 * @throws {RangeError} when there is no such layer or channel
 * @example
 * const { patches, fires } = atlasChannel(a, 'conv2d_3', 20);
 */
export function atlasChannel(atlas: Atlas, layer: string, channel: number): AtlasChannel {
  const found = atlasLayer(atlas, layer);
  if (!(Number.isInteger(channel) && channel >= 0 && channel < found.channels)) {
    throw new RangeError(
      `Cannot show channel ${channel} of ${layer}: it has ${found.channels} channels. Choose a whole number from 0 to ${found.channels - 1}.`,
    );
  }
  return channelOf(atlas, found, channel);
}

/**
 * All channels of an atlas, or those of one layer, as rows of a table: `toCsv` writes them, and they can be sorted.
 *
 * @param atlas what `atlas` or `loadAtlas` returns
 * @param layer a layer's name; default all layers
 * @returns layer, channel and the numbers of each
 * @throws {TypeError} when it is not an atlas
 * @throws {RangeError} when there is no such layer
 * @example
 * const silent = atlasRows(a).filter(({ dead }) => dead);
 */
export function atlasRows(
  atlas: Atlas,
  layer?: string,
): Omit<AtlasChannel, 'histogram' | 'patches' | 'together' | 'auc'>[] {
  checkAtlas(atlas);
  const layers = layer === undefined ? atlas.layers : [atlasLayer(atlas, layer)];
  return layers.flatMap((one) =>
    Array.from({ length: one.channels }, (_, channel) => numbersOf(atlas, one, channel)),
  );
}

function numbersOf({ pictures, skipped }: Atlas, one: AtlasLayer, channel: number) {
  const count = one.count[channel]!;
  const odd = one.nan[channel]! + one.positiveInfinity[channel]! + one.negativeInfinity[channel]!;
  const [min, max] = count ? [one.min[channel]!, one.max[channel]!] : [Number.NaN, Number.NaN];
  const read = pictures.length - skipped.length;
  return {
    layer: one.layer,
    channel,
    mean: count ? one.mean[channel]! : Number.NaN,
    std: count ? one.std[channel]! : Number.NaN,
    min,
    max,
    sparsity: count + odd ? one.zeros[channel]! / (count + odd) : 0,
    fires: read ? one.fires[channel]! / read : 0,
    dead: odd === 0 && min === max,
    nan: one.nan[channel]!,
    positiveInfinity: one.positiveInfinity[channel]!,
    negativeInfinity: one.negativeInfinity[channel]!,
  };
}

function channelOf(atlas: Atlas, one: AtlasLayer, channel: number): AtlasChannel {
  const classes = atlas.classes?.names ?? [];
  return {
    ...numbersOf(atlas, one, channel),
    histogram: histogramOf(one, channel),
    patches: patchesOf(atlas, one, channel),
    together: [...one.partners.subarray(ATLAS_PARTNERS * channel, ATLAS_PARTNERS * (channel + 1))]
      .map((partner, i) => ({
        channel: partner,
        correlation: one.correlations[ATLAS_PARTNERS * channel + i]!,
      }))
      .filter((pair) => pair.channel >= 0),
    auc: one.auc.length
      ? classes.map((name, i) => ({ name, auc: one.auc[channel * classes.length + i]! }))
      : [],
  };
}

/** The pictures to which a channel of a layer responds most, highest first. */
export function patchesOf({ pictures }: Atlas, one: AtlasLayer, channel: number): AtlasPatch[] {
  const span = (ends: Int32Array, at: number): [number, number] => [ends[2 * at]!, ends[2 * at + 1]!];
  const patches: AtlasPatch[] = [];
  for (let at = channel * one.top; at < (channel + 1) * one.top; at++) {
    const picture = one.topPictures[at]!;
    if (picture < 0) continue;
    const row = Math.floor(one.topPositions[at]! / one.width);
    const column = one.topPositions[at]! % one.width;
    patches.push({
      picture,
      name: pictures[picture]!,
      value: one.topValues[at]!,
      row,
      column,
      rows: span(one.rows, row),
      columns: span(one.columns, column),
    });
  }
  return patches;
}

function histogramOf({ bins, exponents }: AtlasLayer, channel: number): AtlasChannel['histogram'] {
  const all = bins.subarray(channel * ATLAS_BINS, (channel + 1) * ATLAS_BINS);
  const width = 2 ** (exponents[channel]! + 1) / ATLAS_BINS;
  const first = all.findIndex((count) => count > 0);
  const last = all.findLastIndex((count) => count > 0);
  if (first < 0) return { from: 0, width, counts: [] };
  return { from: (first - ATLAS_BINS / 2) * width, width, counts: [...all.subarray(first, last + 1)] };
}
