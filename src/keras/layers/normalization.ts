import { ModelError } from '../../errors';
import { multiplyAdd, takesGradient } from '../../tensorflow/native';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { type Context, frontAxes, type LayerDefinition } from './definition';

const axesOf = (config: Json, rank: number): number[] => frontAxes(config['axis'] ?? -1, rank);

function sizesOn(axes: number[], shape: Shape): number[] {
  return axes.map((axis) => shape[axis] as number);
}

/** A weight over `axes`, reshaped so that it broadcasts to `x`. */
function spread({ tf }: Context, weight: Tensor, axes: number[], x: Tensor): Tensor {
  return tf.reshape(
    weight,
    x.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
  );
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, in the order that keeps Keras's rounding. */
function normalize(context: Context, x: Tensor, mean: Tensor, variance: Tensor, axes: number[]): Tensor {
  const { tf, config, weights } = context;
  let factor = tf.rsqrt(tf.add(variance, Number(config['epsilon'] ?? 1e-3)));
  if (weights['gamma']) factor = tf.mul(factor, spread(context, weights['gamma'], axes, x));
  const centered = tf.mul(tf.sub(x, mean), factor);
  return weights['beta'] ? tf.add(centered, spread(context, weights['beta'], axes, x)) : centered;
}

/** Values in a map above which one fused operation is faster than two. */
const ONE_PASS = 150_000;

/**
 * A batch normalization as x * factor + shift, the form in which Keras 3 computes it (tf.nn.batch_normalization).
 *
 * @param moments of the batch; by default the layer's moving statistics
 */
function factorAndShift(
  { tf, config, weights }: Context,
  moments?: Record<'mean' | 'variance', Tensor>,
): Record<string, Tensor> {
  const { mean, variance } = moments ?? {
    mean: weights['moving_mean']!,
    variance: weights['moving_variance']!,
  };
  const { beta, gamma } = weights;
  const inverse = tf.rsqrt(tf.add(variance, Number(config['epsilon'] ?? 1e-3)));
  const factor = gamma ? tf.mul(inverse, gamma) : inverse;
  const middle = tf.mul(mean, factor);
  return { factor, shift: beta ? tf.sub(beta, middle) : tf.neg(middle) };
}

function gammaBeta(config: Json, shape: number[]) {
  return [
    ...(config['scale'] === false ? [] : [{ name: 'gamma', shape }]),
    ...(config['center'] === false ? [] : [{ name: 'beta', shape }]),
  ];
}

export const BatchNormalization: LayerDefinition = {
  takes: ['inputs', 'training', 'mask'],
  weights(config, [input]) {
    const shape = sizesOn(axesOf(config, input!.length), input!);
    return [...gammaBeta(config, shape), { name: 'moving_mean', shape }, { name: 'moving_variance', shape }];
  },
  prepare: (context) => factorAndShift(context),
  call([x], context) {
    const { tf, config, weights, prepared, options } = context;
    const axes = axesOf(config, x!.rank);
    const ofBatch = options['training'] && config['trainable'] !== false;
    const momentsOfBatch = () => {
      const others = x!.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      return tf.moments(x!, others);
    };
    const { factor, shift } = ofBatch
      ? factorAndShift(context, momentsOfBatch())
      : (prepared ?? factorAndShift(context));
    // Its gradient needs a gamma, which a layer may lack.
    const isLarge = x!.rank === 4 && axes[0] === 3 && x!.size > ONE_PASS;
    if (!ofBatch && isLarge && !takesGradient(tf)) {
      return tf.batchNorm(
        x as never,
        weights['moving_mean'] as never,
        weights['moving_variance'] as never,
        weights['beta'] as never,
        weights['gamma'] as never,
        Number(config['epsilon'] ?? 1e-3),
      );
    }
    const along = (values: Tensor) => (axes[0] === x!.rank - 1 ? values : spread(context, values, axes, x!));
    return multiplyAdd(tf, x!, along(factor!), along(shift!));
  },
};

export const LayerNormalization: LayerDefinition = {
  weights(config, [input]) {
    const shape = sizesOn(axesOf(config, input!.length), input!);
    return config['rms_scaling'] ? [{ name: 'gamma', shape }] : gammaBeta(config, shape);
  },
  call([x], context) {
    const { tf, config } = context;
    const axes = axesOf(config, x!.rank);
    if (config['rms_scaling']) {
      const variance = tf.moments(x!, axes, true).variance;
      const factor = tf.rsqrt(tf.add(variance, Number(config['epsilon'] ?? 1e-3)));
      return tf.mul(tf.mul(x!, factor), spread(context, context.weights['gamma']!, axes, x!));
    }
    const { mean, variance } = tf.moments(x!, axes, true);
    return normalize(context, x!, mean, variance, axes);
  },
};

/** Divides by the root mean square (Zhang and Sennrich, 2019). */
export const RMSNormalization: LayerDefinition = {
  weights(config, [input]) {
    const axes = axesOf(config, input!.length).sort((a, b) => a - b);
    return [{ name: 'scale', shape: sizesOn(axes, input!) }];
  },
  call([x], context) {
    const { tf, config, weights } = context;
    const axes = axesOf(config, x!.rank);
    const squares = tf.mean(tf.square(x!), axes, true);
    const factor = tf.rsqrt(tf.add(squares, Number(config['epsilon'] ?? 1e-6)));
    return tf.mul(tf.mul(x!, factor), spread(context, weights['scale']!, axes, x!));
  },
};

/** −1 means as many groups as channels. */
function groupsOf(config: Json, channels: number): number {
  const groups = Number(config['groups'] ?? 32);
  return groups === -1 ? channels : groups;
}

export const GroupNormalization: LayerDefinition = {
  weights(config, [input]) {
    const axes = axesOf(config, input!.length);
    const channels = input![axes[0]!]!;
    if (channels % groupsOf(config, channels) !== 0) {
      throw new ModelError(
        `layer "${config['name']}" has ${config['groups']} groups, which do not divide its ${channels} channels.`,
      );
    }
    return gammaBeta(config, sizesOn(axes, input!));
  },
  call([x], context) {
    const { tf, config } = context;
    const [axis] = axesOf(config, x!.rank) as [number];
    const channels = x!.shape[axis]!;
    const groups = groupsOf(config, channels);
    const split = [...x!.shape.slice(0, axis), groups, channels / groups, ...x!.shape.slice(axis + 1)];
    const grouped = tf.reshape(x!, split);
    const others = split.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
    const { mean, variance } = tf.moments(grouped, others, true);
    const factor = tf.rsqrt(tf.add(variance, Number(config['epsilon'] ?? 1e-3)));
    let y = tf.reshape(tf.mul(tf.sub(grouped, mean), factor), x!.shape);
    if (context.weights['gamma']) y = tf.mul(y, spread(context, context.weights['gamma'], [axis], x!));
    if (context.weights['beta']) y = tf.add(y, spread(context, context.weights['beta'], [axis], x!));
    return y;
  },
};

/** Scales each vector along the axes to length 1. */
export const UnitNormalization: LayerDefinition = {
  call([x], { tf, config }) {
    const axes = axesOf(config, x!.rank);
    const squares = tf.maximum(tf.sum(tf.square(x!), axes, true), 1e-12);
    return tf.mul(x!, tf.rsqrt(squares));
  },
};

/** Fixed statistics, learned by `adapt()` or given in the configuration. */
export const Normalization: LayerDefinition = {
  weights(config, [input]) {
    if (config['mean'] !== null && config['mean'] !== undefined) return [];
    const axes = config['axis'] === null ? [] : axesOf(config, input!.length);
    const shape = sizesOn(axes, input!);
    return [
      { name: 'mean', shape },
      { name: 'variance', shape },
      { name: 'count', shape: [] },
    ];
  },
  call([x], context) {
    const { tf, config, weights } = context;
    const axes = config['axis'] === null ? [] : axesOf(config, x!.rank);
    const given = (name: string) => {
      const value = weights[name] ?? tf.tensor(config[name] as number[], undefined, 'float32');
      return value.size > 1 ? spread(context, value, axes, x!) : tf.reshape(value, []);
    };
    const mean = given('mean');
    const deviation = tf.maximum(tf.sqrt(given('variance')), 1e-7);
    return config['invert'] === true
      ? tf.add(mean, tf.mul(x!, deviation))
      : tf.div(tf.sub(x!, mean), deviation);
  },
};

export const LayerScale: LayerDefinition = {
  weights: (config, [input]) => [
    { name: 'gamma', shape: [Number(config['projection_dim'] ?? input![input!.length - 1])] },
  ],
  call: ([x], { tf, weights }) => tf.mul(x!, weights['gamma']!),
};
