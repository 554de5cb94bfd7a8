import { ModelError } from '../../errors';
import type { Json } from '../graph';
import type { Shape } from '../model';
import { type Context, frontAxes, type NodeDefinition, type Tensor, type Tf } from './definition';
import { repeat } from './image';
import { shapesText } from './make';
import { checkSpread, maskedSoftmax } from './pointwise';

/** `[num_heads, key_dim]` and so on: what one projection makes of each vector. */
interface Projection {
  name: string;
  /** The sizes of the axes that it takes together, and of those that it makes. */
  from: number[];
  to: number[];
}

const product = (sizes: number[]) => sizes.reduce((all, size) => all * size, 1);

function weightsOf(config: Json, projections: Projection[]) {
  return projections.flatMap(({ name, from, to }) => [
    { name: `${name}/kernel`, shape: [...from, ...to] },
    ...(config['use_bias'] === false ? [] : [{ name: `${name}/bias`, shape: to }]),
  ]);
}

function project({ tf, weights }: Context, { name, from, to }: Projection, x: Tensor): Tensor {
  const [rows, columns] = [product(from), product(to)];
  const kernel = tf.reshape(weights[`${name}/kernel`]!, [rows, columns]);
  const y = tf.matMul(tf.reshape(x, [-1, rows]), kernel as never);
  const made = tf.reshape(y, [...x.shape.slice(0, x.rank - from.length), ...to]);
  const bias = weights[`${name}/bias`];
  return bias ? tf.add(made, bias) : made;
}

/** The arguments of an attention's call by heads. */
const OF_HEADS = [
  ...['query', 'value', 'key', 'query_mask', 'value_mask', 'key_mask', 'attention_mask'],
  ...['return_attention_scores', 'training', 'use_causal_mask'],
];

/** A one where place `t` of the query may look at place `s`, `[1, T, S]`. */
function band({ tf, config, options }: Context, queries: number, keys: number): Tensor | undefined {
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

/**
 * Which places of the query may look at which of the keys: what the masks, given or handed on, and the configuration
 * leave.
 *
 * @param heedsQueryMask whether a mask of the query counts that is given as an argument
 * @returns ones and zeros, `[batch, T, S]` or what spreads over that; nothing when all may look at all
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
  /** `[batch …, T, channels]`, and `[batch …, S, channels]`; all with the same batch. */
  query: Tensor;
  key: Tensor;
  value: Tensor;
  /** Ones and zeros that spread over `[batch …, T, S]`; nothing when all may look at all. */
  allowed: Tensor | undefined;
  /** Whether a place that may look nowhere gets zeros; else it gets the mean of all. */
  zeros: boolean;
}

/**
 * How much of each value each place gets is a softmax of the products of its query and the keys, over the square root
 * of the channels (Vaswani et al., 2017).
 *
 * @returns the sums, `[batch …, T, channels]`, and their weights, `[batch …, T, S]`
 */
function attend(tf: Tf, { query, key, value, allowed, zeros }: Heads): [sums: Tensor, weights: Tensor] {
  const scale = 1 / Math.sqrt(query.shape[query.rank - 1]!);
  const products = tf.matMul(tf.mul(query, scale) as never, key as never, false, true) as Tensor;
  const weights = maskedSoftmax(tf, products, [products.rank - 1], allowed, zeros);
  return [tf.matMul(weights as never, value as never), weights];
}

/** A mask `[batch, T, S]` with the axes between, over which it spreads. */
function spreadMask(tf: Tf, mask: Tensor | undefined, rank: number): Tensor | undefined {
  if (!mask || mask.rank >= rank) return mask;
  const between = new Array(rank - mask.rank).fill(1);
  return tf.reshape(mask, [...mask.shape.slice(0, -2), ...between, ...mask.shape.slice(-2)]);
}

const returnsScores = (options: Json) => options['return_attention_scores'] === true;

/** @throws {ModelError} without a query and a value of as many axes, `rank` or more */
function checkInputs({ name }: Json, inputs: Shape[], rank = 3): void {
  const [first] = inputs;
  const fits = inputs.length === 2 || inputs.length === 3;
  if (fits && inputs.every(({ length }) => length >= rank && length === first!.length)) return;
  throw new ModelError(
    `layer "${name}" needs a query and a value of as many axes, ${rank} or more, and perhaps a key, and gets ${shapesText(inputs)}.`,
  );
}

function multiHeadParts(config: Json, inputs: Shape[]) {
  checkInputs(config, inputs);
  const [query, value, key = value] = inputs;
  const last = (shape: Shape | undefined) => shape![shape!.length - 1] as number;
  const heads = Number(config['num_heads']);
  const keys = [heads, Number(config['key_dim'])];
  const values = [heads, Number(config['value_dim'] ?? config['key_dim'])];
  const made = config['output_shape']
    ? ([config['output_shape']].flat() as number[]).map(Number)
    : [last(query)];
  const rank = value!.length + 1;
  // All but the batch, the heads and the channels.
  const axes = config['attention_axes']
    ? frontAxes(config['attention_axes'], rank - 1)
    : Array.from({ length: rank - 3 }, (_, i) => i + 1);
  if (axes.some((axis) => axis === 0 || axis === rank - 2)) {
    throw new ModelError(
      `layer "${config['name']}" has attention over axes [${axes.join(', ')}], of which the first and the last are none of places.`,
    );
  }
  return {
    query: { name: 'query', from: [last(query)], to: keys },
    key: { name: 'key', from: [last(key)], to: keys },
    value: { name: 'value', from: [last(value)], to: values },
    gate: config['use_gate'] ? { name: 'gate', from: [last(query)], to: values } : undefined,
    output: { name: 'attention_output', from: values, to: made },
    axes,
  };
}

function inOrder({ query, key, gate, value, output }: Record<string, Projection | undefined>): Projection[] {
  return [query, key, gate, value, output].filter((one) => one !== undefined);
}

export const MultiHeadAttention: NodeDefinition = {
  takes: OF_HEADS,
  inputs: 3,
  several: returnsScores,
  weights: (config, inputs) => {
    const { axes: _, ...projections } = multiHeadParts(config, inputs);
    return weightsOf(config, inOrder(projections));
  },
  shape(config, inputs, _, options) {
    const [query, value] = inputs;
    const { output, axes } = multiHeadParts(config, inputs);
    const shape = [...query!.slice(0, -1), ...output.to];
    if (!returnsScores(options)) return shape;
    const others = query!.slice(1, -1).filter((_, i) => !axes.includes(i + 1));
    const at = (given: Shape) => axes.map((axis) => given[axis]!);
    return [shape, [query![0]!, ...others, Number(config['num_heads']), ...at(query!), ...at(value!)]];
  },
  call([query, value, key = value], context) {
    const { tf, config, options, dialect } = context;
    const parts = multiHeadParts(
      config,
      [query!, value!, key!].map(({ shape }) => shape),
    );
    const { axes } = parts;
    const rank = query!.rank + 1;
    const batch = Array.from({ length: rank - 1 }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...batch, ...axes, rank - 1];
    /** The axes of the attention as one, behind those of the batch, of which the heads are the last. */
    const folded = (projection: Projection, x: Tensor) => {
      const made = tf.transpose(project(context, projection, x), order);
      const { shape } = made;
      return tf.reshape(made, [...shape.slice(0, batch.length), -1, shape[rank - 1]!]);
    };
    const at = (x: Tensor) => axes.map((axis) => x.shape[axis]!);
    // Keras 3 passes over a query_mask that is given, and takes the one that the query itself has.
    const places = allowedPlaces(context, query!.shape[1]!, key!.shape[1]!, dialect === 2);
    if (places && axes.length > 1) {
      throw new ModelError('it has a mask for attention over several axes, which is not known.');
    }
    const [sums, weights] = attend(tf, {
      query: folded(parts.query, query!),
      key: folded(parts.key, key!),
      value: folded(parts.value, value!),
      allowed: spreadMask(tf, places, batch.length + 2),
      // Keras 3 has a shorter way for the usual case, which differs in that.
      zeros: dialect === 3 && (rank !== 4 || returnsScores(options) || Number(config['dropout'] ?? 0) > 0),
    });
    const lead = sums.shape.slice(0, batch.length);
    const apart = tf.reshape(sums, [...lead, ...at(query!), sums.shape[sums.rank - 1]!]);
    const back = tf.transpose(
      apart,
      order.map((_, axis) => order.indexOf(axis)),
    );
    const gated = parts.gate ? tf.mul(back, tf.sigmoid(project(context, parts.gate, query!))) : back;
    const output = project(context, parts.output, gated);
    if (!returnsScores(options)) return output;
    return [output, tf.reshape(weights, [...lead, ...at(query!), ...at(value!)])];
  },
};

function groupedParts(config: Json, inputs: Shape[]) {
  checkInputs(config, inputs);
  const [query, value, key = value] = inputs;
  const last = (shape: Shape | undefined) => shape![shape!.length - 1] as number;
  const [size, queries, keys] = ['head_dim', 'num_query_heads', 'num_key_value_heads'].map((name) =>
    Number(config[name]),
  ) as [number, number, number];
  if (queries % keys) {
    throw new ModelError(
      `layer "${config['name']}" has ${queries} heads of queries, which its ${keys} of keys do not divide.`,
    );
  }
  const all = [queries, size];
  return {
    query: { name: 'query', from: [last(query)], to: all },
    key: { name: 'key', from: [last(key)], to: [keys, size] },
    value: { name: 'value', from: [last(value)], to: [keys, size] },
    gate: config['use_gate'] ? { name: 'gate', from: [last(query)], to: all } : undefined,
    output: { name: 'attention_output', from: all, to: [last(query)] },
  };
}

/** Several heads of queries share one of keys and values. */
export const GroupedQueryAttention: NodeDefinition = {
  takes: OF_HEADS,
  inputs: 3,
  several: returnsScores,
  weights: (config, inputs) => weightsOf(config, inOrder(groupedParts(config, inputs))),
  shape(config, [query, value], _, options) {
    if (!returnsScores(options)) return query!;
    return [query!, [query![0]!, Number(config['num_query_heads']), query![1]!, value![1]!]];
  },
  call([query, value, key = value], context) {
    const { tf, config, options } = context;
    const parts = groupedParts(
      config,
      [query!, value!, key!].map(({ shape }) => shape),
    );
    const heads = parts.query.to[0]!;
    /** The heads before the places, those of keys and values as often as queries share them. */
    const byHeads = (projection: Projection, x: Tensor) =>
      repeat(tf, tf.transpose(project(context, projection, x), [0, 2, 1, 3]), 1, heads / projection.to[0]!);
    const [sums, weights] = attend(tf, {
      query: byHeads(parts.query, query!),
      key: byHeads(parts.key, key!),
      value: byHeads(parts.value, value!),
      allowed: spreadMask(tf, allowedPlaces(context, query!.shape[1]!, key!.shape[1]!), 4),
      zeros: returnsScores(options) || Number(config['dropout'] ?? 0) > 0,
    });
    const back = tf.transpose(sums, [0, 2, 1, 3]);
    const gated = parts.gate ? tf.mul(back, tf.sigmoid(project(context, parts.gate, query!))) : back;
    const output = project(context, parts.output, gated);
    return returnsScores(options) ? [output, weights] : output;
  },
};

/**
 * Attention without projections, `[query, value]` or `[query, value, key]` of `[…, places, channels]`.
 *
 * @param weights what it learns
 * @param score how well each key fits each query, `[…, T, S]`
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
  (config, [query]) =>
    config['use_scale'] === false ? [] : [{ name: 'scale', shape: [query![query!.length - 1] as number] }],
  ({ tf, weights }, query, key) => {
    const sums = tf.tanh(tf.add(tf.expandDims(query, -2), tf.expandDims(key, -3)));
    return tf.sum(weights['scale'] ? tf.mul(sums, weights['scale']) : sums, -1);
  },
);
