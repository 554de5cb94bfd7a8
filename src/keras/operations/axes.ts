import { ModelError } from '../../errors';
import type { Tensor } from '../../tensorflow/types';
import { frontAxes, frontAxis, permutationOf } from '../layers/definition';
import type { Shape } from '../model';
import { axesIn, countOf, numbersOf, type Operation, op, shapeOf, sizesIn, tensorOf } from './arguments';

/** The indices of `rank` axes. */
export const axesOf = (rank: number) => Array.from({ length: rank }, (_, axis) => axis);

/** The permutation that moves the axes `from` to the positions `to`. */
export function movedOrder(rank: number, from: number[], to: number[]): number[] {
  const order = axesOf(rank).filter((axis) => !from.includes(axis));
  const moves = to.map((place, i): [number, number] => [place, from[i]!]).sort(([a], [b]) => a - b);
  for (const [place, axis] of moves) order.splice(place, 0, axis);
  return order;
}

const inOrder = (shape: Shape, order: number[]): Shape => order.map((axis) => shape[axis]!);

/** The sizes of a new shape; one may be -1, the size that remains. */
const newSizesOf = (newshape: unknown) =>
  sizesIn(
    [newshape].flat().map((size) => size ?? -1),
    'newshape',
  );

/** Operations that add, drop, reorder or resize axes. */
export const AXES: Record<string, Operation> = {
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
      return tf.transpose(given, order && permutationOf(order, given.rank));
    },
    ({ x, axes }) => {
      const shape = shapeOf(x);
      const order = numbersOf(axes, 'axes');
      return order ? inOrder(shape, permutationOf(order, shape.length)) : shape.toReversed();
    },
  ),
  Moveaxis: op(
    'x source destination',
    (tf, { x, source, destination }) => {
      const given = tensorOf(tf, x);
      const front = (axes: unknown, name: string) => axesIn(axes, given.rank, name) ?? [];
      const order = movedOrder(given.rank, front(source, 'source'), front(destination, 'destination'));
      return tf.transpose(given, permutationOf(order, given.rank));
    },
    ({ x, source, destination }) => {
      const shape = shapeOf(x);
      const front = (axes: unknown, name: string) => axesIn(axes, shape.length, name) ?? [];
      const order = movedOrder(shape.length, front(source, 'source'), front(destination, 'destination'));
      return inOrder(shape, permutationOf(order, shape.length));
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
  // The shape as a tensor; Keras 3 uses numbers for known sizes.
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
      // A computed size can only equal the existing one, unless the existing one is 1.
      const there = (axis: number) => own[axis - sizes.length + own.length] ?? null;
      return sizes.map((size, axis) => size ?? (there(axis) === 1 ? null : there(axis)));
    },
  ),
};
