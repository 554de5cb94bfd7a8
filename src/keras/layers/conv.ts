import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { activationOf } from './activation-functions';
import { type Context, channelsLast, channelsLastShape, type LayerDefinition, perAxis } from './definition';

interface Window {
  kernel: number[];
  strides: number[];
  dilation: number[];
  padding: string;
}

export function windowOf(config: Json, axes: number): Window {
  return {
    kernel: perAxis(config['kernel_size'], axes),
    strides: perAxis(config['strides'], axes),
    dilation: perAxis(config['dilation_rate'], axes),
    padding: String(config['padding'] ?? 'valid'),
  };
}

/** The length of an axis after a convolution or a pooling. */
export function outputLength(
  size: number | null,
  kernel: number,
  stride: number,
  dilation: number,
  padding: string,
) {
  if (size === null) return null;
  if (padding === 'same') return Math.ceil(size / stride);
  const reach = (kernel - 1) * dilation;
  return Math.floor((size + (padding === 'causal' ? reach : 0) - reach - 1) / stride) + 1;
}

function spatialShape(config: Json, shape: Shape, channels: (inputs: number | null) => number | null): Shape {
  const axes = shape.length - 2;
  const { kernel, strides, dilation, padding } = windowOf(config, axes);
  return channelsLastShape(config, shape, (last) => [
    last[0]!,
    ...last.slice(1, -1).map((size, i) => outputLength(size, kernel[i]!, strides[i]!, dilation[i]!, padding)),
    channels(last[last.length - 1]!),
  ]);
}

export function channelsOf(config: Json, shape: Shape): number {
  return (config['data_format'] === 'channels_first' ? shape[1] : shape[shape.length - 1]) as number;
}

/**
 * Common parts of all convolutions: data_format, bias, and activation.
 *
 * @param run the convolution of a channels_last map
 */
export function convolution(context: Context, x: Tensor, run: (x: Tensor) => Tensor): Tensor {
  const { tf, config, weights, dialect } = context;
  const y = channelsLast(tf, config, x, (last) =>
    weights['bias'] ? tf.add(run(last), weights['bias']) : run(last),
  );
  return activationOf(config['activation'], String(config['name']), dialect)(tf, y);
}

export function biasOf(config: Json, size: number): { name: string; shape: number[] }[] {
  return config['use_bias'] === false ? [] : [{ name: 'bias', shape: [size] }];
}

export type Pair = [number, number];

/** Runs a 2-D computation on a sequence, as an image one pixel high. */
function asImage(
  context: Context,
  x: Tensor,
  { kernel, dilation, padding }: Window,
  run: (x: Tensor, padding: string) => Tensor,
) {
  const { tf } = context;
  let y = x;
  if (padding === 'causal')
    y = tf.pad(y, [
      [0, 0],
      [(kernel[0]! - 1) * dilation[0]!, 0],
      [0, 0],
    ]);
  return tf.squeeze(run(tf.expandDims(y, 1), padding === 'causal' ? 'valid' : padding), [1]);
}

/**
 * A grouped convolution: each group of filters sees its own group of channels. With as many groups as channels it is a
 * depthwise convolution; otherwise the groups run one by one.
 */
function conv2d(
  context: Context,
  x: Tensor,
  kernel: Tensor,
  strides: Pair,
  dilation: Pair,
  padding: string,
): Tensor {
  const { tf, config } = context;
  const groups = Number(config['groups'] ?? 1);
  const pad = padding as 'same' | 'valid';
  const one = (part: Tensor, filter: Tensor) =>
    tf.conv2d(part as never, filter as never, strides, pad, 'NHWC', dilation) as Tensor;
  if (groups === 1) return one(x, kernel);
  if (kernel.shape[2] === 1) {
    // [h, w, 1, groups * m] → [h, w, groups, m]: filter g * m + j sees channel g in both layouts.
    const [h, w, , out] = kernel.shape as [number, number, number, number];
    return depthwise(
      context,
      x,
      tf.reshape(kernel, [h, w, groups, out / groups]),
      strides,
      dilation,
      padding,
    );
  }
  const filters = tf.split(kernel, groups, 3);
  return tf.concat(
    tf.split(x, groups, 3).map((part, i) => one(part, filters[i]!)),
    3,
  );
}

/** TensorFlow.js's depthwise kernels need equal strides, and stride 1 with dilation. */
function depthwise(
  context: Context,
  x: Tensor,
  kernel: Tensor,
  strides: Pair,
  dilation: Pair,
  padding: string,
): Tensor {
  const { tf } = context;
  const pad = padding as 'same' | 'valid';
  return tf.depthwiseConv2d(x as never, kernel as never, strides, pad, 'NHWC', dilation);
}

export const pair = (values: number[]): Pair => [values[0]!, values[1] ?? values[0]!];

export const Conv2D: LayerDefinition = {
  weights(config, [input]) {
    const inputs = channelsOf(config, input!) / Number(config['groups'] ?? 1);
    const filters = Number(config['filters']);
    return [
      { name: 'kernel', shape: [...perAxis(config['kernel_size'], 2), inputs, filters] },
      ...biasOf(config, filters),
    ];
  },
  shape: (config, [input]) => spatialShape(config, input!, () => Number(config['filters'])),
  call([x], context) {
    const { strides, dilation, padding } = windowOf(context.config, 2);
    return convolution(context, x!, (y) =>
      conv2d(context, y, context.weights['kernel']!, pair(strides), pair(dilation), padding),
    );
  },
};

export const Conv1D: LayerDefinition = {
  weights(config, [input]) {
    const inputs = channelsOf(config, input!) / Number(config['groups'] ?? 1);
    const filters = Number(config['filters']);
    return [
      { name: 'kernel', shape: [...perAxis(config['kernel_size'], 1), inputs, filters] },
      ...biasOf(config, filters),
    ];
  },
  shape: Conv2D.shape,
  call([x], context) {
    const window = windowOf(context.config, 1);
    const kernel = context.tf.expandDims(context.weights['kernel']!, 0);
    return convolution(context, x!, (y) =>
      asImage(context, y, window, (image, padding) =>
        conv2d(context, image, kernel, [1, window.strides[0]!], [1, window.dilation[0]!], padding),
      ),
    );
  },
};

export const DepthwiseConv2D: LayerDefinition = {
  weights(config, [input]) {
    const inputs = channelsOf(config, input!);
    const multiplier = Number(config['depth_multiplier'] ?? 1);
    const shape = [...perAxis(config['kernel_size'], input!.length - 2), inputs, multiplier];
    return [
      { name: config['depthwise_name'] ? 'depthwise_kernel' : 'kernel', shape },
      ...biasOf(config, inputs * multiplier),
    ];
  },
  shape: (config, [input]) =>
    spatialShape(config, input!, (inputs) => inputs! * Number(config['depth_multiplier'] ?? 1)),
  call([x], context) {
    const { config, tf, weights } = context;
    const window = windowOf(config, x!.rank - 2);
    return convolution(context, x!, (y) => {
      if (y.rank === 4) {
        const { strides, dilation, padding } = window;
        return depthwise(context, y, weights['kernel']!, pair(strides), pair(dilation), padding);
      }
      const kernel = tf.expandDims(weights['kernel']!, 0);
      const strides: Pair = [window.strides[0]!, window.strides[0]!];
      return asImage(context, y, window, (image, padding) =>
        depthwise(context, image, kernel, strides, [1, window.dilation[0]!], padding),
      );
    });
  },
};

export const SeparableConv2D: LayerDefinition = {
  weights(config, [input]) {
    const inputs = channelsOf(config, input!);
    const multiplier = Number(config['depth_multiplier'] ?? 1);
    const axes = input!.length - 2;
    const filters = Number(config['filters']);
    return [
      { name: 'depthwise_kernel', shape: [...perAxis(config['kernel_size'], axes), inputs, multiplier] },
      { name: 'pointwise_kernel', shape: [...perAxis(1, axes), inputs * multiplier, filters] },
      ...biasOf(config, filters),
    ];
  },
  shape: Conv2D.shape,
  call([x], context) {
    const { config, tf, weights } = context;
    const window = windowOf(config, x!.rank - 2);
    const image = x!.rank === 4;
    const [deep, point] = ['depthwise_kernel', 'pointwise_kernel'].map((name) =>
      image ? weights[name]! : tf.expandDims(weights[name]!, 0),
    );
    const run = (y: Tensor, padding: string) => {
      const strides: Pair = image ? pair(window.strides) : [window.strides[0]!, window.strides[0]!];
      const dilation: Pair = image ? pair(window.dilation) : [1, window.dilation[0]!];
      const middle = depthwise(context, y, deep!, strides, dilation, padding);
      return tf.conv2d(middle as never, point as never, 1, 'valid') as Tensor;
    };
    return convolution(context, x!, (y) =>
      image ? run(y, window.padding) : asImage(context, y, window, run),
    );
  },
};
