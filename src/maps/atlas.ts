import { kindOf } from '../checks/kind-of';
import { nearest } from '../checks/nearest';

/** What the channels of a model respond to over a set of pictures, as plain data. */
export interface Atlas {
  /** The name of the model. */
  readonly model: string;
  /** Height and width of the pictures as the model saw them. */
  readonly size: readonly [height: number, width: number];
  /** How bytes became numbers, as `toTensor` names it. */
  readonly preprocess: string;
  /** The names of the pictures in their order: paths in the folder, with `/`. */
  readonly pictures: readonly string[];
  /** Those that could not be read, and why. */
  readonly skipped: readonly SkippedPicture[];
  /** The layers, in the order in which they run. */
  readonly layers: readonly AtlasLayer[];
  /** Where pictures have classes. */
  readonly classes?: AtlasClasses;
}

/** A picture that could not be read. */
export interface SkippedPicture {
  /** Its index in the list of pictures. */
  readonly picture: number;
  /** Why. */
  readonly reason: string;
}

/** The classes of the pictures, and what the model makes of them. */
export interface AtlasClasses {
  /** The names, in order. */
  readonly names: readonly string[];
  /** The class of each picture; −1 for none. */
  readonly labels: Int32Array;
  /** The classes that the model answers with: those of its output. Empty where its output is no list of classes. */
  readonly answers: readonly string[];
  /** How many pictures of a class got an answer: row after row, one row per class, one column per answer. */
  readonly confusion: Float64Array;
}

/** Numbers of a layer's channels: one entry per channel, several where it says so. */
export interface AtlasLayer {
  /** The layer's name; of a layer that runs several times, `name:1` and so on from the second. */
  readonly layer: string;
  /** Its Keras class. */
  readonly type: string;
  /** Rows of its map; 1 for an output without rows. */
  readonly height: number;
  /** Columns of its map; 1 for an output without columns or steps. */
  readonly width: number;
  /** How many channels, or units. */
  readonly channels: number;
  /** How many pictures each channel lists, at most. */
  readonly top: number;
  /** How many values are finite. */
  readonly count: Float64Array;
  /** Of the finite values. */
  readonly mean: Float64Array;
  /** Population standard deviation of the finite values. */
  readonly std: Float64Array;
  /** The smallest finite value. */
  readonly min: Float32Array;
  /** The largest finite value. */
  readonly max: Float32Array;
  /** How many values are exactly 0. */
  readonly zeros: Float64Array;
  /** How many values are NaN. */
  readonly nan: Float64Array;
  /** How many values are +Infinity. */
  readonly positiveInfinity: Float64Array;
  /** How many values are −Infinity. */
  readonly negativeInfinity: Float64Array;
  /** In how many pictures the largest value is above 0. */
  readonly fires: Float64Array;
  /** The range of the histogram: ±2 to the power of this. */
  readonly exponents: Int32Array;
  /** Finite values other than 0 in 64 bins of equal width over that range, 64 per channel. */
  readonly bins: Float64Array;
  /** The largest values, `top` per channel, highest first; one per picture. −Infinity after the last. */
  readonly topValues: Float32Array;
  /** The pictures that have them; −1 after the last. */
  readonly topPictures: Int32Array;
  /** Where in the map, as row × width + column. */
  readonly topPositions: Int32Array;
  /** First row of the picture that each row of the map sees, and the row after the last: two numbers per row. */
  readonly rows: Int32Array;
  /** The same of columns. */
  readonly columns: Int32Array;
  /** The channels whose largest values go most with those of this one, three per channel; −1 for none. Empty where it was not computed. */
  readonly partners: Int32Array;
  /** Their correlations over the pictures; NaN for none. */
  readonly correlations: Float64Array;
  /**
   * How well a channel's largest value tells each class from the others: the area under the ROC curve, one number per
   * class. Empty without classes.
   */
  readonly auc: Float64Array;
}

/** Bins of a channel's histogram. */
export const ATLAS_BINS = 64;

/** How many channels each channel lists that respond together with it. */
export const ATLAS_PARTNERS = 3;

/** @throws {TypeError} when it is not an atlas */
export function checkAtlas(atlas: Atlas): void {
  if (Array.isArray(atlas?.layers) && Array.isArray(atlas.pictures) && Array.isArray(atlas.skipped)) return;
  throw new TypeError(
    `Cannot read the atlas: this is ${kindOf(atlas)}. Give what atlas or loadAtlas returns, after await.`,
  );
}

/**
 * @throws {TypeError} when it is not an atlas
 * @throws {RangeError} when it has no such layer
 */
export function atlasLayer(atlas: Atlas, layer: string): AtlasLayer {
  checkAtlas(atlas);
  const found = atlas.layers.find((one) => one.layer === layer);
  if (found) return found;
  const names = atlas.layers.map((one) => one.layer);
  const near = typeof layer === 'string' ? nearest(layer, names) : '';
  throw new RangeError(
    `Cannot show layer ${JSON.stringify(layer)}: the atlas has no such layer.${near} Its layers: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' …' : ''}.`,
  );
}
