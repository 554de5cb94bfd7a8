import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { frontAxis } from '../layers/definition';
import { repeat } from '../layers/image';
import type { Shape } from '../model';
import {
  alongAxis,
  axesIn,
  countOf,
  numbersOf,
  type Operation,
  op,
  sameShape,
  shapeOf,
  tensorOf,
} from './arguments';
import { axesOf, movedOrder } from './axes';
import { getItem, itemShape } from './item';

/** Padding as numpy's `pad` takes it: a pair per axis, one pair for all axes, or one number. */
function marginsOf(rank: number, given: unknown): [number, number][] {
  const list = numbersOf(given, 'pad_width') ?? [];
  const pair = list.length === 1 ? [list[0]!, list[0]!] : list;
  const all: number[] = pair.length === 2 ? axesOf(rank).flatMap(() => pair) : pair;
  if (all.length === 2 * rank && all.every((margin) => margin >= 0)) {
    return axesOf(rank).map((axis) => [all[2 * axis]!, all[2 * axis + 1]!]);
  }
  throw new ModelError(`its margins are ${JSON.stringify(given)} for ${rank} axes.`);
}

function padModeOf(mode: unknown): 'constant' | 'reflect' | 'symmetric' {
  const kind = String(mode ?? 'constant').toLowerCase();
  if (kind === 'constant' || kind === 'reflect' || kind === 'symmetric') return kind;
  throw new ModelError(`it pads by mode "${mode}"; constant, reflect and symmetric are known.`);
}

function pad(tf: Tf, x: Tensor, { pad_width, mode, constant_values }: Json): Tensor {
  const margins = marginsOf(x.rank, pad_width);
  const kind = padModeOf(mode);
  return kind === 'constant'
    ? tf.pad(x, margins, Number(constant_values ?? 0))
    : tf.mirrorPad(x, margins, kind);
}

/** numpy's `roll`: values that leave an axis at one end enter at the other. */
function roll(tf: Tf, x: Tensor, shift: unknown, axis: unknown): Tensor {
  const shifts = numbersOf(shift, 'shift') ?? [];
  const axes = numbersOf(axis, 'axis');
  if (!axes) return tf.reshape(roll(tf, tf.reshape(x, [-1]), shift, 0), x.shape);
  return axes.reduce((y, given, i) => {
    const at = frontAxis(given, y.rank);
    const size = y.shape[at]!;
    const by = (((shifts[i] ?? shifts[0] ?? 0) % size) + size) % size;
    if (by === 0) return y;
    const [first, last] = tf.split(y, [size - by, by], at);
    return tf.concat([last!, first!], at);
  }, x);
}

/** Indices into an axis, from a number or nested lists of numbers; negative ones become non-negative. */
function placesOf(indices: unknown, size: number): number[] {
  const list = numbersOf(indices, 'indices') ?? [];
  if (list.some((index) => index < -size || index >= size)) {
    throw new ModelError(`its indices go beyond the ${size} of the axis.`);
  }
  return list.map((index) => (index < 0 ? index + size : index));
}

const isTensor = (value: unknown) => typeof value !== 'number' && !Array.isArray(value);

/** numpy's `take`: the values of an axis at the given indices; negative ones count from the end. */
function take(tf: Tf, x: Tensor, indices: unknown, axis: unknown): Tensor {
  return alongAxis(tf, x, axis, (y, at) => {
    if (isTensor(indices)) return tf.gather(y, tf.cast(tensorOf(tf, indices, 'indices'), 'int32'), at);
    const shape = [...y.shape];
    const [size = 0] = shape.splice(at, 1, ...(shapeOf(indices) as number[]));
    return tf.reshape(tf.gather(y, tf.tensor1d(placesOf(indices, size), 'int32'), at), shape);
  });
}

/** The sizes of axes and the repeats of each, as lists of equal length. */
function tilesOf(shape: Shape, repeats: unknown): { sizes: Shape; times: number[] } {
  const times = numbersOf(repeats, 'repeats') ?? [];
  const rank = Math.max(times.length, shape.length);
  const ones = (count: number) => new Array<1>(count).fill(1);
  return {
    sizes: [...ones(rank - shape.length), ...shape],
    times: [...ones(rank - times.length), ...times],
  };
}

/** How often each value is repeated; numpy's count per value is not supported. */
function timesOf(repeats: unknown): number {
  const [times = 1, ...more] = numbersOf(repeats, 'repeats') ?? [];
  if (more.length) throw new ModelError('it repeats each place another number of times.');
  return times;
}

/** Operations that move, repeat, pad or select values along axes. */
export const ARRANGEMENT: Record<string, Operation> = {
  Flip: op(
    'x axis',
    (tf, { x, axis }) => {
      const given = tensorOf(tf, x);
      return tf.reverse(given, axesIn(axis, given.rank));
    },
    sameShape(),
  ),
  // Without an axis, numpy flattens the input.
  Sort: op(
    'x axis',
    (tf, { x, axis }) =>
      alongAxis(tf, tensorOf(tf, x), axis === undefined ? -1 : axis, (y, at) => {
        const last = tf.transpose(y, movedOrder(y.rank, [at], [y.rank - 1]));
        const { values } = tf.topk(last, last.shape[y.rank - 1]!);
        return tf.transpose(tf.reverse(values, y.rank - 1), movedOrder(y.rank, [y.rank - 1], [at]));
      }),
    ({ x, axis }) => {
      const shape = shapeOf(x);
      return axis === undefined || axesIn(axis, shape.length) ? shape : [countOf(shape)];
    },
  ),
  TopK: op(
    'x k sorted',
    (tf, { x, k, sorted }) => {
      const [count = 1] = numbersOf(k, 'k') ?? [];
      const { values, indices } = tf.topk(tensorOf(tf, x), count, sorted !== false);
      return [values, indices];
    },
    ({ x, k }) => {
      const shape = shapeOf(x);
      const made = shape.with(-1, numbersOf(k, 'k')?.[0] ?? 1);
      return [made, made];
    },
  ),
  Roll: op('x shift axis', (tf, { x, shift, axis }) => roll(tf, tensorOf(tf, x), shift, axis), sameShape()),
  Tile: op(
    'x repeats',
    (tf, { x, repeats }) => {
      const given = tensorOf(tf, x);
      const { sizes, times } = tilesOf(given.shape, repeats);
      return tf.tile(tf.reshape(given, sizes as number[]), times);
    },
    ({ x, repeats }) => {
      const { sizes, times } = tilesOf(shapeOf(x), repeats);
      return sizes.map((size, axis) => (size === null ? null : size * times[axis]!));
    },
  ),
  Repeat: op(
    'x repeats axis',
    (tf, { x, repeats, axis }) =>
      alongAxis(tf, tensorOf(tf, x), axis, (y, at) => repeat(tf, y, at, timesOf(repeats))),
    ({ x, repeats, axis }) => {
      const shape = shapeOf(x);
      const times = (size: number | null) => (size === null ? null : size * timesOf(repeats));
      const [given] = numbersOf(axis, 'axis') ?? [];
      if (given !== undefined) return shape.with(frontAxis(given, shape.length), times(shape.at(given)!));
      return [times(shape.includes(null) ? null : shape.reduce<number>((all, size) => all * size!, 1))];
    },
  ),
  Pad: op(
    'x constant_values pad_width mode',
    (tf, { x, ...config }) => pad(tf, tensorOf(tf, x), config),
    ({ x, pad_width, mode }) => {
      padModeOf(mode);
      const shape = shapeOf(x);
      const margins = marginsOf(shape.length, pad_width);
      return shape.map((size, axis) => (size === null ? null : size + margins[axis]![0] + margins[axis]![1]));
    },
  ),
  Take: op(
    'x indices axis',
    (tf, { x, indices, axis }) => take(tf, tensorOf(tf, x), indices, axis),
    ({ x, indices, axis }) => {
      const [given] = numbersOf(axis, 'axis') ?? [];
      const shape = [...shapeOf(x)];
      if (given === undefined) return shapeOf(indices);
      const [size] = shape.splice(frontAxis(given, shape.length), 1, ...shapeOf(indices));
      if (typeof size === 'number' && !isTensor(indices)) placesOf(indices, size);
      return shape;
    },
  ),
  GetItem: op(
    'x key',
    (tf, { x, key }) => getItem(tf, tensorOf(tf, x), key),
    ({ x, key }) => itemShape(shapeOf(x), key),
  ),
};
