import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { outputLength } from './conv';
import { channelsLast, channelsLastShape, type LayerDefinition, maskOf, perAxis } from './definition';

type Kind = 'max' | 'avg';

export function poolWindowOf(config: Json, axes: number) {
  const size = perAxis(config['pool_size'], axes, 2);
  const strides = config['strides'] === null ? size : perAxis(config['strides'] ?? size, axes);
  return { size, strides, padding: String(config['padding'] ?? 'valid') as 'same' | 'valid' };
}

/** Padding is not averaged: at the edge, the average is over existing pixels only. */
function pool(tf: Tf, kind: Kind, x: Tensor, size: number[], strides: number[], padding: 'same' | 'valid') {
  const run = kind === 'max' ? tf.maxPool : tf.avgPool;
  return run(x as never, size as [number, number], strides as [number, number], padding) as Tensor;
}

/** The shape after a pooling over all axes but the first and the channels. */
export function pooledShape(config: Json, input: Shape): Shape {
  const { size, strides, padding } = poolWindowOf(config, input.length - 2);
  return channelsLastShape(config, input, (last) => [
    last[0]!,
    ...last.slice(1, -1).map((length, i) => outputLength(length, size[i]!, strides[i]!, 1, padding)),
    last[last.length - 1]!,
  ]);
}

/** Pooling over one or two axes. */
function pooling(kind: Kind): LayerDefinition {
  return {
    shape: (config, [input]) => pooledShape(config, input!),
    call([x], { tf, config }) {
      const { size, strides, padding } = poolWindowOf(config, x!.rank - 2);
      return channelsLast(tf, config, x!, (y) =>
        y.rank === 4
          ? pool(tf, kind, y, size, strides, padding)
          : tf.squeeze(pool(tf, kind, tf.expandDims(y, 1), [1, size[0]!], [1, strides[0]!], padding), [1]),
      );
    },
  };
}

/** Global pooling, for any number of spatial axes. */
function globalPooling(kind: Kind): LayerDefinition {
  return {
    takes: ['inputs', 'mask'],
    shape(config, [input]) {
      const kept = config['keepdims'] === true;
      return channelsLastShape(config, input!, (last) => [
        last[0]!,
        ...(kept ? last.slice(1, -1).map(() => 1) : []),
        last[last.length - 1]!,
      ]);
    },
    call([x], context) {
      const { tf, config } = context;
      const run = kind === 'max' ? tf.max : tf.mean;
      const mask = kind === 'avg' && x!.rank === 3 ? maskOf(context, x!) : undefined;
      if (mask) {
        // The mean is over unmasked steps.
        const counts = tf.cast(tf.expandDims(mask, 2), 'float32');
        const keep = config['keepdims'] === true;
        return tf.div(tf.sum(tf.mul(x!, counts), 1, keep), tf.sum(counts, 1, keep));
      }
      return channelsLast(tf, config, x!, (y) => {
        const axes = Array.from({ length: y.rank - 2 }, (_, i) => i + 1);
        return run(y, axes, config['keepdims'] === true);
      });
    },
  };
}

/**
 * Pools one axis into nearly equal windows, which may overlap by a pixel. Windows have two sizes, n and n + 1. As in
 * Keras, both sizes are pooled at every position, and the results at the starts of the windows are picked.
 */
function poolEvenly(tf: Tf, kind: Kind, x: Tensor, axis: number, count: number): Tensor {
  const [outer, length, inner] = [x.shape.slice(0, axis), x.shape[axis]!, x.shape.slice(axis + 1)];
  const channels = inner[inner.length - 1]!;
  const { sizeFromShape } = tf.util;
  const rows = tf.reshape(x, [sizeFromShape(outer), length, sizeFromShape(inner) / channels, channels]);
  const windows = Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * length) / count);
    return { from, size: Math.ceil(((i + 1) * length) / count) - from };
  });
  const smallest = Math.ceil(length / count);
  const sizes = [smallest, smallest + 1].filter((one) => windows.some(({ size }) => size === one));
  const pooled = sizes.map((one) => pool(tf, kind, rows, [one, 1], [1, 1], 'valid'));
  const places = windows.map(({ from, size }) => from + (size === sizes[0] ? 0 : pooled[0]!.shape[1]!));
  const taken = tf.gather(tf.concat(pooled, 1), tf.tensor1d(places, 'int32'), 1);
  return tf.reshape(taken, [...outer, count, ...inner]);
}

/** Adaptive pooling, over one, two or three axes. */
function adaptivePooling(kind: Kind): LayerDefinition {
  return {
    shape: (config, [input]) =>
      channelsLastShape(config, input!, (last) => [
        last[0]!,
        ...perAxis(config['output_size'], last.length - 2),
        last[last.length - 1]!,
      ]),
    call: ([x], { tf, config }) =>
      channelsLast(tf, config, x!, (y) =>
        perAxis(config['output_size'], y.rank - 2).reduce(
          (map, count, i) => poolEvenly(tf, kind, map, i + 1, count),
          y,
        ),
      ),
  };
}

export const AdaptiveMaxPooling = adaptivePooling('max');
export const AdaptiveAveragePooling = adaptivePooling('avg');
export const MaxPooling = pooling('max');
export const AveragePooling = pooling('avg');
export const GlobalMaxPooling = globalPooling('max');
export const GlobalAveragePooling = globalPooling('avg');
