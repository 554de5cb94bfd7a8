import type { Tensor, Tf } from '../types';
import { type Image, inputGradient } from './convolution-gradient';
import { spaced } from './slice-gradient';

/** The attributes of a pooling. */
export interface Pooling {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradients at the input of poolings. Those of TensorFlow.js's wasm backend (4.22) count the padding as if it were
 * part of the map, and give the gradient of equal largest values to the last of them, TensorFlow to the first.
 */

export function averagePoolGradient(
  tf: Tf,
  shape: Image,
  dy: Tensor,
  { filterSize, ...window }: Pooling,
): Tensor {
  const { filterHeight, filterWidth } = infoOf(tf, shape, { filterSize, ...window });
  const [batch, height, width, channels] = shape;
  const filter = tf.ones([filterHeight, filterWidth, 1, 1]) as Tensor;
  const counts = tf.conv2d(
    tf.ones([1, height, width, 1]) as never,
    filter as never,
    window.strides,
    window.pad,
    'NHWC',
    1,
    window.dimRoundingMode,
  );
  const each = tf.ones([filterHeight, filterWidth, channels, 1]) as Tensor;
  return inputGradient(tf, [batch, height, width, channels], tf.div(dy, counts), each, window, true);
}

/** @param y the pooling's output */
export function maxPoolGradient(tf: Tf, x: Tensor, y: Tensor, dy: Tensor, pooling: Pooling): Tensor {
  const shape = x.shape as Image;
  const [batch, height, width, channels] = shape;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo, outHeight, outWidth } = infoOf(
    tf,
    shape,
    pooling,
  );
  const reach = [
    (outHeight - 1) * strideHeight + filterHeight,
    (outWidth - 1) * strideWidth + filterWidth,
  ] as const;
  const [below, right] = [
    Math.max(0, reach[0] - padInfo.top - height),
    Math.max(0, reach[1] - padInfo.left - width),
  ];
  const framed = tf.pad(
    x,
    [
      [0, 0],
      [padInfo.top, below],
      [padInfo.left, right],
      [0, 0],
    ],
    Number.NEGATIVE_INFINITY,
  );
  const [tall, wide] = [framed.shape[1]!, framed.shape[2]!];
  let free = tf.onesLike(dy);
  let sum: Tensor | undefined;
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const [next, nextFree] = tf.tidy(() => {
        const seen = tf.stridedSlice(
          framed,
          [0, row, column, 0],
          [
            batch,
            row + (outHeight - 1) * strideHeight + 1,
            column + (outWidth - 1) * strideWidth + 1,
            channels,
          ],
          [1, strideHeight, strideWidth, 1],
        );
        const isFirst = tf.mul(free, tf.cast(tf.equal(seen, y), 'float32'));
        const apart = spaced(tf, spaced(tf, tf.mul(dy, isFirst), 1, strideHeight), 2, strideWidth);
        const placed = tf.pad(apart, [
          [0, 0],
          [row, tall - row - apart.shape[1]!],
          [column, wide - column - apart.shape[2]!],
          [0, 0],
        ]);
        return [sum ? tf.add(sum, placed) : placed, tf.sub(free, isFirst)] as [Tensor, Tensor];
      });
      sum?.dispose();
      free.dispose();
      [sum, free] = [next, nextFree];
    }
  }
  return tf.slice(sum!, [0, padInfo.top, padInfo.left, 0], shape);
}

function infoOf(tf: Tf, shape: Image, { filterSize, strides, pad, dimRoundingMode }: Pooling) {
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}
