import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { activationOf } from '../layers/activation-functions';
import { channelsLast, channelsLastShape, type LayerDefinition, NO_ARGUMENTS } from '../layers/definition';
import { einsum, parseEquation } from '../layers/einsum';
import { Resizing } from '../layers/image';
import { LayerNormalization } from '../layers/normalization';
import { ELU, Softmax } from '../layers/pointwise';
import { AveragePooling, MaxPooling, pooledShape } from '../layers/pooling';
import { AveragePooling3D, MaxPooling3D } from '../layers/volume';
import type { Shape } from '../model';
import {
  asFloats,
  axesIn,
  isGiven,
  numbersOf,
  type Operation,
  op,
  sameShape,
  shapeOf,
  sizesIn,
  tensorOf,
  unary,
} from './arguments';

/** An activation by Keras's name of the function. */
const activation = (name: string) => unary((tf, x) => activationOf(name, name, 3)(tf, x));

/** Runs a layer's definition with the operation's arguments as its configuration and weights. */
const asLayer = (
  layer: LayerDefinition,
  tf: Tf,
  x: Tensor,
  config: Json,
  weights: Record<string, Tensor> = {},
) => layer.call([x], { tf, config, weights, dialect: 3, ...NO_ARGUMENTS });

/** Keras's settings of a window; a list of one number counts as that number. */
function windowOf({ pool_size, strides, ...config }: Json): Json {
  const number = (value: unknown) =>
    Array.isArray(value) && value.length === 1 ? value[0] : (value ?? null);
  return { ...config, pool_size: number(pool_size), strides: number(strides) };
}

/** @param volumes the same for 3-D */
const pooling = (layer: LayerDefinition, volumes: LayerDefinition) =>
  op(
    'inputs pool_size strides padding data_format',
    (tf, { inputs, ...config }) => {
      const x = tensorOf(tf, inputs, 'inputs');
      return asLayer(x.rank === 5 ? volumes : layer, tf, x, windowOf(config));
    },
    ({ inputs, ...config }) => pooledShape(windowOf(config), shapeOf(inputs)),
  );

type Sizes = [batch: number, height: number, width: number, channels: number];

/**
 * Moves blocks of pixels into channels, in TensorFlow's order, or back.
 *
 * @param factors by which sizes grow, and the block size
 */
const blocks = (
  factors: (block: number) => Sizes,
  run: (tf: Tf, x: Tensor, sizes: Sizes, block: number) => Tensor,
) => {
  const sizeOf = (block: unknown) => numbersOf(block, 'block_size')?.[0] ?? 1;
  return op(
    'x block_size data_format',
    (tf, { x, block_size, data_format }) =>
      channelsLast(tf, { data_format }, tensorOf(tf, x), (y) =>
        run(tf, y, y.shape as Sizes, sizeOf(block_size)),
      ),
    ({ x, block_size, data_format }) => {
      const grown = factors(sizeOf(block_size));
      return channelsLastShape({ data_format }, shapeOf(x), (sizes) =>
        sizes.map((size, axis) => (size === null ? null : size * grown[axis]!)),
      );
    },
  );
};

/** Height and width; one number means both. */
function pairOf(size: unknown): Shape {
  const sizes = sizesIn(size, 'size');
  if (sizes.length === 1) return [sizes[0]!, sizes[0]!];
  if (sizes.length === 2) return sizes;
  throw new ModelError(`its size has ${sizes.length} numbers and should be a height and a width.`);
}

/** Neural network operations. */
export const NETWORK: Record<string, Operation> = {
  MaxPool: pooling(MaxPooling, MaxPooling3D),
  AveragePool: pooling(AveragePooling, AveragePooling3D),
  Resize: op(
    'images size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format align_corners half_pixel_centers',
    (tf, { images, size, ...config }) => {
      const [height, width] = pairOf(size);
      const given = tensorOf(tf, images, 'images');
      const resized = (x: Tensor) => asLayer(Resizing, tf, x, { ...config, height, width, name: 'resize' });
      // One picture without a batch axis.
      return given.rank === 3 ? tf.squeeze(resized(tf.expandDims(given, 0)), [0]) : resized(given);
    },
    ({ images, size, data_format }) => {
      const shape = shapeOf(images);
      const first = shape.length - (data_format === 'channels_first' ? 2 : 3);
      const pair = pairOf(size);
      return shape.map((length, axis) => (axis - first in pair ? pair[axis - first]! : length));
    },
  ),
  DepthToSpace: blocks(
    (block) => [1, block, block, 1 / block ** 2],
    (tf, x, [n, h, w, c], block) => {
      const apart = tf.reshape(x, [n, h, w, block, block, c / block ** 2]);
      return tf.reshape(tf.transpose(apart, [0, 1, 3, 2, 4, 5]), [n, h * block, w * block, c / block ** 2]);
    },
  ),
  SpaceToDepth: blocks(
    (block) => [1, 1 / block, 1 / block, block ** 2],
    (tf, x, [n, h, w, c], block) => {
      const apart = tf.reshape(x, [n, h / block, block, w / block, block, c]);
      return tf.reshape(tf.transpose(apart, [0, 1, 3, 2, 4, 5]), [n, h / block, w / block, block ** 2 * c]);
    },
  ),
  Normalize: op(
    'x axis order epsilon',
    (tf, { x, axis, epsilon }) => {
      const given = tensorOf(tf, x);
      const inverse = tf.rsqrt(tf.sum(tf.square(given), axesIn(axis ?? -1, given.rank), true));
      return tf.mul(given, tf.minimum(inverse, 1 / Number(epsilon ?? 1e-7)));
    },
    ({ x, axis, order }) => {
      if ((order ?? 2) !== 2) throw new ModelError(`it normalizes by order ${order}; only 2 is supported.`);
      return sameShape()({ x, axis });
    },
  ),
  // TensorFlow's epsilon is a minimum of the sum of squares, Keras's of the length.
  L2Normalize: op(
    'x axis epsilon',
    (tf, { x, axis, epsilon }) => {
      const given = tensorOf(tf, x);
      const squares = tf.sum(tf.square(given), axesIn(axis, given.rank), true);
      return tf.mul(given, tf.rsqrt(tf.maximum(squares, Number(epsilon ?? 1e-12))));
    },
    sameShape(),
  ),
  Einsum: op(
    'operand other subscripts',
    (tf, { operand, other, subscripts }) => {
      if (!isGiven(other) || typeof subscripts !== 'string') {
        throw new ModelError('it is of one operand, or of more than two, which is not supported.');
      }
      const [a, b] = [tensorOf(tf, operand, 'operand'), tensorOf(tf, other, 'other operand')];
      return einsum(tf, subscripts, asFloats(tf, a), asFloats(tf, b));
    },
    ({ operand, other, subscripts }) => {
      const shapes = [shapeOf(operand), shapeOf(other)] as const;
      const equation = parseEquation(subscripts, [shapes[0].length, shapes[1].length]);
      const sizes = new Map<string, number | null>();
      for (const [i, shape] of shapes.entries()) {
        for (const [axis, size] of shape.entries()) {
          const letter = equation[i]![axis]!;
          if (size !== null || !sizes.has(letter)) sizes.set(letter, size);
        }
      }
      return [...equation[2]].map((letter) => sizes.get(letter) ?? null);
    },
  ),
  ConvertToTensor: op('x', (tf, { x }) => tensorOf(tf, x), sameShape()),
  LayerNorm: op(
    'x gamma beta axis epsilon',
    (tf, { x, gamma, beta, axis, epsilon }) => {
      const given = asFloats(tf, tensorOf(tf, x));
      const axes = axesIn(axis ?? -1, given.rank)!;
      if ((isGiven(gamma) || isGiven(beta)) && String(axes) !== String(given.rank - 1)) {
        throw new ModelError('it has a gamma or a beta for other axes than the last.');
      }
      const weights = {
        ...(isGiven(gamma) && { gamma: tensorOf(tf, gamma, 'gamma') }),
        ...(isGiven(beta) && { beta: tensorOf(tf, beta, 'beta') }),
      };
      return asLayer(LayerNormalization, tf, given, { axis: axes, epsilon: epsilon ?? 1e-7 }, weights);
    },
    sameShape(),
  ),
  // AlexNet's: by the squares in the channels around (Krizhevsky et al., 2012).
  LocalResponseNormalization: op(
    'x depth_radius bias alpha beta',
    (tf, { x, depth_radius, ...config }) => {
      const given = tensorOf(tf, x);
      const [radius = 5] = numbersOf(depth_radius, 'depth_radius') ?? [];
      const channels = given.shape[given.rank - 1]!;
      const [reach, none] = [Math.min(Math.max(radius, 0), channels), given.shape.slice(1).map(() => [0, 0])];
      const wide = tf.pad(tf.square(given), [...none, [reach, reach]] as [number, number][]);
      const shifted = Array.from({ length: 2 * reach + 1 }, (_, i) =>
        tf.slice(wide, [...none.map(() => 0), i], given.shape),
      );
      const { bias = 1, alpha = 1, beta = 0.5 } = config;
      const sums = tf.add(tf.mul(tf.addN(shifted), Number(alpha)), Number(bias));
      return tf.div(given, tf.pow(sums, Number(beta)));
    },
    sameShape(),
  ),
  RGBToGrayscale: op(
    'images data_format',
    (tf, { images, data_format }) => {
      const given = tensorOf(tf, images, 'images');
      const axis = given.rank - (data_format === 'channels_first' ? 3 : 1);
      if (given.shape[axis] === 1) return given;
      if (given.dtype !== 'float32')
        throw new ModelError('its picture has integer values; cast it to floats before.');
      const weights = tf.reshape(
        tf.tensor1d([0.2989, 0.587, 0.114]),
        given.shape.map((_, i) => (i === axis ? 3 : 1)),
      );
      return tf.sum(tf.mul(given, weights), axis, true);
    },
    ({ images, data_format }) => {
      const shape = shapeOf(images);
      return shape.with(data_format === 'channels_first' ? -3 : -1, 1);
    },
  ),
  // TensorFlow's: each picture's mean becomes 0, its deviation 1.
  StandardizeImage: op(
    'x',
    (tf, { x }) => {
      const given = asFloats(tf, tensorOf(tf, x));
      const axes = [3, 2, 1].map((from) => given.rank - from);
      const { mean, variance } = tf.moments(given, axes, true);
      const numbers = tf.util.sizeFromShape(given.shape.slice(-3));
      return tf.div(tf.sub(given, mean), tf.maximum(tf.sqrt(variance), 1 / Math.sqrt(numbers)));
    },
    sameShape(),
  ),
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Sigmoid: activation('sigmoid'),
  SparseSigmoid: activation('sparse_sigmoid'),
  Silu: activation('silu'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  SparsePlus: activation('sparse_plus'),
  TanhShrink: activation('tanh_shrink'),
  LogSigmoid: activation('log_sigmoid'),
  HardSigmoid: activation('hard_sigmoid'),
  HardSilu: activation('hard_silu'),
  HardTanh: activation('hard_tanh'),
  Selu: activation('selu'),
  LeakyRelu: op(
    'x negative_slope',
    (tf, { x, negative_slope }) => tf.leakyRelu(asFloats(tf, tensorOf(tf, x)), Number(negative_slope ?? 0.2)),
    sameShape(),
  ),
  Elu: op('x alpha', (tf, { x, ...config }) => asLayer(ELU, tf, tensorOf(tf, x), config), sameShape()),
  Gelu: op(
    'x approximate',
    (tf, { x, approximate }) =>
      activationOf(approximate === false ? 'gelu' : 'gelu_tanh', 'gelu', 3)(tf, tensorOf(tf, x)),
    sameShape(),
  ),
  Softmax: op('x axis', (tf, { x, ...config }) => asLayer(Softmax, tf, tensorOf(tf, x), config), sameShape()),
  LogSoftmax: op(
    'x axis',
    (tf, { x, axis }) => {
      const given = tensorOf(tf, x);
      return tf.sub(given, tf.logSumExp(given, axesIn(axis ?? -1, given.rank), true));
    },
    sameShape(),
  ),
};
