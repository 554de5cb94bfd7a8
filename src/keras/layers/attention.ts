import type { Tensor } from '../../tensorflow/types';
import { band, checkInputs, returnsScores } from './attention-call';
import type { Context, NodeDefinition } from './definition';
import { checkSpread, maskedSoftmax } from './pointwise';

/**
 * Attention without projections, `[query, value]` or `[query, value, key]` of shape `[…, positions, channels]`.
 *
 * @param weights its weights
 * @param score the score of each key for each query, `[…, T, S]`
 */
function plainAttention(
  weights: NodeDefinition['weights'],
  score: (context: Context, query: Tensor, key: Tensor) => Tensor,
): NodeDefinition {
  return {
    takes: ['inputs', 'mask', 'training', 'return_attention_scores', 'use_causal_mask'],
    several: returnsScores,
    weights,
    shape(config, inputs, _, options) {
      checkInputs(config, inputs, 2);
      const [query, value] = inputs;
      const shape = [...query!.slice(0, -1), value![value!.length - 1]!];
      return returnsScores(options) ? [shape, [...query!.slice(0, -1), value![value!.length - 2]!]] : shape;
    },
    call([query, value, key = value], context) {
      const { tf, options, others, masks } = context;
      const scores = score(context, query!, key!);
      const [ofQuery, ofValue] = (others['mask'] ?? masks).map((mask) => mask && tf.cast(mask, 'float32'));
      const places = band(context, scores.shape[scores.rank - 2]!, scores.shape[scores.rank - 1]!);
      const values = ofValue && tf.expandDims(ofValue, -2);
      const allowed = places && values ? tf.mul(places, values) : (places ?? values);
      const weights = maskedSoftmax(tf, scores, [scores.rank - 1], allowed, false);
      const sums = tf.matMul(weights as never, value as never) as Tensor;
      const rows = ofQuery && tf.expandDims(ofQuery, -1);
      if (rows) checkSpread(rows, sums);
      const output = rows ? tf.mul(sums, rows) : sums;
      return returnsScores(options) ? [output, weights] : output;
    },
  };
}

/** Luong's: products, or sums with `score_mode` "concat". */
export const Attention = plainAttention(
  (config) => [
    ...(config['use_scale'] === true ? [{ name: 'scale', shape: [] }] : []),
    ...(config['score_mode'] === 'concat' ? [{ name: 'concat_score_weight', shape: [] }] : []),
  ],
  ({ tf, config, weights }, query, key) => {
    const scaled = (x: Tensor) => (weights['scale'] ? tf.mul(x, weights['scale']) : x);
    if (config['score_mode'] !== 'concat')
      return scaled(tf.matMul(query as never, key as never, false, true));
    const sums = tf.add(tf.expandDims(query, -2), tf.expandDims(key, -3));
    return tf.mul(tf.sum(tf.tanh(scaled(sums)), -1), weights['concat_score_weight']!);
  },
);

/** Bahdanau's. */
export const AdditiveAttention = plainAttention(
  (config, [query, value], dialect) => {
    // One for each number of a value in Keras 2, of a query in Keras 3.
    const of = (dialect === 2 && value) || query!;
    return config['use_scale'] === false ? [] : [{ name: 'scale', shape: [of[of.length - 1] as number] }];
  },
  ({ tf, weights }, query, key) => {
    const sums = tf.tanh(tf.add(tf.expandDims(query, -2), tf.expandDims(key, -3)));
    return tf.sum(weights['scale'] ? tf.mul(sums, weights['scale']) : sums, -1);
  },
);
