import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { biasOf, channelsOf, convolution, type Pair, pair, windowOf } from './conv';
import { type Context, channelsLastShape, type LayerDefinition, perAxis } from './definition';

/** Keras's `deconv_output_length`: without output padding, `same` multiplies, and `valid` covers the window. */
function transposedLength(
  size: number | null,
  kernel: number,
  stride: number,
  dilation: number,
  padding: string,
  extra: number | null,
) {
  if (size === null) return null;
  const reach = kernel + (kernel - 1) * (dilation - 1);
  if (extra === null) return padding === 'same' ? size * stride : size * stride + Math.max(reach - stride, 0);
  const pad = padding === 'same' ? Math.floor(reach / 2) : 0;
  return (size - 1) * stride + reach - 2 * pad + extra;
}

export function transposedLengths(config: Json, sizes: (number | null)[]): (number | null)[] {
  const { kernel, strides, dilation, padding } = windowOf(config, sizes.length);
  const given = config['output_padding'];
  const extra = given === null || given === undefined ? undefined : perAxis(given, sizes.length);
  return sizes.map((size, i) =>
    transposedLength(size, kernel[i]!, strides[i]!, dilation[i]!, padding, extra?.[i] ?? null),
  );
}

export const Conv2DTranspose: LayerDefinition = {
  weights(config, [input]) {
    const filters = Number(config['filters']);
    const axes = input!.length - 2;
    return [
      {
        name: 'kernel',
        shape: [...perAxis(config['kernel_size'], axes), filters, channelsOf(config, input!)],
      },
      ...biasOf(config, filters),
    ];
  },
  shape: (config, [input]) =>
    channelsLastShape(config, input!, (last) => [
      last[0]!,
      ...transposedLengths(config, last.slice(1, -1)),
      Number(config['filters']),
    ]),
  call([x], context) {
    const { config, tf, weights } = context;
    return convolution(context, x!, (y) => {
      const axes = y.rank - 2;
      const { kernel, strides, dilation, padding } = windowOf(config, axes);
      const lengths = transposedLengths(config, y.shape.slice(1, -1)) as number[];
      const image = axes === 2 ? y : tf.expandDims(y, 1);
      const filter = axes === 2 ? weights['kernel']! : tf.expandDims(weights['kernel']!, 0);
      const full = [image, filter, axes === 2 ? lengths : [1, ...lengths]] as const;
      const front = axes === 2 ? [] : [1];
      const result = transposedConv2d(
        context,
        full,
        [...front, ...strides],
        [...front, ...dilation],
        [...front, ...kernel],
        padding,
      );
      return axes === 2 ? result : tf.squeeze(result, [1]);
    });
  },
};

/**
 * A transposed convolution by definition: zeros between the pixels, then a convolution with the flipped kernel. This
 * supports output padding and dilation, which the backends' kernels lack.
 */
export function transposedConv2d(
  { tf }: Context,
  [x, kernel, lengths]: readonly [Tensor, Tensor, number[]],
  strides: number[],
  dilation: number[],
  size: number[],
  padding: string,
): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  let y: Tensor = x;
  // [b, h, 1, w, 1, c] padded to [b, h, sh, w, sw, c]: each pixel leads a block of zeros.
  if (strides.some((stride) => stride > 1)) {
    const rows = tf.pad(tf.reshape(y, [batch * height, 1, width, channels]), [
      [0, 0],
      [0, strides[0]! - 1],
      [0, 0],
      [0, 0],
    ]);
    const columns = tf.pad(tf.reshape(rows, [batch * height * strides[0]! * width, 1, channels]), [
      [0, 0],
      [0, strides[1]! - 1],
      [0, 0],
    ]);
    y = tf.reshape(columns, [batch, height * strides[0]!, width * strides[1]!, channels]);
  }
  const sizes = [height, width];
  const margins = sizes.map((length, i) => {
    const reach = (size[i]! - 1) * dilation[i]!;
    const spread = (length - 1) * strides[i]! + 1;
    // Total padding of the forward convolution over an axis of the output's length, half of it in front.
    const total = padding === 'same' ? Math.max(spread - 1 + reach + 1 - lengths[i]!, 0) : 0;
    const front = reach - Math.floor(total / 2);
    const back = lengths[i]! + reach - front - length * strides[i]!;
    return [front, back] as Pair;
  });
  const [top, left] = margins as [Pair, Pair];
  const most = (value: number) => Math.max(value, 0);
  y = tf.pad(y as never, [
    [0, 0],
    [most(top[0]), most(top[1])],
    [most(left[0]), most(left[1])],
    [0, 0],
  ]);
  const begin = [0, most(-top[0]), most(-left[0]), 0];
  const ends = [
    batch,
    lengths[0]! + (size[0]! - 1) * dilation[0]!,
    lengths[1]! + (size[1]! - 1) * dilation[1]!,
    channels,
  ];
  y = tf.slice(y, begin, ends);
  const turned = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(y as never, turned as never, 1, 'valid', 'NHWC', pair(dilation)) as Tensor;
}
