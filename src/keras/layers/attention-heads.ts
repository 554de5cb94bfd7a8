import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { band, checkInputs, returnsScores } from './attention-call';
import { type Context, frontAxes, type NodeDefinition } from './definition';
import { repeat } from './image';
import { maskedSoftmax } from './pointwise';

/** `[num_heads, key_dim]` and so on: the shape into which a projection turns each vector. */
interface Projection {
  name: string;
  /** Sizes of the contracted axes, and of the new ones. */
  from: number[];
  to: number[];
}

function weightsOf(config: Json, projections: Projection[]) {
  return projections.flatMap(({ name, from, to }) => [
    { name: `${name}/kernel`, shape: [...from, ...to] },
    ...(config['use_bias'] === false ? [] : [{ name: `${name}/bias`, shape: to }]),
  ]);
}

function project({ tf, weights }: Context, { name, from, to }: Projection, x: Tensor): Tensor {
  const [rows, columns] = [tf.util.sizeFromShape(from), tf.util.sizeFromShape(to)];
  const kernel = tf.reshape(weights[`${name}/kernel`]!, [rows, columns]);
  const y = tf.matMul(tf.reshape(x, [-1, rows]), kernel as never);
  const made = tf.reshape(y, [...x.shape.slice(0, x.rank - from.length), ...to]);
  const bias = weights[`${name}/bias`];
  return bias ? tf.add(made, bias) : made;
}

/** The arguments of a call of multi-head attention. */
const OF_HEADS = [
  ...['query', 'value', 'key', 'query_mask', 'value_mask', 'key_mask', 'attention_mask'],
  ...['return_attention_scores', 'training', 'use_causal_mask'],
];

/**
 * Which query positions may attend to which key positions, by the masks (given or propagated) and the configuration.
 *
 * @param heedsQueryMask whether a query_mask argument counts
 * @returns ones and zeros that broadcast to `[batch, T, S]`; undefined if every position may attend to all
 */
function allowedPlaces(
  context: Context,
  queries: number,
  keys: number,
  heedsQueryMask = true,
): Tensor | undefined {
  const { tf, others, masks } = context;
  const numbers = (mask: Tensor | undefined) => mask && tf.cast(tf.cast(mask, 'bool'), 'float32');
  const along = (mask: Tensor | undefined, axis: number) => mask && tf.expandDims(numbers(mask)!, axis);
  const ofInput = (name: string, place: number) => others[name]?.[0] ?? masks[place];
  const all = [
    numbers(others['attention_mask']?.[0]),
    along(heedsQueryMask ? ofInput('query_mask', 0) : masks[0], -1),
    along(ofInput('value_mask', 1), -2),
    along(ofInput('key_mask', 2), -2),
    band(context, queries, keys),
  ].filter((mask) => mask !== undefined);
  return all.length ? all.reduce((a, b) => tf.mul(a, b)) : undefined;
}

interface Heads {
  /** `[batch …, T, channels]` and `[batch …, S, channels]`, with equal batch axes. */
  query: Tensor;
  key: Tensor;
  value: Tensor;
  /** Ones and zeros that broadcast to `[batch …, T, S]`; undefined if every position may attend to all. */
  allowed: Tensor | undefined;
  /** Whether a position that may attend to nothing gets zeros; otherwise it gets the mean of all values. */
  zeros: boolean;
}

/**
 * Scaled dot-product attention: the weights are a softmax of query · key / √channels (Vaswani et al., 2017).
 *
 * @returns the weighted sums `[batch …, T, channels]`, and the weights `[batch …, T, S]`
 */
function attend(tf: Tf, { query, key, value, allowed, zeros }: Heads): [sums: Tensor, weights: Tensor] {
  const scale = 1 / Math.sqrt(query.shape[query.rank - 1]!);
  const products = tf.matMul(tf.mul(query, scale) as never, key as never, false, true) as Tensor;
  const weights = maskedSoftmax(tf, products, [products.rank - 1], allowed, zeros);
  return [tf.matMul(weights as never, value as never), weights];
}

/** A mask `[batch, T, S]` with axes of length 1 inserted, so that it broadcasts. */
function spreadMask(tf: Tf, mask: Tensor | undefined, rank: number): Tensor | undefined {
  if (!mask || mask.rank >= rank) return mask;
  const between = new Array(rank - mask.rank).fill(1);
  return tf.reshape(mask, [...mask.shape.slice(0, -2), ...between, ...mask.shape.slice(-2)]);
}

/** The projections of a multi-head layer, in the order of its weights. */
interface Projections {
  query: Projection;
  key: Projection;
  /** Only with `use_gate`: factors of the weighted sums, per position. */
  gate: Projection | undefined;
  value: Projection;
  output: Projection;
}

/**
 * @param made heads and channels of the queries, the keys, the values and the sums
 * @param output shape of the output; by default as many channels as the query
 */
function projectionsOf(
  config: Json,
  inputs: Shape[],
  made: Record<'query' | 'key' | 'value' | 'sums', number[]>,
  output?: number[],
): Projections {
  const channels = inputs.map((shape) => [shape[shape.length - 1] as number]);
  const [query, value, key = value] = channels as [number[], number[], number[]?];
  return {
    query: { name: 'query', from: query, to: made.query },
    key: { name: 'key', from: key, to: made.key },
    gate: config['use_gate'] ? { name: 'gate', from: query, to: made.sums } : undefined,
    value: { name: 'value', from: value, to: made.value },
    output: { name: 'attention_output', from: made.sums, to: output ?? query },
  };
}

const listOf = (projections: Projections): Projection[] =>
  Object.values(projections).filter((one) => one !== undefined);

/** The output of a multi-head layer from the sums `[batch, positions …, heads, channels]` and the weights. */
function finished(
  context: Context,
  { gate, output }: Projections,
  [query, sums, weights]: [query: Tensor, sums: Tensor, weights: Tensor],
): Tensor | Tensor[] {
  const { tf, options } = context;
  const gated = gate ? tf.mul(sums, tf.sigmoid(project(context, gate, query))) : sums;
  const y = project(context, output, gated);
  return returnsScores(options) ? [y, weights] : y;
}

function multiHeadParts(config: Json, inputs: Shape[]): { axes: number[]; projections: Projections } {
  checkInputs(config, inputs);
  const rank = inputs[1]!.length + 1;
  // All but the batch, the heads and the channels.
  const axes = config['attention_axes']
    ? frontAxes(config['attention_axes'], rank - 1)
    : Array.from({ length: rank - 3 }, (_, i) => i + 1);
  if (axes.some((axis) => axis === 0 || axis === rank - 2)) {
    throw new ModelError(
      `layer "${config['name']}" has attention over axes [${axes.join(', ')}], which may not include the batch or the channel axis.`,
    );
  }
  const heads = Number(config['num_heads']);
  const key = [heads, Number(config['key_dim'])];
  const value = [heads, Number(config['value_dim'] ?? config['key_dim'])];
  const output = config['output_shape']
    ? ([config['output_shape']].flat() as number[]).map(Number)
    : undefined;
  return {
    axes,
    projections: projectionsOf(config, inputs, { query: key, key, value, sums: value }, output),
  };
}

export const MultiHeadAttention: NodeDefinition = {
  takes: OF_HEADS,
  inputs: 3,
  several: returnsScores,
  dropsMasks: (dialect) => dialect === 3,
  weights: (config, inputs) => weightsOf(config, listOf(multiHeadParts(config, inputs).projections)),
  shape(config, inputs, _, options) {
    const [query, value] = inputs;
    const { projections, axes } = multiHeadParts(config, inputs);
    const shape = [...query!.slice(0, -1), ...projections.output.to];
    if (!returnsScores(options)) return shape;
    const others = query!.slice(1, -1).filter((_, i) => !axes.includes(i + 1));
    const at = (given: Shape) => axes.map((axis) => given[axis]!);
    return [shape, [query![0]!, ...others, Number(config['num_heads']), ...at(query!), ...at(value!)]];
  },
  call([query, value, key = value], context) {
    const { tf, config, options, dialect } = context;
    const { axes, projections } = multiHeadParts(
      config,
      [query!, value!, key!].map(({ shape }) => shape),
    );
    const rank = query!.rank + 1;
    const batch = Array.from({ length: rank - 1 }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...batch, ...axes, rank - 1];
    /** Merges the attention axes into one, after the batch axes, whose last is the heads. */
    const folded = (projection: Projection, x: Tensor) => {
      const made = tf.transpose(project(context, projection, x), order);
      const { shape } = made;
      return tf.reshape(made, [...shape.slice(0, batch.length), -1, shape[rank - 1]!]);
    };
    const at = (x: Tensor) => axes.map((axis) => x.shape[axis]!);
    // Keras 3 ignores a query_mask argument and uses the query's own mask.
    const allowed = allowedPlaces(context, query!.shape[1]!, key!.shape[1]!, dialect === 2);
    if (allowed && axes.length > 1) {
      throw new ModelError('it has a mask for attention over several axes, which is not supported.');
    }
    const [sums, weights] = attend(tf, {
      query: folded(projections.query, query!),
      key: folded(projections.key, key!),
      value: folded(projections.value, value!),
      allowed: spreadMask(tf, allowed, batch.length + 2),
      // Keras 3's fast path for the usual case differs in this.
      zeros: dialect === 3 && (rank !== 4 || returnsScores(options) || Number(config['dropout'] ?? 0) > 0),
    });
    const lead = sums.shape.slice(0, batch.length);
    const apart = tf.reshape(sums, [...lead, ...at(query!), sums.shape[sums.rank - 1]!]);
    const back = tf.transpose(
      apart,
      order.map((_, axis) => order.indexOf(axis)),
    );
    const places = tf.reshape(weights, [...lead, ...at(query!), ...at(value!)]);
    return finished(context, projections, [query!, back, places]);
  },
};

function groupedParts(config: Json, inputs: Shape[]): Projections {
  checkInputs(config, inputs);
  const [size, queries, keys] = ['head_dim', 'num_query_heads', 'num_key_value_heads'].map((name) =>
    Number(config[name]),
  ) as [number, number, number];
  if (queries % keys) {
    throw new ModelError(
      `layer "${config['name']}" has ${queries} heads of queries, which its ${keys} of keys do not divide.`,
    );
  }
  const [all, shared] = [
    [queries, size],
    [keys, size],
  ];
  return projectionsOf(config, inputs, { query: all, key: shared, value: shared, sums: all });
}

/** Several query heads share one key and value head. */
export const GroupedQueryAttention: NodeDefinition = {
  takes: OF_HEADS,
  inputs: 3,
  several: returnsScores,
  weights: (config, inputs) => weightsOf(config, listOf(groupedParts(config, inputs))),
  shape(config, [query, value], _, options) {
    if (!returnsScores(options)) return query!;
    return [query!, [query![0]!, Number(config['num_query_heads']), query![1]!, value![1]!]];
  },
  call([query, value, key = value], context) {
    const { tf, config, options } = context;
    const projections = groupedParts(
      config,
      [query!, value!, key!].map(({ shape }) => shape),
    );
    const heads = projections.query.to[0]!;
    /** Moves the heads before the positions, and repeats key and value heads for the queries that share them. */
    const byHeads = (projection: Projection, x: Tensor) =>
      repeat(tf, tf.transpose(project(context, projection, x), [0, 2, 1, 3]), 1, heads / projection.to[0]!);
    const [sums, weights] = attend(tf, {
      query: byHeads(projections.query, query!),
      key: byHeads(projections.key, key!),
      value: byHeads(projections.value, value!),
      allowed: spreadMask(tf, allowedPlaces(context, query!.shape[1]!, key!.shape[1]!), 4),
      zeros: returnsScores(options) || Number(config['dropout'] ?? 0) > 0,
    });
    return finished(context, projections, [query!, tf.transpose(sums, [0, 2, 1, 3]), weights]);
  },
};
