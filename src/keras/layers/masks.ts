import type { Tensor } from '../../tensorflow/types';
import type { Dialect, Json } from '../file/graph';
import type { Shape } from '../model';
import type { Context } from './definition';

/** Classes that propagate the mask of their first input (Keras's `supports_masking`). */
const HAND_ON = new Set([
  ...[
    'Activation',
    'ActivityRegularization',
    'AlphaDropout',
    'BatchNormalization',
    'SyncBatchNormalization',
    'Dense',
    'Dropout',
    'ELU',
  ],
  ...[
    'GaussianDropout',
    'GaussianNoise',
    'GroupNormalization',
    'LayerNormalization',
    'LeakyReLU',
    'PReLU',
    'ReLU',
  ],
  ...['Softmax', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'UnitNormalization'],
  ...['MultiHeadAttention', 'GroupedQueryAttention', 'Attention', 'AdditiveAttention'],
  ...['LSTM', 'GRU', 'SimpleRNN', 'RNN', 'ConvLSTM2D', 'Bidirectional', 'TimeDistributed'],
]);
/** Classes that propagate it in one version of Keras only. */
const ONLY_IN: Record<string, Dialect> = {
  Identity: 3,
  Normalization: 3,
  Rescaling: 3,
  SpectralNormalization: 3,
  ThresholdedReLU: 2,
};

/** Merging layers: Keras 3 keeps a step that any mask keeps, if all inputs have masks; Keras 2 one that all masks keep. */
const SUMS = new Set(['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum']);

/**
 * The mask of a layer's output, by Keras's `compute_mask`.
 *
 * @param shape of the output
 * @returns undefined when every step is unmasked, or there are no steps
 */
export function maskAfter(
  className: string,
  inputs: readonly Tensor[],
  context: Context,
  shape: Shape,
): Tensor | undefined {
  const { tf, masks, dialect, config } = context;
  const known = masks.filter((mask) => mask !== undefined);
  if (!known.length) return undefined;
  const asBool = (mask: Tensor) => tf.cast(mask, 'bool');
  if (SUMS.has(className)) {
    if (dialect === 2) return known.map(asBool).reduce(tf.logicalAnd);
    return known.length === masks.length ? known.map(asBool).reduce(tf.logicalOr) : undefined;
  }
  if (className === 'Concatenate') return joined(inputs, context, config);
  if (!HAND_ON.has(className) && ONLY_IN[className] !== dialect) return undefined;
  const [first] = masks;
  const fits = first && shape.length > first.rank && first.shape.every((size, axis) => size === shape[axis]);
  return fits ? first : undefined;
}

/** Reduces a mask along one axis: Keras 3 keeps a step if any of its values is kept, Keras 2 if all are. */
function joined(inputs: readonly Tensor[], { tf, masks, dialect }: Context, config: Json): Tensor {
  const parts = inputs.map((x, i) => {
    const mask = masks[i];
    if (!mask) return tf.cast(tf.onesLike(x), 'float32');
    return tf.mul(tf.expandDims(tf.cast(mask, 'float32'), -1), tf.onesLike(x));
  });
  const whole = tf.concat(parts, Number(config['axis'] ?? -1));
  return tf.cast(dialect === 3 ? tf.max(whole, -1) : tf.min(whole, -1), 'bool');
}
