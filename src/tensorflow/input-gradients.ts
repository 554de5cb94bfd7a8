import type { Tensor, Tf } from './types';

type Pair = [number, number];
type Image = [batch: number, height: number, width: number, channels: number];
type Gradient = (dy: Tensor, saved: Tensor[], attributes: object) => Record<string, () => Tensor>;

interface Convolution {
  strides: number | Pair;
  dilations?: number | Pair | null;
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
}

const patched = new WeakSet<object>();

/** Operations whose result is piecewise constant, which TensorFlow.js gives no gradient at all. */
const CONSTANT =
  'All Any ArgMax ArgMin Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalNot LogicalOr NotEqual'.split(
    ' ',
  );

/**
 * Completes TensorFlow.js's gradients (4.22), once. Dilated convolutions have none. On wasm, the kernel of the
 * depthwise one is missing and that of the other is four times as slow as a convolution by XNNPACK: both are made of
 * convolutions here. Comparisons, as in masks, get a gradient of 0.
 */
export function completeGradients(tf: Tf): void {
  if (patched.has(tf.registerGradient)) return;
  patched.add(tf.registerGradient);
  for (const [kernelName, isDepthwise] of [
    ['Conv2D', false],
    ['DepthwiseConv2dNative', true],
  ] as const) {
    const own = tf.getGradient(kernelName)!;
    const gradFunc: Gradient = (dy, saved, attributes) => {
      const { dilations, dataFormat } = attributes as Convolution;
      const isDilated = [dilations ?? 1].flat().some((size) => size > 1);
      const composes = (isDilated || tf.getBackend() === 'wasm') && dataFormat !== 'NCHW';
      const [x, filter] = saved as [Tensor, Tensor];
      const composed = () =>
        inputGradient(tf, x.shape as Image, dy, filter, attributes as Convolution, isDepthwise);
      if (isDilated && composes) return { x: composed };
      const gradients = own.gradFunc(dy, saved, attributes as never) as ReturnType<Gradient>;
      return composes ? { ...gradients, x: composed } : gradients;
    };
    tf.registerGradient({ ...own, gradFunc: gradFunc as never });
  }
  for (const kernelName of CONSTANT) {
    const gradFunc: Gradient = (_, saved) =>
      Object.fromEntries(
        ['x', 'a', 'b'].map((name, i) => [name, () => tf.zeros((saved[i === 2 ? 1 : 0] ?? saved[0])!.shape)]),
      );
    tf.registerGradient({ kernelName, saveAllInputs: true, inputsToSave: [], gradFunc: gradFunc as never });
  }
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
  const apart = withZerosBetween(tf, dy, [strideHeight, strideWidth]);
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

/** Puts strides − 1 zeros between the rows, and between the columns. */
function withZerosBetween(tf: Tf, x: Tensor, [down, across]: Pair): Tensor {
  const [batch, height, width, channels] = x.shape as Image;
  let y = x;
  if (down > 1) {
    const rows = tf.reshape(y, [batch * height, 1, width, channels]);
    y = tf.reshape(padOrCrop(tf, rows, [0, down - 1], [0, 0]), [batch, height * down, width, channels]);
  }
  if (across > 1) {
    const [, tall] = y.shape as Image;
    const pixels = tf.reshape(y, [batch * tall * width, 1, 1, channels]);
    y = tf.reshape(padOrCrop(tf, pixels, [0, 0], [0, across - 1]), [batch, tall, width * across, channels]);
  }
  return y;
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

/**
 * Computes while the gradients of ReLU and ReLU6 are those of guided backpropagation: positive ones, where the unit is
 * active (Springenberg et al. 2015). TensorFlow.js looks a gradient up when the operation runs.
 */
export function withGuidedRelu<T>(tf: Tf, compute: () => T): T {
  const names = ['Relu', 'Relu6'] as const;
  const own = names.map((name) => tf.getGradient(name)!);
  own.forEach((config) => {
    const gradFunc: Gradient = (dy, saved, attributes) => {
      const plain = config.gradFunc(dy, saved, attributes as never) as ReturnType<Gradient>;
      return { x: () => tf.relu(plain['x']!()) };
    };
    tf.registerGradient({ ...config, gradFunc: gradFunc as never });
  });
  try {
    return compute();
  } finally {
    for (const config of own) tf.registerGradient(config);
  }
}
