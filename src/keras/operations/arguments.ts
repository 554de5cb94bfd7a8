import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { frontAxes, frontAxis } from '../layers/definition';
import { broadcastShape } from '../layers/merge';
import type { Shape } from '../model';

/** An operation of a graph, as Keras computes it. */
export interface Operation {
  /** Keras's names of its arguments: first those of its call, in order, then those of its configuration. */
  takes: readonly string[];
  run(tf: Tf, args: Json): Tensor | Tensor[];
  /** The shapes of the outputs, computed from the shapes of the arguments without running anything. */
  shape(args: Json): Shape | Shape[];
}

/** @param takes the names of its arguments, separated by spaces */
export const op = (takes: string, run: Operation['run'], shape: Operation['shape']): Operation => ({
  takes: takes.split(' '),
  run,
  shape,
});

/** A function of floats; integers and booleans are cast. */
export const unary = (run: (tf: Tf, x: Tensor) => Tensor) =>
  op(
    'x',
    (tf, { x }) => run(tf, asFloats(tf, tensorOf(tf, x))),
    ({ x }) => shapeOf(x),
  );

export const asFloats = (tf: Tf, x: Tensor): Tensor => (x.dtype === 'float32' ? x : tf.cast(x, 'float32'));

/** The shape of a tensor or constant in an argument. */
export function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) return [value.length, ...(value.length ? shapeOf(value[0]) : [])];
  return isObject(value) ? ((value['shape'] ?? []) as Shape) : [];
}

/** The shape of an element-wise result, by numpy's broadcasting. */
export function broadcast(...values: unknown[]): Shape {
  const shapes = values.map(shapeOf);
  const shape = broadcastShape(shapes);
  const fits = (one: Shape) =>
    one.every((size, i) => size === null || size === 1 || size === shape[shape.length - one.length + i]);
  if (shapes.every(fits)) return shape;
  throw new ModelError(`shapes ${shapes.map((one) => `[${one}]`).join(' and ')} do not go together.`);
}

/** The tensor of an argument; a number or a list of numbers becomes a constant. */
export function tensorOf(tf: Tf, value: unknown, name = 'x'): Tensor {
  if (typeof value === 'number' || Array.isArray(value)) return tf.tensor(value, undefined, 'float32');
  if (typeof value === 'object' && value !== null && 'dataId' in value) return value as Tensor;
  throw new ModelError(`its ${name} is neither a tensor nor a number.`);
}

/** The tensors of an argument that is a list. */
export const tensorsOf = (tf: Tf, value: unknown, name = 'xs'): Tensor[] =>
  (Array.isArray(value) ? value : [value]).map((one) => tensorOf(tf, one, name));

export const isGiven = (value: unknown) => value !== null && value !== undefined;

/** The shape of an output like an argument's; checks that the operation's axis exists. */
export const sameShape =
  (name = 'x') =>
  (args: Json): Shape => {
    const shape = shapeOf(args[name]);
    axesIn(args['axis'], shape.length);
    return shape;
  };

/** Number of values of a tensor; undefined if unknown. */
export const countOf = (shape: Shape): number | null =>
  shape.reduce<number | null>((count, size) => (count === null || size === null ? null : count * size), 1);

/** The most parts that an operation may make of a tensor. */
export const MOST_PARTS = 4096;

/** A whole number, or those of a list, as a list; undefined if there is none. */
export function numbersOf(value: unknown, name: string): number[] | undefined {
  if (!isGiven(value)) return undefined;
  const list = [value].flat(3);
  if (list.every((one) => Number.isSafeInteger(one))) return list as number[];
  throw new ModelError(`its ${name} is ${JSON.stringify(value)?.slice(0, 100)} and should be whole numbers.`);
}

/** The most values that sizes computed by a model may ask for. */
export const MOST_NUMBERS = 2 ** 28;

/**
 * The whole numbers of an argument that may contain tensors, such as those of `tf.shape`; null for each that is unknown
 * before the model runs.
 *
 * @throws {ModelError} when they are not whole numbers, or ask for more values than a map can have
 */
export function sizesIn(value: unknown, name: string): Shape {
  const list = [value].flat();
  const sizes = list.flatMap((one): Shape => {
    if (!isObject(one)) return numbersOf(one, name) ?? [];
    if ('dataId' in one) return [...(one as unknown as Tensor).dataSync()].map(Math.trunc);
    const count = shapeOf(one).reduce<number>((product, size) => product * (size ?? 1), 1);
    if (!(count <= MOST_PARTS))
      throw new ModelError(`its ${name} has ${count} numbers, more than there are axes.`);
    return new Array(count).fill(null);
  });
  const numbers = sizes.reduce<number>((product, size) => product * Math.abs(size ?? 1), 1);
  if (!list.some(isObject) || numbers <= MOST_NUMBERS) return sizes;
  throw new ModelError(`its ${name} is ${JSON.stringify(sizes)}, more than a picture's maps have.`);
}

/** Tensors cast to a common type: float32 if they have several types. */
export function alike(tf: Tf, tensors: Tensor[]): Tensor[] {
  const same = tensors.every(({ dtype }) => dtype === tensors[0]!.dtype);
  return same ? tensors : tensors.map((tensor) => asFloats(tf, tensor));
}

/** Runs along one axis, counted from the front; without an axis, the tensor is flattened. */
export function alongAxis(
  tf: Tf,
  x: Tensor,
  axis: unknown,
  run: (x: Tensor, axis: number) => Tensor,
): Tensor {
  const [given] = numbersOf(axis, 'axis') ?? [];
  return given === undefined ? run(tf.reshape(x, [-1]), 0) : run(x, frontAxis(given, x.rank));
}

/** The axes of an argument, counted from the front; undefined means all axes. */
export function axesIn(axis: unknown, rank: number, name = 'axis'): number[] | undefined {
  const given = numbersOf(axis, name);
  return given && frontAxes(given, rank);
}
