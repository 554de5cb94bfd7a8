import type { Tensor, Tf } from '../../tensorflow/types';
import { biasOf, channelsOf, convolution, outputLength, windowOf } from './conv';
import { Conv2DTranspose, transposedConv2d, transposedLengths } from './conv-transpose';
import { type Context, channelsLast, channelsLastShape, type LayerDefinition, perAxis } from './definition';
import { pooledShape, poolWindowOf } from './pooling';

/**
 * Layers over volumes `[batch, depth, height, width, channels]`, computed from 2-D layers on the slices: the wasm
 * backend has no 3-D kernels.
 */

type Volume = [batch: number, depth: number, height: number, width: number, channels: number];

/** Runs a 2-D computation on each slice. */
function onSlices(tf: Tf, x: Tensor, run: (slices: Tensor) => Tensor): Tensor {
  const [batch, depth, ...map] = x.shape as Volume;
  const y = run(tf.reshape(x, [batch * depth, ...map]));
  return tf.reshape(y, [batch, depth, ...y.shape.slice(1)]);
}

function padDepth(tf: Tf, x: Tensor, before: number, after: number): Tensor {
  const none: [number, number] = [0, 0];
  return tf.pad(x, [none, [before, after], none, none, none]);
}

function convolve({ tf, config, weights }: Context, x: Tensor): Tensor {
  const { kernel, strides, dilation, padding } = windowOf(config, 3);
  const depth = x.shape[1]!;
  const [size, stride, spread] = [kernel[0]!, strides[0]!, dilation[0]!];
  const length = outputLength(depth, size, stride, spread, padding)!;
  const total = Math.max(0, (length - 1) * stride + (size - 1) * spread + 1 - depth);
  const front = padding === 'same' ? Math.floor(total / 2) : 0;
  const padded = padDepth(tf, x, front, padding === 'same' ? total - front : 0);
  const taps = tf.unstack(weights['kernel']!, 0).map((tap, k) => {
    const [begin, end] = [k * spread, k * spread + (length - 1) * stride + 1];
    const rank = [0, 0, 0, 0];
    const [batch, , ...map] = x.shape as Volume;
    const part = tf.stridedSlice(
      padded,
      [0, begin, ...rank.slice(1)],
      [batch, end, ...map],
      [1, stride, 1, 1, 1],
    );
    return onSlices(tf, part, (slices) =>
      tf.conv2d(slices as never, tap as never, [strides[1]!, strides[2]!], padding as 'same', 'NHWC', [
        dilation[1]!,
        dilation[2]!,
      ]),
    );
  });
  return tf.addN(taps);
}

export const Conv3D: LayerDefinition = {
  weights(config, [input]) {
    const filters = Number(config['filters']);
    const inputs = channelsOf(config, input!) / Number(config['groups'] ?? 1);
    return [
      { name: 'kernel', shape: [...perAxis(config['kernel_size'], 3), inputs, filters] },
      ...biasOf(config, filters),
    ];
  },
  shape(config, [input]) {
    const { kernel, strides, dilation, padding } = windowOf(config, 3);
    return channelsLastShape(config, input!, (last) => [
      last[0]!,
      ...last
        .slice(1, -1)
        .map((size, i) => outputLength(size, kernel[i]!, strides[i]!, dilation[i]!, padding)),
      Number(config['filters']),
    ]);
  },
  call([x], context) {
    const { tf, config, weights } = context;
    const groups = Number(config['groups'] ?? 1);
    return convolution(context, x!, (y) => {
      const kernels = tf.split(weights['kernel']!, groups, 4);
      const outputs = tf
        .split(y, groups, 4)
        .map((part, i) => convolve({ ...context, weights: { kernel: kernels[i]! } }, part));
      return tf.concat(outputs, 4);
    });
  },
};

export const Conv3DTranspose: LayerDefinition = {
  ...Conv2DTranspose,
  call([x], context) {
    return convolution(context, x!, (y) => transposeVolume(context, y));
  },
};

/** Each depth slice of the kernel contributes output slices `stride` apart, offset by its own index. */
function transposeVolume(context: Context, x: Tensor): Tensor {
  const { tf, config, weights } = context;
  const { kernel, strides, dilation, padding } = windowOf(config, 3);
  const [batch, depth] = x.shape as Volume;
  const [length, ...sizes] = transposedLengths(config, x.shape.slice(1, -1)) as number[];
  const [stride, spread] = [strides[0]!, dilation[0]!];
  const reach = (kernel[0]! - 1) * spread;
  const taps = tf.unstack(weights['kernel']!, 0).map((tap, k) => {
    const y = onSlices(tf, x, (slices) =>
      transposedConv2d(
        context,
        [slices, tap, sizes],
        strides.slice(1),
        dilation.slice(1),
        kernel.slice(1),
        padding,
      ),
    );
    const map = y.shape.slice(2);
    const apart = padDepth(tf, tf.reshape(y, [batch * depth, 1, ...map]), 0, stride - 1);
    const whole = tf.reshape(apart, [batch, depth * stride, ...map]);
    return padDepth(tf, whole, k * spread, reach - k * spread);
  });
  const sum = tf.addN(taps);
  const full = (depth - 1) * stride + reach + 1;
  const front = padding === 'same' ? Math.floor(Math.max(0, full - length!) / 2) : 0;
  const long = padDepth(tf, sum, 0, Math.max(0, front + length! - sum.shape[1]!));
  return tf.slice(long, [0, front, 0, 0, 0], [batch, length!, ...sum.shape.slice(2)]);
}

/** Pools the slices first, then the depth; maximum and mean allow that. */
function pooling(kind: 'maxPool' | 'avgPool'): LayerDefinition {
  return {
    shape: (config, [input]) => pooledShape(config, input!),
    call([x], { tf, config }) {
      const { size, strides, padding } = poolWindowOf(config, 3);
      const pool = (y: Tensor, height: number, width: number, by: [number, number]) =>
        tf[kind](y as never, [height, width], by, padding) as Tensor;
      return channelsLast(tf, config, x!, (y) => {
        const flat = onSlices(tf, y, (slices) =>
          pool(slices, size[1]!, size[2]!, [strides[1]!, strides[2]!]),
        );
        const [batch, depth, height, width, channels] = flat.shape as Volume;
        const rows = tf.reshape(flat, [batch, depth, height * width, channels]);
        const result = pool(rows, size[0]!, 1, [strides[0]!, 1]);
        return tf.reshape(result, [batch, result.shape[1]!, height, width, channels]);
      });
    },
  };
}

export const MaxPooling3D = pooling('maxPool');
export const AveragePooling3D = pooling('avgPool');
