import { kindOf } from '../checks/kind-of';
import { isActivation, valueName } from '../checks/value-name';

/**
 * The output of a layer, as plain data: no tensor, nothing to dispose of.
 *
 * `shape` is Keras's, batch first, channels last: [batch, height, width, channels] for an image layer,
 * [batch, steps, channels] or [batch, units] for others. `data` holds the values in that order.
 */
export interface Activation {
  /** The layer's name, as `summary` lists it. */
  readonly layer: string;
  /** The layer's Keras class, such as `Conv2D`, where it is known. */
  readonly type?: string;
  /** The name of the model that made it, where it is known. */
  readonly model?: string;
  /** Sizes of the axes, batch first. */
  readonly shape: readonly number[];
  /** The values, in row-major order. */
  readonly data: Float32Array;
}

/** One channel of one sample: `data[row * width + column]`. */
export interface FeatureMap {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** The values, row after row. */
  readonly data: Float32Array;
}

/** The layout of an activation as maps: a 1-D output is one row high, a Dense output is one channel. */
export interface Layout {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Reads an activation's shape as batch, height, width and channels.
 *
 * @throws {TypeError} when it is not an activation, or its data does not fill its shape
 * @throws {RangeError} when its shape is not a batch of maps, rows or vectors
 */
export function layout(activation: Activation): Layout {
  const { layer, shape, data } = activation ?? {};
  if (!Array.isArray(shape) || !(data instanceof Float32Array)) {
    const several = Array.isArray(activation) && activation.some(isActivation);
    throw new TypeError(
      `Cannot read the activation: this is ${valueName(activation)}. Pass one element of what predict returns${several ? ', such as activations[0]' : ''}.`,
    );
  }
  if (shape.reduce((product, n) => product * n, 1) !== data.length) {
    throw new TypeError(
      `Cannot read ${layer}: ${data.length} values do not fill the shape [${shape.join(', ')}].`,
    );
  }
  const [batch, ...rest] = shape;
  if (rest.length === 3) return { batch, height: rest[0], width: rest[1], channels: rest[2] };
  if (rest.length === 2) return { batch, height: 1, width: rest[0], channels: rest[1] };
  if (rest.length === 1) return { batch, height: 1, width: rest[0], channels: 1 };
  throw new RangeError(
    `Cannot draw ${layer}: its shape [${shape.join(', ')}] is not [batch, height, width, channels], ` +
      '[batch, steps, channels] or [batch, units].',
  );
}

/**
 * One channel of an activation, as a copy.
 *
 * @param activation an element of what `predict` returns
 * @param channel 0 … channels − 1
 * @param sample which picture of the batch, 0 … batch − 1
 * @returns its map, [height, width]; an output without rows is one row high
 * @throws {TypeError} when it is not an activation
 * @throws {RangeError} when there is no such channel or sample
 * @example
 * const { height, width, data } = featureMap(activations[0], 1);
 * console.log(height, width, data.length); // 148 148 21904
 */
export function featureMap(activation: Activation, channel: number, sample = 0): FeatureMap {
  const { batch, height, width, channels } = layout(activation);
  checkIndex(activation.layer, 'channel', channel, channels);
  checkIndex(activation.layer, 'sample', sample, batch);
  const data = new Float32Array(height * width);
  let source = sample * height * width * channels + channel;
  for (let i = 0; i < data.length; i++, source += channels) data[i] = activation.data[source]!;
  return { height, width, data };
}

/**
 * The requested sample of a batch. With several samples, none is chosen silently.
 *
 * @throws {RangeError} when there are several and `index` is missing
 */
export function onePicture(activation: Activation, index: number | undefined): number {
  const { batch } = layout(activation);
  if (batch > 1 && index === undefined) {
    throw new RangeError(
      `Cannot show ${activation.layer}: it holds ${batch} pictures. Pass { index: 0 … ${batch - 1} }.`,
    );
  }
  return index ?? 0;
}

function checkIndex(layer: string, what: string, index: number, count: number): void {
  if (typeof index !== 'number') {
    throw new TypeError(`Cannot show ${layer}: ${what} is ${kindOf(index)}. Give a number, such as 0.`);
  }
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(
    `Cannot show ${what} ${index} of ${layer}: it has ${count} ${what}${count === 1 ? '' : 's'}. ` +
      `Choose a whole number from 0 to ${count - 1}.`,
  );
}

/**
 * Activations as a list, of one or of several.
 *
 * @param what the call that fails, as an error says it: `explore`
 * @throws {TypeError} for anything else
 */
export function activationList(what: string, given: Activation | readonly Activation[]): Activation[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  const wrong = list.findIndex((one) => !isActivation(one));
  if (wrong < 0) return list as Activation[];
  const where = Array.isArray(given)
    ? `element ${wrong} is ${valueName(list[wrong])}`
    : `this is ${valueName(given)}`;
  throw new TypeError(`Cannot ${what}: ${where}. Pass what predict returns, after await.`);
}

/** Unique names: layers of the same name get a number. */
export function uniqueNames(activations: readonly Activation[]): string[] {
  const seen = new Map<string, number>();
  return activations.map(({ layer }) => {
    const times = (seen.get(layer) ?? 0) + 1;
    seen.set(layer, times);
    return times === 1 ? layer : `${layer} (${times})`;
  });
}
