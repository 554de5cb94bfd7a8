import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { activationOf } from './activation-functions';
import { isChannelsFirst, type LayerDefinition, permutationOf } from './definition';

export const Dense: LayerDefinition = {
  weights(config, [input]) {
    const units = Number(config['units']);
    return [
      { name: 'kernel', shape: [input![input!.length - 1] as number, units] },
      ...(config['use_bias'] === false ? [] : [{ name: 'bias', shape: [units] }]),
    ];
  },
  shape: (config, [input]) => [...input!.slice(0, -1), Number(config['units'])],
  call([x], { tf, config, weights, dialect }) {
    const last = x!.shape[x!.rank - 1]!;
    const units = Number(config['units']);
    let y: Tensor = tf.matMul(tf.reshape(x!, [-1, last]), weights['kernel'] as never);
    if (weights['bias']) y = tf.add(y, weights['bias']);
    y = tf.reshape(y, [...x!.shape.slice(0, -1), units]);
    return activationOf(config['activation'], String(config['name']), dialect)(tf, y);
  },
};

function product(shape: Shape): number | null {
  return shape.reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum * size), 1);
}

export const Flatten: LayerDefinition = {
  shape: (_, [input]) => [input![0]!, product(input!.slice(1))],
  call([x], { tf, config }) {
    const axes = Array.from({ length: x!.rank }, (_, i) => i);
    // Keras flattens channels_first maps as if they were channels_last.
    const y = isChannelsFirst(config) && x!.rank > 2 ? tf.transpose(x!, [0, ...axes.slice(2), 1]) : x!;
    return tf.reshape(y, [x!.shape[0]!, x!.size / Math.max(1, x!.shape[0]!)]);
  },
};

function reshaped(config: Json, size: number | null): (number | null)[] {
  // TensorFlow.js writes null for the open axis, Keras -1.
  const target = (config['target_shape'] as (number | null)[]).map((length) => Number(length ?? -1));
  const known = target.filter((length) => length !== -1).reduce((a, b) => a * b, 1);
  return target.map((length) => (length === -1 ? (size === null ? null : size / known) : length));
}

export const Reshape: LayerDefinition = {
  shape: (config, [input]) => [input![0]!, ...reshaped(config, product(input!.slice(1)))],
  call: ([x], { tf, config }) =>
    tf.reshape(x!, [x!.shape[0]!, ...(reshaped(config, product(x!.shape.slice(1))) as number[])]),
};

const permuted = (config: Json, rank: number) => permutationOf([0, config['dims']].flat(), rank);

export const Permute: LayerDefinition = {
  shape: (config, [input]) => permuted(config, input!.length).map((axis) => input![axis]!),
  call: ([x], { tf, config }) => tf.transpose(x!, permuted(config, x!.rank)),
};

export const RepeatVector: LayerDefinition = {
  shape: (config, [input]) => [input![0]!, Number(config['n']), input![1]!],
  call: ([x], { tf, config }) => tf.tile(tf.expandDims(x!, 1), [1, Number(config['n']), 1]),
};

/** Padding before and after each axis: one number, one per axis, or a pair per axis. */
function margins(value: unknown, axes: number): [number, number][] {
  const list = Array.isArray(value) ? value : new Array(axes).fill(value ?? 1);
  if (axes === 1 && list.length === 2 && !Array.isArray(list[0])) return [[Number(list[0]), Number(list[1])]];
  return list.map((item) =>
    Array.isArray(item) ? [Number(item[0]), Number(item[1])] : [Number(item), Number(item)],
  );
}

function around(config: Json, key: string, rank: number): [number, number][] {
  const spatial = margins(config[key], rank - 2);
  return isChannelsFirst(config) ? [[0, 0], [0, 0], ...spatial] : [[0, 0], ...spatial, [0, 0]];
}

export const ZeroPadding: LayerDefinition = {
  shape: (config, [input]) =>
    around(config, 'padding', input!.length).map(([before, after], i) =>
      input![i] === null ? null : input![i]! + before + after,
    ),
  call: ([x], { tf, config }) => tf.pad(x!, around(config, 'padding', x!.rank)),
};

export const Cropping: LayerDefinition = {
  shape: (config, [input]) =>
    around(config, 'cropping', input!.length).map(([before, after], i) =>
      input![i] === null ? null : input![i]! - before - after,
    ),
  call([x], { tf, config }) {
    const crops = around(config, 'cropping', x!.rank);
    return tf.slice(
      x!,
      crops.map(([before]) => before),
      crops.map(([before, after], i) => x!.shape[i]! - before - after),
    );
  },
};

export const Embedding: LayerDefinition = {
  weights: (config) => [
    { name: 'embeddings', shape: [Number(config['input_dim']), Number(config['output_dim'])] },
  ],
  shape: (config, [input]) => [...input!, Number(config['output_dim'])],
  mask: ([x], { tf, config }) => (config['mask_zero'] ? tf.notEqual(x!, 0) : undefined),
  call: ([x], { tf, weights }) => tf.gather(weights['embeddings']!, tf.cast(x!, 'int32')),
};

/** Masks steps whose features all equal `mask_value`: they become zeros, and later layers skip them. */
export const Masking: LayerDefinition = {
  mask: ([x], { tf, config }) => tf.any(tf.notEqual(x!, Number(config['mask_value'] ?? 0)), -1),
  call([x], { tf, config }) {
    const counts = tf.any(tf.notEqual(x!, Number(config['mask_value'] ?? 0)), -1, true);
    return tf.mul(x!, tf.cast(counts, 'float32'));
  },
};

/** Whole numbers as rows of zeros and ones (or counts), one column per category. */
export const CategoryEncoding: LayerDefinition = {
  shape(config, [input]) {
    const categories = Number(config['num_tokens']);
    if (config['output_mode'] === 'one_hot' && input![input!.length - 1] !== 1)
      return [...input!, categories];
    return [...input!.slice(0, -1), categories];
  },
  call([x], { tf, config }) {
    const rows = tf.oneHot(tf.cast(x!, 'int32'), Number(config['num_tokens']));
    const axis = rows.rank - 2;
    if (config['output_mode'] === 'one_hot')
      return tf.cast(x!.shape[axis] === 1 ? tf.squeeze(rows, [axis]) : rows, 'float32');
    const run = config['output_mode'] === 'count' ? tf.sum : tf.max;
    return run(tf.cast(rows, 'float32'), axis);
  },
};

const boundariesOf = (config: Json) => [config['bin_boundaries'] ?? []].flat().map(Number);

/** The index of the bin that a value falls into, or that index as a row of zeros and ones. */
export const Discretization: LayerDefinition = {
  shape(config, inputs, dialect) {
    if ((config['output_mode'] ?? 'int') === 'int') return inputs[0]!;
    return CategoryEncoding.shape!(encoded(config), inputs, dialect);
  },
  call([x], context) {
    const { tf, config } = context;
    const boundaries = boundariesOf(config);
    if (!boundaries.length) return tf.zerosLike(x!);
    const above = tf.greaterEqual(tf.expandDims(x!, -1), tf.tensor1d(boundaries));
    const bins = tf.sum(tf.cast(above, 'float32'), -1) as Tensor;
    if ((config['output_mode'] ?? 'int') === 'int') return bins;
    return CategoryEncoding.call([bins], { ...context, config: encoded(config) });
  },
};

const encoded = (config: Json): Json => ({ ...config, num_tokens: boundariesOf(config).length + 1 });
