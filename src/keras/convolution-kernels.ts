import { ModelError } from '../errors';
import type { Activation } from '../maps/activation';
import type { Layer } from './model';

/** The part of a TensorFlow.js layer that holds its weights. */
interface Weighted {
  weights?: { val?: { shape: number[]; dataSync(): ArrayLike<number>; isDisposed?: boolean } }[];
}

/** The learned kernels of a convolution, as plain data. */
export interface Kernels {
  /** The layer's name. */
  readonly layer: string;
  /** [height, width, input channels, filters]; of a 1-D convolution the height is 1. */
  readonly shape: readonly [height: number, width: number, inputs: number, filters: number];
  /** The values, in that order. */
  readonly data: Float32Array;
}

/** How each class orders its kernel's axes. */
const ORDERS: Record<string, (shape: readonly number[]) => Kernels['shape']> = {
  Conv1D: ([width, inputs, filters]) => [1, width!, inputs!, filters!],
  Conv2D: ([height, width, inputs, filters]) => [height!, width!, inputs!, filters!],
  Conv2DTranspose: ([height, width, filters, inputs]) => [height!, width!, inputs!, filters!],
  // Each filter sees one channel, so its kernels are a list of single ones.
  DepthwiseConv2D: ([height, width, inputs, filters]) => [height!, width!, 1, inputs! * filters!],
  SeparableConv2D: ([height, width, inputs, filters]) => [height!, width!, 1, inputs! * filters!],
};

/**
 * The learned kernels of a convolution.
 *
 * @throws {TypeError} when it is not a layer, or its model is disposed
 * @throws {ModelError} when the layer has no kernels that can be shown
 */
export function kernelsOf(layer: Layer): Kernels {
  if (typeof layer?.getClassName !== 'function') {
    throw new TypeError('Cannot show kernels: this is not a layer. Pass one of model.layers.');
  }
  const type = layer.getClassName();
  const order = ORDERS[type];
  if (!order) {
    throw new ModelError(
      `Cannot show kernels of ${layer.name}: it is ${type}. Choose a layer that is ${Object.keys(ORDERS).join(', ')}.`,
    );
  }
  const kernel = (layer as Layer & Weighted).weights?.[0]?.val;
  if (!kernel || kernel.isDisposed) {
    throw new TypeError(
      `Cannot show kernels of ${layer.name}: its weights are gone. The model was disposed; load it again.`,
    );
  }
  const shape = order(kernel.shape);
  const values = Float32Array.from(kernel.dataSync());
  return { layer: layer.name, shape, data: type === 'Conv2DTranspose' ? swapped(values, shape) : values };
}

/** [height, width, filters, inputs] as [height, width, inputs, filters]. */
function swapped(values: Float32Array, [height, width, inputs, filters]: Kernels['shape']): Float32Array {
  const data = new Float32Array(values.length);
  for (let place = 0; place < height * width; place++) {
    for (let filter = 0; filter < filters; filter++) {
      for (let input = 0; input < inputs; input++) {
        data[(place * inputs + input) * filters + filter] =
          values[(place * filters + filter) * inputs + input]!;
      }
    }
  }
  return data;
}

/** The kernels of one input channel, as maps: one channel a filter. */
export function kernelsOfInput({ layer, shape, data }: Kernels, input: number): Activation {
  const [height, width, inputs, filters] = shape;
  if (!Number.isInteger(input) || input < 0 || input >= inputs) {
    throw new RangeError(
      `Cannot show kernels of ${layer}: there is no input channel ${input}. Choose a whole number from 0 to ${inputs - 1}.`,
    );
  }
  const maps = new Float32Array(height * width * filters);
  for (let place = 0; place < height * width; place++) {
    const from = (place * inputs + input) * filters;
    maps.set(data.subarray(from, from + filters), place * filters);
  }
  return { layer, shape: [1, height, width, filters], data: maps };
}

/** A kernel as a picture. */
export interface KernelPicture {
  readonly height: number;
  readonly width: number;
  readonly channels: 3;
  readonly data: Uint8Array;
  readonly layer: string;
  /** The filter. */
  readonly channel: number;
  /** The mean of its values. */
  readonly activation: number;
}

/** Kernels over three colours as pictures, each from its smallest to its largest value. */
export function kernelPictures({ layer, shape, data }: Kernels): KernelPicture[] {
  const [height, width, inputs, filters] = shape;
  return Array.from({ length: filters }, (_, filter) => {
    const values = Float32Array.from(
      { length: height * width * inputs },
      (_, place) => data[place * filters + filter]!,
    );
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return {
      height,
      width,
      channels: 3,
      data: Uint8Array.from(values, (value) => Math.round((255 * (value - low)) / (high - low || 1))),
      layer,
      channel: filter,
      activation: values.reduce((sum, value) => sum + value, 0) / values.length,
    };
  });
}
