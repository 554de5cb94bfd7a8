import type { Tensor, Tf } from '../types';
import { type Convolution, type Image, inputGradient } from './convolution-gradient';
import { averagePoolGradient, maxPoolGradient, type Pooling } from './pooling-gradient';
import { type Resizing, resizeGradient } from './resize-gradient';
import { type StridedSlice, stridedSliceGradient } from './slice-gradient';

type Gradients = Record<string, () => Tensor>;
type Gradient = (dy: Tensor, saved: Tensor[], attributes: object) => Gradients;

const patched = new WeakSet<object>();

/** Operations with a piecewise constant result, for which TensorFlow.js has no gradient, by the number of their inputs. */
const CONSTANT: Record<string, readonly string[]> = {
  ...of(['x'], 'All Any ArgMax ArgMin LogicalNot'),
  ...of(['a', 'b'], 'Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual'),
};

function of(inputs: readonly string[], kernels: string): Record<string, readonly string[]> {
  return Object.fromEntries(kernels.split(' ').map((name) => [name, inputs]));
}

/** Operations whose gradients ignore that a smaller input was broadcast. */
const BROADCAST = ['Maximum', 'Minimum', 'SquaredDifference', 'BatchMatMul'];

/**
 * Completes and corrects TensorFlow.js's gradients (4.22), once:
 *
 * - Dilated convolutions, slices with steps, top-k and comparisons (as in masks) have none.
 * - Those of resizing ignore half pixel centres; some others ignore broadcasting.
 * - On wasm, kernels are missing (a depthwise convolution's, gathering's), wrong (pooling's with padding) or four
 *   times as slow as a convolution by XNNPACK (a convolution's).
 */
export function completeGradients(tf: Tf): void {
  if (patched.has(tf.registerGradient)) return;
  patched.add(tf.registerGradient);
  const isWasm = () => tf.getBackend() === 'wasm';
  const register = (
    kernelName: string,
    inputsToSave: readonly string[],
    gradFunc: Gradient,
    outputsToSave?: boolean[],
  ) =>
    tf.registerGradient({
      kernelName,
      inputsToSave: [...inputsToSave],
      outputsToSave,
      gradFunc: gradFunc as never,
    });
  /** Replaces a gradient if `own` returns one for these inputs. */
  const correct = (kernelName: string, own: (...given: [...Parameters<Gradient>, Gradient]) => Gradients) => {
    const config = tf.getGradient(kernelName)!;
    const gradFunc: Gradient = (dy, saved, attributes) =>
      own(dy, saved, attributes, config.gradFunc as unknown as Gradient);
    tf.registerGradient({ ...config, gradFunc: gradFunc as never });
  };

  for (const [kernelName, inputs] of Object.entries(CONSTANT)) {
    register(kernelName, inputs, (_, saved) =>
      Object.fromEntries(inputs.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
    );
  }
  register('StridedSlice', ['x'], (dy, [x], attributes) => ({
    x: () => stridedSliceGradient(tf, x!.shape, dy, attributes as StridedSlice),
  }));
  const topK: Gradient = (dys, [x, indices]) => ({
    x: () => {
      const [dy] = dys as unknown as [Tensor, Tensor];
      return tf.sum(tf.mul(oneHot(tf, indices!, x!.shape.at(-1)!), tf.expandDims(dy, -1)), -2);
    },
  });
  register('TopK', ['x'], topK, [false, true]);
  for (const kind of ['bilinear', 'nearest'] as const) {
    register(
      kind === 'bilinear' ? 'ResizeBilinear' : 'ResizeNearestNeighbor',
      ['images'],
      (dy, [images], attributes) => ({
        images: () => resizeGradient(tf, kind, images!.shape as Image, dy, attributes as Resizing),
      }),
    );
  }
  // A single part is not in a list.
  correct('SplitV', (dy, saved, attributes, own) => own([dy].flat() as never, saved, attributes));
  for (const kernelName of BROADCAST) {
    correct(kernelName, (dy, saved, attributes, own) =>
      Object.fromEntries(
        Object.entries(own(dy, saved, attributes)).map(([name, compute]) => [
          name,
          () => summedTo(tf, compute(), saved[name === 'a' ? 0 : 1]!.shape),
        ]),
      ),
    );
  }
  for (const kernelName of ['Conv2D', 'DepthwiseConv2dNative']) {
    correct(kernelName, (dy, saved, attributes, own) => {
      const { dilations, dataFormat } = attributes as Convolution;
      const isDilated = [dilations ?? 1].flat().some((size) => size > 1);
      if (!(isDilated || isWasm()) || dataFormat === 'NCHW') return own(dy, saved, attributes);
      const [x, filter] = saved as [Tensor, Tensor];
      const isDepthwise = kernelName !== 'Conv2D';
      const composed = () =>
        inputGradient(tf, x.shape as Image, dy, filter, attributes as Convolution, isDepthwise);
      return isDilated ? { x: composed } : { ...own(dy, saved, attributes), x: composed };
    });
  }
  correct('AvgPool', (dy, saved, attributes, own) =>
    isWasm()
      ? { x: () => averagePoolGradient(tf, saved[0]!.shape as Image, dy, attributes as Pooling) }
      : own(dy, saved, attributes),
  );
  correct('MaxPool', (dy, saved, attributes, own) =>
    isWasm()
      ? { x: () => maxPoolGradient(tf, saved[0]!, saved[1]!, dy, attributes as Pooling) }
      : own(dy, saved, attributes),
  );
  correct('GatherV2', (dy, saved, attributes, own) => {
    const { axis, batchDims = 0 } = attributes as { axis: number; batchDims?: number };
    if (!isWasm() || batchDims !== 0) return own(dy, saved, attributes);
    return { ...own(dy, saved, attributes), x: () => gatherGradient(tf, saved[0]!, saved[1]!, dy, axis) };
  });
}

/** Sums over the axes along which a tensor of this shape was broadcast. */
function summedTo(tf: Tf, dy: Tensor, shape: readonly number[]): Tensor {
  const more = dy.shape.length - shape.length;
  const axes = dy.shape.flatMap((size, axis) =>
    axis < more || (size > 1 && shape[axis - more] === 1) ? [axis] : [],
  );
  return axes.length ? tf.reshape(tf.sum(dy, axes, true), [...shape]) : dy;
}

/** One-hot rows. TensorFlow.js's `oneHot` refuses rows of length 1. */
function oneHot(tf: Tf, indices: Tensor, size: number): Tensor {
  return tf.cast(tf.equal(tf.expandDims(indices, -1), tf.range(0, size, 1, 'int32')), 'float32');
}

/** Transposed one-hot rows: their product with slices puts each slice back, and adds slices of the same index. */
function gatherGradient(tf: Tf, x: Tensor, indices: Tensor, dy: Tensor, axis: number): Tensor {
  const size = x.shape[axis]!;
  const places = oneHot(tf, tf.reshape(indices, [-1]), size);
  const order = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
  const from = Array.from({ length: indices.rank }, (_, i) => axis + i);
  const front = tf.transpose(dy, [...from, ...dy.shape.map((_, i) => i).filter((i) => !from.includes(i))]);
  const sums = tf.matMul(places as never, tf.reshape(front, [indices.size, -1]) as never, true);
  const shaped = tf.reshape(
    sums,
    order.map((i) => x.shape[i]!),
  );
  return tf.transpose(
    shaped,
    order.map((_, i) => order.indexOf(i)),
  );
}
