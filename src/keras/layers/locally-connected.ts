import { ModelError } from '../../errors';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { activationOf } from './activation-functions';
import { outputLength } from './conv';
import {
  channelsLast,
  channelsLastShape,
  isChannelsFirst,
  type LayerDefinition,
  perAxis,
} from './definition';

/** A convolution of Keras 2 with a different kernel at each position, over one or two axes. */
interface Places {
  kernel: number[];
  strides: number[];
  inputs: number[];
  outputs: number[];
  channels: number;
  filters: number;
}

function placesOf(config: Json, shape: Shape, axes: number): Places {
  const kernel = perAxis(config['kernel_size'], axes);
  const strides = perAxis(config['strides'], axes);
  const [inputs, channels] = [shape.slice(1, -1), shape[shape.length - 1]];
  const padding = String(config['padding'] ?? 'valid');
  if (padding !== 'valid' || ![1, 2, null, undefined].includes(config['implementation'] as number)) {
    throw new ModelError(
      `layer "${config['name']}" is locally connected with padding "${padding}" and implementation ${config['implementation']}, which is not supported. Build it with padding "valid" and implementation 1 or 2.`,
    );
  }
  const outputs = inputs.map((size, i) => outputLength(size, kernel[i]!, strides[i]!, 1, padding));
  if ([...outputs, channels].includes(null)) {
    throw new ModelError(`layer "${config['name']}" needs an input of known size, and gets one of any size.`);
  }
  const known = { inputs: inputs as number[], outputs: outputs as number[], channels: channels as number };
  return { kernel, strides, ...known, filters: Number(config['filters']) };
}

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

/** For each output position the input positions in its window, both numbered row by row. */
function windowsOf({ kernel, strides, inputs, outputs }: Places): number[][] {
  const [rows, columns] = [outputs.at(-2) ?? 1, outputs.at(-1)!];
  const [height, width] = [kernel.length > 1 ? kernel[0]! : 1, kernel.at(-1)!];
  const [down, across] = [kernel.length > 1 ? strides[0]! : 1, strides.at(-1)!];
  return Array.from({ length: rows * columns }, (_, place) => {
    const [top, left] = [Math.floor(place / columns) * down, (place % columns) * across];
    return Array.from(
      { length: height * width },
      (_, i) => (top + Math.floor(i / width)) * inputs.at(-1)! + left + (i % width),
    );
  });
}

/** @param axes 1 for sequences, 2 for maps */
function locallyConnected(axes: 1 | 2): LayerDefinition {
  const lastShape = (config: Json, shape: Shape) => {
    const { outputs, filters } = placesOf(config, shape, axes);
    return [shape[0]!, ...outputs, filters];
  };
  return {
    weights(config, [input]) {
      const order = isChannelsFirst(config)
        ? [0, ...Array.from({ length: axes }, (_, i) => i + 2), 1]
        : undefined;
      const shape = order ? order.map((axis) => input![axis]!) : input!;
      const { kernel, inputs, outputs, channels, filters } = placesOf(config, shape, axes);
      const pairs = order
        ? [channels, ...inputs, filters, ...outputs]
        : [...inputs, channels, ...outputs, filters];
      const whole =
        config['implementation'] === 2 ? pairs : [product(outputs), product(kernel) * channels, filters];
      const bias = [...outputs, filters];
      return [
        { name: 'kernel', shape: whole },
        ...(config['use_bias'] === false ? [] : [{ name: 'bias', shape: bias }]),
      ];
    },
    shape: (config, [input]) => channelsLastShape(config, input!, (last) => lastShape(config, last)),
    call([x], { tf, config, weights, dialect }) {
      return channelsLast(tf, config, x!, (last) => {
        const places = placesOf(config, last.shape, axes);
        const { channels, filters, inputs, outputs } = places;
        const batch = last.shape[0]!;
        const windows = windowsOf(places);
        const [count, size] = [windows.length, windows[0]!.length];
        const flat = tf.reshape(last, [batch, product(inputs), channels]);
        const indices = tf.tensor1d(windows.flat(), 'int32');
        const taken = tf.reshape(tf.gather(flat, indices, 1), [batch, count, size * channels]);
        const kernel = perPlace(tf, weights['kernel']!, places, windows, isChannelsFirst(config));
        // One matrix product per position.
        const made = tf.matMul(tf.transpose(taken, [1, 0, 2]) as never, kernel as never) as Tensor;
        const map = tf.reshape(tf.transpose(made, [1, 0, 2]), [batch, ...outputs, filters]);
        const sum = weights['bias'] ? tf.add(map, weights['bias']) : map;
        return activationOf(config['activation'], String(config['name']), dialect)(tf, sum);
      });
    },
  };
}

/**
 * The kernel as `[positions, values of a window, filters]`. Keras's second implementation stores a weight for each pair
 * of an input and an output position; weights outside the window are ignored.
 */
function perPlace(
  tf: Parameters<LayerDefinition['call']>[1]['tf'],
  kernel: Tensor,
  { channels, filters, inputs, outputs }: Places,
  windows: readonly number[][],
  first: boolean,
): Tensor {
  const [from, to] = [product(inputs), product(outputs)];
  const size = windows[0]!.length;
  if (kernel.rank === 3) {
    if (!first) return kernel;
    const turned = tf.transpose(tf.reshape(kernel, [to, channels, size, filters]), [0, 2, 1, 3]);
    return tf.reshape(turned, [to, size * channels, filters]);
  }
  const pairs = first
    ? tf.transpose(tf.reshape(kernel, [channels, from, filters, to]), [1, 0, 3, 2])
    : tf.reshape(kernel, [from, channels, to, filters]);
  const ordered = tf.reshape(tf.transpose(pairs, [2, 0, 1, 3]), [to * from, channels, filters]);
  const indices = windows.flatMap((window, place) => window.map((input) => place * from + input));
  const taken = tf.gather(ordered, tf.tensor1d(indices, 'int32'));
  return tf.reshape(taken, [to, size * channels, filters]);
}

export const LocallyConnected1D = locallyConnected(1);
export const LocallyConnected2D = locallyConnected(2);
