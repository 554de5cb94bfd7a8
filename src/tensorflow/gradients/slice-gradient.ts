import type { Tensor, Tf } from '../types';

/** The attributes of TensorFlow's StridedSlice. */
export interface StridedSlice {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/**
 * The gradient at the input of a slice with steps, which TensorFlow.js lacks: the output's, with zeros where nothing
 * was taken.
 */
export function stridedSliceGradient(
  tf: Tf,
  shape: readonly number[],
  dy: Tensor,
  slice: StridedSlice,
): Tensor {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = slice;
  const info = tf.slice_util.sliceInfo(
    [...shape],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  let y = tf.reshape(dy, info.finalShapeSparse);
  for (const [axis, size] of shape.entries()) {
    const count = y.shape[axis]!;
    const stride = info.strides[axis]!;
    const first = stride > 0 ? info.begin[axis]! : info.begin[axis]! + (count - 1) * stride;
    if (count === size && Math.abs(stride) === 1 && first === 0 && stride > 0) continue;
    if (stride < 0) y = tf.reverse(y, axis);
    y = spaced(tf, y, axis, Math.abs(stride));
    const before = y.shape.map((_, i): [number, number] => [
      i === axis ? first : 0,
      i === axis ? size - first - y.shape[axis]! : 0,
    ]);
    y = tf.pad(y, before);
  }
  return y;
}

/** Puts step − 1 zeros between the elements of an axis. */
export function spaced(tf: Tf, x: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return x;
  const { shape } = x;
  const count = shape[axis]!;
  const [outer, inner] = [
    tf.util.sizeFromShape(shape.slice(0, axis)),
    tf.util.sizeFromShape(shape.slice(axis + 1)),
  ];
  const apart = tf.pad(tf.reshape(x, [outer * count, 1, inner]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  const length = (count - 1) * step + 1;
  const line = tf.slice(tf.reshape(apart, [outer, count * step, inner]), [0, 0, 0], [outer, length, inner]);
  return tf.reshape(line, [...shape.slice(0, axis), length, ...shape.slice(axis + 1)]);
}
