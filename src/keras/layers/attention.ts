import { ModelError } from '../../errors';
import type { Json } from '../graph';
import type { Shape } from '../model';
import { type Context, frontAxes, type NodeDefinition, type Tensor } from './definition';
import { einsum } from './einsum';
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
 * @returns ones and zeros, `[batch, T, S]` or what spreads over that; nothing when all may look at all
 */
function allowedPlaces(context: Context, queries: number, keys: number): Tensor | undefined {
  const { tf, others, masks } = context;
  const numbers = (mask: Tensor | undefined) => mask && tf.cast(tf.cast(mask, 'bool'), 'float32');
  const along = (mask: Tensor | undefined, axis: number) => mask && tf.expandDims(numbers(mask)!, axis);
  const ofInput = (name: string, place: number) => others[name]?.[0] ?? masks[place];
  const all = [
    numbers(others['attention_mask']?.[0]),
    along(ofInput('query_mask', 0), -1),
    along(ofInput('value_mask', 1), -2),
    along(ofInput('key_mask', 2), -2),
    band(context, queries, keys),
  ].filter((mask) => mask !== undefined);
  return all.length ? all.reduce((a, b) => tf.mul(a, b)) : undefined;
}

/** A softmax of the products of keys and queries says how much of each value a place of the query gets. */
interface Heads {
  query: Tensor;
  key: Tensor;
  value: Tensor;
  /** Einsum of key and query, and of that and value. */
  equations: [products: string, sums: string];
  /** Axes at the end of the products that the softmax is over. */
  over: number;
  /** One over the square root of a key's length. */
  scale: number;
  /** Whether a place that may look nowhere gets zeros; else it gets the mean of all. */
  zeros: boolean;
}

function attend(context: Context, heads: Heads): [sums: Tensor, weights: Tensor] {
  const { tf } = context;
  const { query, key, value, equations, over, scale, zeros } = heads;
  const products = einsum(tf, equations[0], key, tf.mul(query, scale));
  const allowed = allowedPlaces(context, query.shape[1]!, key.shape[1]!);
  // A mask has the batch first and its places last.
  const spread = allowed && [
    ...allowed.shape.slice(0, allowed.rank - 2 * over),
    ...new Array(products.rank - allowed.rank).fill(1),
    ...allowed.shape.slice(allowed.rank - 2 * over),
  ];
  const axes = Array.from({ length: over }, (_, i) => products.rank - 1 - i);
  const weights = maskedSoftmax(tf, products, axes, allowed && tf.reshape(allowed, spread!), zeros);
  return [einsum(tf, equations[1], weights, value), weights];
}

const returnsScores = (options: Json) => options['return_attention_scores'] === true;

/** The equations for tensors `[batch, …, heads, channels]` with attention over `axes` of them (Keras's own letters). */
function equationsOf(rank: number, axes: readonly number[]): [string, string] {
  const target = Array.from({ length: rank }, (_, i) => String.fromCharCode(97 + i));
  const source = target.map((letter, axis) => (axes.includes(axis) ? letter.toUpperCase() : letter));
  const batch = target.filter((_, axis) => axis !== rank - 1 && !axes.includes(axis));
  const products = [
    ...batch,
    ...axes.map((axis) => target[axis]!),
    ...axes.map((axis) => source[axis]!),
  ].join('');
  return [
    `${source.join('')},${target.join('')}->${products}`,
    `${products},${source.join('')}->${target.join('')}`,
  ];
}

/** @throws {ModelError} without a query and a value, each a sequence of vectors at least */
function checkInputs({ name }: Json, inputs: Shape[]): void {
  if (inputs.length >= 2 && inputs.length <= 3 && inputs.every(({ length }) => length >= 3)) return;
  throw new ModelError(
    `layer "${name}" needs a query and a value of three axes and more, and perhaps a key, and gets ${shapesText(inputs)}.`,
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
  const given = config['attention_axes'];
  const rank = value!.length + 1;
  return {
    query: { name: 'query', from: [last(query)], to: keys },
    key: { name: 'key', from: [last(key)], to: keys },
    value: { name: 'value', from: [last(value)], to: values },
    gate: config['use_gate'] ? { name: 'gate', from: [last(query)], to: values } : undefined,
    output: { name: 'attention_output', from: values, to: made },
    // All but the batch, the heads and the channels.
    axes: given
      ? frontAxes(given, rank - 1).sort((a, b) => a - b)
      : Array.from({ length: rank - 3 }, (_, i) => i + 1),
  };
}

function inOrder({ query, key, gate, value, output }: Record<string, Projection | undefined>): Projection[] {
  return [query, key, gate, value, output].filter((one) => one !== undefined);
}

export const MultiHeadAttention: NodeDefinition = {
  takes: OF_HEADS,
  inputs: 3,
  mask: (_, { masks }) => masks[0],
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
    const made = project(context, parts.query, query!);
    const [sums, weights] = attend(context, {
      query: made,
      key: project(context, parts.key, key!),
      value: project(context, parts.value, value!),
      equations: equationsOf(made.rank, parts.axes),
      over: parts.axes.length,
      scale: 1 / Math.sqrt(Number(config['key_dim'])),
      // Keras 3 has a shorter way for the usual case, which differs in that.
      zeros:
        dialect === 3 && (made.rank !== 4 || returnsScores(options) || Number(config['dropout'] ?? 0) > 0),
    });
    const gated = parts.gate ? tf.mul(sums, tf.sigmoid(project(context, parts.gate, query!))) : sums;
    const output = project(context, parts.output, gated);
    return returnsScores(options) ? [output, weights] : output;
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
  mask: (_, { masks }) => masks[0],
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
    const [batch, length] = query!.shape as [number, number];
    const [keys, size] = parts.key.to as [number, number];
    const sharing = parts.query.to[0]! / keys;
    const [sums, weights] = attend(context, {
      query: tf.reshape(project(context, parts.query, query!), [batch, length, keys, sharing, size]),
      key: project(context, parts.key, key!),
      value: project(context, parts.value, value!),
      equations: ['bkvh,bqvrh->bvrqk', 'bvrqk,bkvh->bqvrh'],
      over: 1,
      scale: 1 / Math.sqrt(size),
      zeros: returnsScores(options) || Number(config['dropout'] ?? 0) > 0,
    });
    const joined = tf.reshape(sums, [batch, length, keys * sharing, size]);
    const gated = parts.gate ? tf.mul(joined, tf.sigmoid(project(context, parts.gate, query!))) : joined;
    const output = project(context, parts.output, gated);
    if (!returnsScores(options)) return output;
    return [output, tf.reshape(weights, [batch, keys * sharing, length, value!.shape[1]!])];
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
    mask: (_, { masks, others }) => others['mask']?.[0] ?? masks[0],
    several: returnsScores,
    weights,
    shape(config, inputs, _, options) {
      checkInputs(config, inputs);
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
