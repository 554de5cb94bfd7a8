import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { frontAxes, frontAxis, orderOf } from '../layers/definition';
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
  sizesIn,
  tensorOf,
} from './arguments';
import { getItem, itemShape } from './item';

const axesOf = (rank: number) => Array.from({ length: rank }, (_, axis) => axis);

/** The order of axes in which those of `from` are at the places of `to`. */
function movedOrder(rank: number, from: number[], to: number[]): number[] {
  const order = axesOf(rank).filter((axis) => !from.includes(axis));
  const moves = to.map((place, i): [number, number] => [place, from[i]!]).sort(([a], [b]) => a - b);
  for (const [place, axis] of moves) order.splice(place, 0, axis);
  return order;
}

const inOrder = (shape: Shape, order: number[]): Shape => order.map((axis) => shape[axis]!);

/** Margins as numpy's `pad` takes them: a pair for each axis, a pair for all, or one number. */
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

/** What leaves an axis at one end comes in at the other. */
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

/** The places on an axis that a number or nested lists of numbers name, counted from its front. */
function placesOf(indices: unknown, size: number): number[] {
  const list = numbersOf(indices, 'indices') ?? [];
  if (list.some((index) => index < -size || index >= size)) {
    throw new ModelError(`its indices go beyond the ${size} of the axis.`);
  }
  return list.map((index) => (index < 0 ? index + size : index));
}

const isTensor = (value: unknown) => typeof value !== 'number' && !Array.isArray(value);

/** numpy's `take`: the places of an axis that the indices name, from behind when negative. */
function take(tf: Tf, x: Tensor, indices: unknown, axis: unknown): Tensor {
  return alongAxis(tf, x, axis, (y, at) => {
    if (isTensor(indices)) return tf.gather(y, tf.cast(tensorOf(tf, indices, 'indices'), 'int32'), at);
    const shape = [...y.shape];
    const [size = 0] = shape.splice(at, 1, ...(shapeOf(indices) as number[]));
    return tf.reshape(tf.gather(y, tf.tensor1d(placesOf(indices, size), 'int32'), at), shape);
  });
}

/** The sizes of axes and how often each is to be there, both of one length. */
function tilesOf(shape: Shape, repeats: unknown): { sizes: Shape; times: number[] } {
  const times = numbersOf(repeats, 'repeats') ?? [];
  const rank = Math.max(times.length, shape.length);
  const ones = (count: number) => new Array<1>(count).fill(1);
  return {
    sizes: [...ones(rank - shape.length), ...shape],
    times: [...ones(rank - times.length), ...times],
  };
}

/** The sizes of a new shape, of which one may be -1: what is left. */
const newSizesOf = (newshape: unknown) =>
  sizesIn(
    [newshape].flat().map((size) => size ?? -1),
    'newshape',
  );

/** How often each place is to be there; numpy also knows a number for each. */
function timesOf(repeats: unknown): number {
  const [times = 1, ...more] = numbersOf(repeats, 'repeats') ?? [];
  if (more.length) throw new ModelError('it repeats each place another number of times.');
  return times;
}

/** Operations that put numbers elsewhere. */
export const ARRANGEMENT: Record<string, Operation> = {
  ExpandDims: op(
    'x axis',
    (tf, { x, axis }) => {
      const at = numbersOf(axis, 'axis') ?? [0];
      const given = tensorOf(tf, x);
      const rank = given.rank + at.length;
      const places = frontAxes(at, rank).sort((a, b) => a - b);
      return places.reduce<Tensor>((y, place) => tf.expandDims(y, place), given);
    },
    ({ x, axis }) => {
      const [at, shape] = [numbersOf(axis, 'axis') ?? [0], shapeOf(x)];
      const places = frontAxes(at, shape.length + at.length).sort((a, b) => a - b);
      return places.reduce<Shape>((made, place) => made.toSpliced(place, 0, 1), shape);
    },
  ),
  Squeeze: op(
    'x axis',
    (tf, { x, axis }) => {
      const given = tensorOf(tf, x);
      return tf.squeeze(given, axesIn(axis, given.rank));
    },
    ({ x, axis }) => {
      const shape = shapeOf(x);
      const axes = axesIn(axis, shape.length);
      const wrong = axes?.find((at) => shape[at] !== null && shape[at] !== 1);
      if (wrong !== undefined) throw new ModelError(`axis ${wrong} of [${shape}] has more than one place.`);
      return shape.filter((size, at) => (axes ? !axes.includes(at) : size !== 1));
    },
  ),
  Transpose: op(
    'x axes',
    (tf, { x, axes }) => {
      const given = tensorOf(tf, x);
      const order = numbersOf(axes, 'axes');
      return tf.transpose(given, order && orderOf(order, given.rank));
    },
    ({ x, axes }) => {
      const shape = shapeOf(x);
      const order = numbersOf(axes, 'axes');
      return order ? inOrder(shape, orderOf(order, shape.length)) : shape.toReversed();
    },
  ),
  Moveaxis: op(
    'x source destination',
    (tf, { x, source, destination }) => {
      const given = tensorOf(tf, x);
      const front = (axes: unknown, name: string) => axesIn(axes, given.rank, name) ?? [];
      const order = movedOrder(given.rank, front(source, 'source'), front(destination, 'destination'));
      return tf.transpose(given, orderOf(order, given.rank));
    },
    ({ x, source, destination }) => {
      const shape = shapeOf(x);
      const front = (axes: unknown, name: string) => axesIn(axes, shape.length, name) ?? [];
      const order = movedOrder(shape.length, front(source, 'source'), front(destination, 'destination'));
      return inOrder(shape, orderOf(order, shape.length));
    },
  ),
  Swapaxes: op(
    'x axis1 axis2',
    (tf, { x, axis1, axis2 }) => {
      const given = tensorOf(tf, x);
      const [a, b] = [axis1, axis2].map((axis) => frontAxis(axis, given.rank));
      return tf.transpose(
        given,
        axesOf(given.rank).map((axis) => (axis === a ? b! : axis === b ? a! : axis)),
      );
    },
    ({ x, axis1, axis2 }) => {
      const shape = shapeOf(x);
      const [a, b] = [frontAxis(axis1, shape.length), frontAxis(axis2, shape.length)];
      return shape.map((size, axis) => (axis === a ? shape[b]! : axis === b ? shape[a]! : size));
    },
  ),
  Reshape: op(
    'x newshape',
    (tf, { x, newshape }) => tf.reshape(tensorOf(tf, x), newSizesOf(newshape) as number[]),
    ({ x, newshape }) => {
      const [shape, sizes] = [shapeOf(x), newSizesOf(newshape)];
      const product = (list: Shape) => list.reduce<number>((all, size) => all * Math.abs(size!), 1);
      const open = [...shape, ...sizes].includes(null) ? null : product(shape) / product(sizes);
      return sizes.map((size) => (size === -1 ? open : size));
    },
  ),
  // The sizes of the axes as a tensor; Keras 3 has them as numbers where it can.
  Shape: op(
    'x output_type',
    (tf, { x }) => tf.tensor1d(tensorOf(tf, x).shape, 'int32'),
    ({ x }) => [shapeOf(x).length],
  ),
  Ravel: op(
    'x',
    (tf, { x }) => tf.reshape(tensorOf(tf, x), [-1]),
    ({ x }) => [countOf(shapeOf(x))],
  ),
  BroadcastTo: op(
    'x shape',
    (tf, { x, shape }) => tf.broadcastTo(tensorOf(tf, x), sizesIn(shape, 'shape') as number[]),
    ({ x, shape }) => {
      const [sizes, own] = [sizesIn(shape, 'shape'), shapeOf(x)];
      // A size that is computed can only be the one that is there, unless that is one.
      const there = (axis: number) => own[axis - sizes.length + own.length] ?? null;
      return sizes.map((size, axis) => size ?? (there(axis) === 1 ? null : there(axis)));
    },
  ),
  Flip: op(
    'x axis',
    (tf, { x, axis }) => {
      const given = tensorOf(tf, x);
      return tf.reverse(given, axesIn(axis, given.rank));
    },
    sameShape(),
  ),
  // Without an axis all numbers are one axis.
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
