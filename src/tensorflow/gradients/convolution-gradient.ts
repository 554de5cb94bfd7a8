import type { Tensor, Tf } from '../types';
import { spaced } from './slice-gradient';

type Pair = [number, number];
/** Batch, height, width and channels. */
export type Image = [batch: number, height: number, width: number, channels: number];

/** The attributes of a convolution. */
export interface Convolution {
  strides: number | Pair;
  dilations?: number | Pair | null;
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
}

/**
 * The gradient at the input of a convolution: the gradient at its output, with zeros between its pixels where the
 * convolution had strides, convolved with the filter turned by 180°.
 *
 * @param shape of the input
 * @param filter [height, width, channels, filters], or [height, width, channels, multiplier] of a depthwise one
 */
export function inputGradient(
  tf: Tf,
  shape: Image,
  dy: Tensor,
  filter: Tensor,
  { strides, dilations, pad, dimRoundingMode }: Convolution,
  isDepthwise: boolean,
): Tensor {
  const info = tf.backend_util.computeConv2DInfo(
    shape,
    filter.shape as Image,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
  );
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, strideHeight, strideWidth, padInfo } =
    info;
  const reach = [(filterHeight - 1) * dilationHeight, (filterWidth - 1) * dilationWidth] as const;
  const apart = spaced(tf, spaced(tf, dy, 1, strideHeight), 2, strideWidth);
  const before = [reach[0] - padInfo.top, reach[1] - padInfo.left] as const;
  const after = [
    shape[1] + reach[0] - before[0] - apart.shape[1]!,
    shape[2] + reach[1] - before[1] - apart.shape[2]!,
  ] as const;
  const framed = padOrCrop(tf, apart, [before[0], after[0]], [before[1], after[1]]);
  const turned = filterHeight * filterWidth > 1 ? tf.reverse(filter, [0, 1]) : filter;
  const dilation: Pair = [dilationHeight, dilationWidth];
  if (!isDepthwise) {
    const kernel = tf.transpose(turned, [0, 1, 3, 2]);
    return tf.conv2d(framed as never, kernel as never, 1, 'valid', 'NHWC', dilation);
  }
  const [batch, height, width, channels] = shape;
  const multiplier = filter.shape[3]!;
  const each = tf.reshape(turned, [filterHeight, filterWidth, channels * multiplier, 1]);
  const dx = tf.depthwiseConv2d(framed as never, each as never, 1, 'valid', 'NHWC', dilation) as Tensor;
  return multiplier === 1 ? dx : tf.sum(tf.reshape(dx, [batch, height, width, channels, multiplier]), 4);
}

/** Adds rows and columns of zeros; negative numbers cut them off. */
function padOrCrop(tf: Tf, x: Tensor, rows: Pair, columns: Pair): Tensor {
  const [batch, height, width, channels] = x.shape as Image;
  const cut = (size: number) => Math.max(0, -size);
  const added = (sizes: Pair): Pair => [Math.max(0, sizes[0]), Math.max(0, sizes[1])];
  let y = x;
  if ([...rows, ...columns].some((size) => size < 0)) {
    const size = [height - cut(rows[0]) - cut(rows[1]), width - cut(columns[0]) - cut(columns[1])];
    y = tf.slice(y, [0, cut(rows[0]), cut(columns[0]), 0], [batch, size[0]!, size[1]!, channels]);
  }
  if ([...rows, ...columns].every((size) => size <= 0)) return y;
  return tf.pad(y, [[0, 0], added(rows), added(columns), [0, 0]]);
}
