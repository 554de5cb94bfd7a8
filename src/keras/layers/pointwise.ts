import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import { shapeText } from '../model';
import { activationOf } from './activation-functions';
import { frontAxes, type LayerDefinition } from './definition';

/** Layers that act in training only: at inference they return their input. */
export const Identity: LayerDefinition = { call: ([x]) => x! };

export const Activation: LayerDefinition = {
  call: ([x], { tf, config, dialect }) =>
    activationOf(config['activation'], String(config['name']), dialect)(tf, x!),
};

export const ReLU: LayerDefinition = {
  call([x], { tf, config }) {
    const slope = Number(config['negative_slope'] ?? 0);
    const threshold = Number(config['threshold'] ?? 0);
    if (config['max_value'] === 6 && slope === 0 && threshold === 0) return tf.relu6(x!);
    const above = threshold === 0 ? tf.relu(x!) : tf.where(tf.greater(x!, threshold), x!, tf.zerosLike(x!));
    const max = config['max_value'];
    const capped = max === null || max === undefined ? above : tf.minimum(above, Number(max));
    if (slope === 0) return capped;
    return tf.sub(capped, tf.mul(tf.relu(tf.sub(threshold, x!)), slope));
  },
};

export const LeakyReLU: LayerDefinition = {
  call: ([x], { tf, config }) => tf.leakyRelu(x!, Number(config['negative_slope'] ?? config['alpha'] ?? 0.3)),
};

export const ELU: LayerDefinition = {
  call([x], { tf, config }) {
    const alpha = Number(config['alpha'] ?? 1);
    return tf.where(tf.greater(x!, 0), x!, tf.mul(tf.expm1(tf.minimum(x!, 0)), alpha));
  },
};

export const PReLU: LayerDefinition = {
  weights(config, [input]) {
    const shared = frontAxes(config['shared_axes'] ?? [], input!.length);
    const shape = input!.slice(1).map((size, i) => (shared.includes(i + 1) ? 1 : (size as number)));
    return [{ name: 'alpha', shape }];
  },
  call: ([x], { tf, weights }) => tf.sub(tf.relu(x!), tf.mul(weights['alpha']!, tf.relu(tf.neg(x!)))),
};

export const ThresholdedReLU: LayerDefinition = {
  call: ([x], { tf, config }) => tf.where(tf.greater(x!, Number(config['theta'] ?? 1)), x!, tf.zerosLike(x!)),
};

/**
 * @param counts ones, and zeros for masked values; broadcasts to `x`
 * @param zeros whether masked values are zero even where everything is masked; otherwise all are equal there
 * @throws {ModelError} when `counts` does not broadcast to `x`
 */
export function maskedSoftmax(
  tf: Tf,
  x: Tensor,
  axes: number[],
  counts: Tensor | undefined,
  zeros: boolean,
): Tensor {
  if (counts) checkSpread(counts, x);
  const shown = counts ? tf.add(tf.mul(x, counts), tf.mul(tf.sub(1, counts), -1e9)) : x;
  const powers = tf.exp(tf.sub(shown, tf.max(shown, axes, true)));
  const y = tf.div(powers, tf.sum(powers, axes, true));
  return counts && zeros ? tf.mul(y, counts) : y;
}

/** @throws {ModelError} when a mask does not broadcast to `x` */
export function checkSpread(mask: Tensor, x: Tensor): void {
  const own = x.shape.slice(x.rank - mask.rank);
  if (mask.rank <= x.rank && mask.shape.every((size, axis) => size === 1 || size === own[axis])) return;
  throw new ModelError(`its mask has shape ${shapeText(mask.shape)} for ${shapeText(x.shape)}.`);
}

/** Softmax over one or several axes; masked values are 0 in Keras 3, and nearly 0 in Keras 2. */
export const Softmax: LayerDefinition = {
  takes: ['inputs', 'mask'],
  call([x], { tf, config, dialect, others }) {
    const mask = others['mask']?.[0];
    const counts = mask && tf.cast(tf.greater(mask, 0.5), 'float32');
    return maskedSoftmax(tf, x!, frontAxes(config['axis'] ?? -1, x!.rank), counts, dialect === 3);
  },
};

/** x * scale + offset; both may be per channel. */
export const Rescaling: LayerDefinition = {
  call([x], { tf, config }) {
    const values = (name: string, fallback: number) =>
      tf.tensor((config[name] ?? fallback) as number | number[], undefined, 'float32');
    return tf.add(tf.mul(tf.cast(x!, 'float32'), values('scale', 1)), values('offset', 0));
  },
};

/** Stretches the values of each channel of each picture to the whole range, also outside of training. */
export const AutoContrast: LayerDefinition = {
  call([x], { tf, config }) {
    const range = config['value_range'] as [number, number] | undefined;
    const [from, to] = [Number(range?.[0] ?? 0), Number(range?.[1] ?? 255)];
    const low = tf.min(x!, [1, 2], true);
    const scale = tf.div(to - from, tf.sub(tf.max(x!, [1, 2], true), low));
    const stretched = tf.add(tf.clipByValue(tf.mul(tf.sub(x!, low), scale), 0, to - from), from);
    // A channel of one value stays as it is.
    return tf.where(tf.isFinite(tf.mul(scale, tf.onesLike(x!))), stretched, x!);
  },
};
