import { ModelError } from '../../errors';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { type Shape, shapesText } from '../model';
import type { Context } from './definition';

/** What all attention layers read from their call and their configuration. */

export const returnsScores = (options: Json) => options['return_attention_scores'] === true;

/** @throws {ModelError} unless query and value have the same rank, `rank` or more */
export function checkInputs({ name }: Json, inputs: Shape[], rank = 3): void {
  const [first] = inputs;
  const fits = inputs.length === 2 || inputs.length === 3;
  if (fits && inputs.every(({ length }) => length >= rank && length === first!.length)) return;
  throw new ModelError(
    `layer "${name}" needs a query and a value of as many axes, ${rank} or more, and perhaps a key, and gets ${shapesText(inputs)}.`,
  );
}

/** `[1, T, S]`: 1 where query position `t` may attend to key position `s`. */
export function band({ tf, config, options }: Context, queries: number, keys: number): Tensor | undefined {
  const window = config['sliding_window'];
  const causal = options['use_causal_mask'] === true || config['causal'] === true;
  if (!causal && !window) return undefined;
  const before = tf.sub(tf.expandDims(tf.range(0, queries), 1), tf.expandDims(tf.range(0, keys), 0));
  const allowed = [
    ...(causal ? [tf.greaterEqual(before, 0)] : []),
    ...(window ? [tf.less(tf.abs(before), Number(window))] : []),
  ];
  return tf.expandDims(tf.cast(allowed.reduce(tf.logicalAnd), 'float32'), 0);
}
