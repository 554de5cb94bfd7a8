import { checkOptions } from '../checks/check-options';
import { kindOf } from '../checks/kind-of';
import { nearest } from '../checks/nearest';
import { valueName } from '../checks/value-name';
import { makeTensor } from '../tensorflow/make-tensor';
import type { Tensor } from '../tensorflow/tensor';
import type { Picture } from './pixels';
import {
  PREPROCESS_NAMES,
  type Preprocess,
  type PreprocessMode,
  preprocessByte,
  preprocessMode,
} from './preprocess';

/** Options of `toTensor`. */
export interface ToTensorOptions {
  /**
   * How bytes become numbers, as `preprocess_input` of keras.applications: '0..1' (the tutorial's, the default),
   * 'raw' (0..255), 'tf' (−1..1), 'caffe' (BGR less ImageNet's mean), 'torch' (RGB by ImageNet's mean and deviation),
   * or the name of the model, such as 'vgg16', 'resnet50' or 'mobilenet_v2'.
   */
  preprocess?: Preprocess;
  /** Factor on the bytes, in place of `preprocess`. */
  rescale?: number;
}

/** How each tensor of `toTensor` was made, so that `predict` can warn where a model wants another way. */
const ways = new WeakMap<object, PreprocessMode>();

/** The way in which `toTensor` made a tensor; undefined for any other tensor. */
export function preprocessOfTensor(tensor: object): PreprocessMode | undefined {
  return ways.get(tensor);
}

/**
 * The picture as a batch of one: as `img_to_array(img)[None] / 255` makes it, or as `preprocess_input` of a model of
 * keras.applications does, to the last bit.
 *
 * @param picture what `loadImage` returns; left as it is
 * @param options how bytes become numbers; default 0..1
 * @returns float32 of shape [1, height, width, channels]; the caller disposes of it
 * @throws {TypeError} when it is no picture
 * @throws {RangeError} for a way that does not exist, or one that needs three channels where there are others
 * @example
 * const imgTensor = toTensor(img);
 * console.log(imgTensor.shape); // [1, 150, 150, 3]
 * @example
 * const forVgg = toTensor(img, { preprocess: 'vgg16' });
 */
export function toTensor(picture: Picture, options: ToTensorOptions = {}): Tensor {
  checkPicture(picture);
  checkOptions('make a tensor', options, ['preprocess', 'rescale']);
  const { height, width, channels, data } = picture;
  const { preprocess, rescale } = options;
  const mode = preprocess === undefined ? '0..1' : modeOf(preprocess);
  if (rescale !== undefined) checkRescale(rescale, preprocess);
  if ((mode === 'caffe' || mode === 'torch') && channels !== 3) {
    throw new RangeError(
      `Cannot preprocess as '${preprocess}': the picture has ${channels} channel${channels === 1 ? '' : 's'} and it needs 3. Load it with colorMode: 'rgb'.`,
    );
  }
  const values = new Float32Array(data.length);
  fillValues(values, 0, picture, mode, rescale);
  const tensor = makeTensor(values, [1, height, width, channels]);
  if (rescale === undefined || rescale === 1 / 255) ways.set(tensor, mode);
  return tensor;
}

/**
 * Writes a picture's numbers into a batch.
 *
 * @param start where its first number goes
 * @param rescale factor on the bytes, in place of `mode`
 */
export function fillValues(
  values: Float32Array,
  start: number,
  { channels, data }: Pick<Picture, 'channels' | 'data'>,
  mode: PreprocessMode,
  rescale?: number,
): void {
  const table = tableOf(channels, mode, rescale);
  if (channels === 3) {
    // Nearly all pictures: a third of the time of the loop below.
    const [first, last] = mode === 'caffe' ? [2, 0] : [0, 2];
    for (let at = 0, to = start; at < data.length; at += 3, to += 3) {
      values[to] = table[data[at + first]!]!;
      values[to + 1] = table[256 + data[at + 1]!]!;
      values[to + 2] = table[512 + data[at + last]!]!;
    }
    return;
  }
  for (let at = 0; at < data.length; at += channels) {
    for (let c = 0; c < channels; c++) values[start + at + c] = table[256 * c + data[at + c]!]!;
  }
}

/** The table that was made last: a set of pictures needs the same one for each. */
let made = { key: '', table: new Float32Array(0) };

/** The number of each byte of each channel. Float32Array rounds a product once, which equals Keras's float32 arithmetic. */
function tableOf(channels: number, mode: PreprocessMode, rescale: number | undefined): Float32Array {
  const key = `${channels} ${mode} ${rescale}`;
  if (made.key !== key) {
    const table = Float32Array.from({ length: 256 * channels }, (_, i) =>
      rescale === undefined ? preprocessByte(mode, i & 255, i >> 8) : (i & 255) * rescale,
    );
    made = { key, table };
  }
  return made.table;
}

/**
 * The way that a name of the option `preprocess` means.
 *
 * @throws {RangeError} for a name that does not exist
 */
export function modeOf(preprocess: unknown): PreprocessMode {
  const mode = typeof preprocess === 'string' ? preprocessMode(preprocess) : undefined;
  if (mode) return mode;
  const shown = typeof preprocess === 'string' ? `'${preprocess}'` : kindOf(preprocess);
  const near = typeof preprocess === 'string' ? nearest(preprocess, PREPROCESS_NAMES) : '';
  throw new RangeError(
    `Cannot make a tensor: preprocess is ${shown}.${near} Use '0..1', 'raw', 'caffe', 'tf', 'torch' or the name of a model of keras.applications, such as 'vgg16'.`,
  );
}

function checkRescale(rescale: unknown, preprocess: unknown): void {
  if (typeof rescale !== 'number') {
    throw new TypeError(
      `Cannot make a tensor: rescale is ${kindOf(rescale)}. Give a number, such as 1 / 255.`,
    );
  }
  if (preprocess !== undefined) {
    throw new RangeError('Cannot make a tensor: preprocess and rescale are both given. Give one of them.');
  }
  if (!Number.isFinite(rescale))
    throw new RangeError(
      `Cannot make a tensor: rescale is ${rescale}. Give a finite number, such as 1 / 255.`,
    );
}

function checkPicture(picture: Picture): void {
  const { height, width, channels, data } = picture ?? {};
  if (data instanceof Uint8Array && data.length === height * width * channels) return;
  const what = data instanceof Uint8Array ? 'a picture whose bytes do not fill its size' : valueName(picture);
  throw new TypeError(
    `Cannot make a tensor: this is ${what}, not a picture. Pass what loadImage returns, after await.`,
  );
}
