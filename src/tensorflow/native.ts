import type { Attribute } from './graph/graph-def';
import type { Tensor, Tf } from './types';

type Pair = [number, number];

/** The part of tfjs-node's backend that runs one operation of TensorFlow by its name. */
interface Native {
  binding: Record<'TF_FLOAT' | 'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_ATTR_STRING', number>;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  getInputTensorIds(tensors: Tensor[]): number[];
}

const made = new WeakMap<object, Tf>();

/** Whether a gradient is being computed; gradients need TensorFlow.js's own operations. */
export function takesGradient(tf: Tf): boolean {
  const { state } = tf.engine() as unknown as { state: { gradientDepth: number } };
  return state.gradientDepth > 0;
}

/** Copies a tensor's values into native TensorFlow now. By itself it copies them at first use, and keeps them until then. */
export function moveIn(tf: Tf, tensor: Tensor): void {
  if (tf.getBackend() === 'tensorflow') (tf.backend() as unknown as Native).getInputTensorIds([tensor]);
}

/** Bytes from which memory is reserved; less than that fits anywhere. */
const MUCH = 64e6;

/**
 * Has native TensorFlow reserve memory for weights in one piece, none of which is used yet. By itself its allocator takes
 * pieces of twice the size of the last one as it needs them, and large maps fit into none of those that weights leave.
 */
export function reserve(tf: Tf, bytes: number): void {
  if (tf.getBackend() !== 'tensorflow' || bytes < MUCH) return;
  const backend = tf.backend() as unknown as Native;
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'init', type: TF_ATTR_BOOL, value: false },
  ];
  try {
    tf.tidy(() => {
      backend.executeSingleOutput('Empty', attributes, [tf.tensor1d([(1.25 * bytes) / 4], 'int32')]);
    });
  } catch {
    // Where so much cannot be reserved, memory is taken in pieces.
  }
}

/** x * factor + shift, by the native shortcut where there is one. */
export function multiplyAdd(tf: Tf, x: Tensor, factor: Tensor, shift: Tensor): Tensor {
  const { multiplyAdd: shorter } = tf as {
    multiplyAdd?: (x: Tensor, factor: Tensor, shift: Tensor) => Tensor;
  };
  return shorter ? shorter(x, factor, shift) : tf.add(tf.mul(x, factor), shift);
}

/**
 * TensorFlow.js with shortcuts to native TensorFlow for the operations of image models. Without them an operation costs
 * about 20 µs before it starts (30 ms in a network of 800 layers), and a 1 × 1 convolution is slower than the equivalent
 * matrix product. While a gradient is computed, TensorFlow.js's own operations run.
 *
 * @returns `tf` itself on other backends
 */
export function withShortcuts(tf: Tf): Tf {
  if (tf.getBackend() !== 'tensorflow') return tf;
  const backend = tf.backend() as unknown as Native;
  const known = made.get(backend);
  if (known) return known;
  const { binding } = backend;
  const float: Attribute = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const int = (name: string, value: number[]) => ({ name, type: binding.TF_ATTR_INT, value });
  const text = (name: string, value: string) => ({ name, type: binding.TF_ATTR_STRING, value });

  /** Whether the shortcut fits these inputs; nothing else is checked. */
  const plain = (...inputs: unknown[]) =>
    inputs.every((x) => x instanceof tf.Tensor && x.dtype === 'float32' && !x.isDisposed) &&
    !takesGradient(tf) &&
    tf.getBackend() === 'tensorflow';
  const run = (name: string, attributes: Attribute[], ...inputs: Tensor[]) =>
    backend.executeSingleOutput(name, attributes, inputs);

  const one = (name: string, other: (x: Tensor) => Tensor) => (x: Tensor) =>
    plain(x) ? run(name, [float], x) : other(x);
  const two = (name: string, other: (a: Tensor, b: Tensor) => Tensor) => (a: Tensor, b: Tensor) =>
    plain(a, b) ? run(name, [float], a, b) : other(a, b);
  const window = (strides: Pair, padding: string) => [
    float,
    int('strides', [1, ...strides, 1]),
    text('padding', padding.toUpperCase()),
  ];
  const spread = (dilation: Pair) => int('dilations', [1, ...dilation, 1]);

  const shorter = {
    add: two('AddV2', tf.add),
    mul: two('Mul', tf.mul),
    sub: two('Sub', tf.sub),
    multiplyAdd(x: Tensor, factor: Tensor, shift: Tensor) {
      if (!plain(x, factor, shift)) return tf.add(tf.mul(x, factor), shift);
      const product = run('Mul', [float], x, factor);
      try {
        return run('AddV2', [float], product, shift);
      } finally {
        product.dispose();
      }
    },
    relu: one('Relu', tf.relu),
    relu6: one('Relu6', tf.relu6),
    sigmoid: one('Sigmoid', tf.sigmoid),
    conv2d(
      x: Tensor,
      kernel: Tensor,
      strides: Pair | 1,
      padding: 'same' | 'valid',
      format: 'NHWC' = 'NHWC',
      dilation: Pair = [1, 1],
    ) {
      if (!plain(x, kernel))
        return tf.conv2d(x as never, kernel as never, strides, padding, format, dilation);
      const by: Pair = strides === 1 ? [1, 1] : strides;
      const pointwise = kernel.shape[0] === 1 && kernel.shape[1] === 1 && by[0] === 1 && by[1] === 1;
      // The channels of each pixel times one matrix. Not by the operation MatMul: a signal, such as an interrupt,
      // during TensorFlow 2.13's MatMul corrupts memory.
      if (pointwise) return run('BatchMatMulV2', [float], x, kernel);
      return run('Conv2D', [...window(by, padding), spread(dilation)], x, kernel);
    },
    depthwiseConv2d(
      x: Tensor,
      kernel: Tensor,
      strides: Pair,
      padding: 'same' | 'valid',
      format: 'NHWC' = 'NHWC',
      dilation: Pair = [1, 1],
    ) {
      // TensorFlow needs equal strides and handles dilation separately; TensorFlow.js takes care of both.
      if (!plain(x, kernel) || dilation[0] !== 1 || dilation[1] !== 1 || strides[0] !== strides[1])
        return tf.depthwiseConv2d(x as never, kernel as never, strides, padding, format, dilation);
      return run('DepthwiseConv2dNative', [...window(strides, padding), spread(dilation)], x, kernel);
    },
    maxPool: pool('MaxPool', tf.maxPool),
    avgPool: pool('AvgPool', tf.avgPool),
  };

  function pool(name: string, other: Tf['maxPool'] | Tf['avgPool']) {
    return (x: Tensor, size: Pair, strides: Pair, padding: 'same' | 'valid') => {
      if (!plain(x)) return other(x as never, size, strides, padding);
      return run(name, [...window(strides, padding), int('ksize', [1, ...size, 1])], x);
    };
  }

  const result = { ...tf, ...shorter } as unknown as Tf;
  made.set(backend, result);
  return result;
}
