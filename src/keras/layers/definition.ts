import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Dialect, Json } from '../file/graph';
import { type Shape, shapeText } from '../model';

/** What a layer's computation gets beside its inputs. */
export interface Context {
  tf: Tf;
  /** The layer's configuration, in Keras's own names. */
  config: Json;
  /** Its weights by Keras's names. */
  weights: Record<string, Tensor>;
  /** What `prepare` made of them; none in a layer inside a wrapper. */
  prepared?: Record<string, Tensor>;
  dialect: Dialect;
  /** Which steps of a sequence count, `[batch, time]`; none when all do. Keras 3 gives it as an argument. */
  mask?: Tensor;
  /** The same for each input. */
  masks: readonly (Tensor | undefined)[];
  /** The tensors of other arguments of the call, by Keras's names. */
  others: Record<string, Tensor[]>;
  /** The arguments of the call that are no tensors, where they say something. */
  options: Json;
}

/** The arguments of a call that has none. */
export const NO_ARGUMENTS: Pick<Context, 'masks' | 'others' | 'options'> = {
  masks: [],
  others: {},
  options: {},
};

/** A layer at inference: what Keras's class of this name does, in as few lines as that takes. */
export interface LayerDefinition {
  /** The arguments of Keras's `call` that it knows, in their order: its inputs and `training` when left out. */
  takes?: readonly string[];
  /** How many of these, from the first, are its inputs, each a tensor or more: one when left out. */
  inputs?: number;
  /** Its weights in Keras's order; none when left out. */
  weights?(config: Json, inputs: Shape[]): { name: string; shape: number[] }[];
  /** The output's shape from the inputs'; the first input's when left out. */
  shape?(config: Json, inputs: Shape[], dialect: Dialect): Shape;
  /** What follows from the weights alone, computed once for all calls. */
  prepare?(context: Context): Record<string, Tensor>;
  /** The mask that the layer makes of its inputs, where they have none. What becomes of theirs, masks.ts says. */
  mask?(inputs: Tensor[], context: Context): Tensor | undefined;
  /** The output. Runs inside `tf.tidy`. */
  call(inputs: Tensor[], context: Context): Tensor;
}

/** What may stand in a graph: a layer, or an operation; its outputs may be several. */
export interface NodeDefinition extends Omit<LayerDefinition, 'shape' | 'call'> {
  shape?(config: Json, inputs: Shape[], dialect: Dialect, options: Json): Shape | Shape[];
  /** Whether it computes with whole numbers and truth values as they are; others get floats. */
  anyType?: boolean;
  /** Whether it takes the masks off its inputs: what gets the same tensors later finds none, as in Keras 3.15. */
  dropsMasks?(dialect: Dialect): boolean;
  /** Whether `call` returns a list, by the options of the call; it does not when left out. */
  several?(options: Json): boolean;
  call(inputs: Tensor[], context: Context): Tensor | Tensor[];
}

/**
 * Numbers of a configuration that may be one for all axes.
 *
 * @throws {ModelError} when there are others than one for each axis: the backends do not look
 */
export function perAxis(value: unknown, axes: number, fallback = 1): number[] {
  const list = Array.isArray(value) ? value : new Array(axes).fill(value ?? fallback);
  if (list.length === axes && list.every(Number.isFinite)) return list;
  throw new ModelError(
    `${JSON.stringify(value)?.slice(0, 100)} stands where a number for each of ${axes} axes should.`,
  );
}

/**
 * @returns an axis counted from the front
 * @throws {ModelError} when there is no such axis: the backends do not look
 */
export function frontAxis(axis: unknown, rank: number): number {
  const isOne = typeof axis === 'number' && Number.isInteger(axis) && axis >= -rank && axis < rank;
  if (isOne) return axis < 0 ? axis + rank : axis;
  throw new ModelError(`its axis is ${JSON.stringify(axis)} and there are ${rank} axes.`);
}

/**
 * @param axes one, or a list
 * @returns them counted from the front
 * @throws {ModelError} when there is one that is none, or one twice
 */
export function frontAxes(axes: unknown, rank: number): number[] {
  const front = [axes].flat().map((axis) => frontAxis(axis, rank));
  if (new Set(front).size === front.length) return front;
  throw new ModelError(`its axes are ${JSON.stringify(axes)}, one of them twice.`);
}

/**
 * @returns an order of all axes, counted from the front
 * @throws {ModelError} when it leaves one out or has one that is none
 */
export function orderOf(axes: unknown, rank: number): number[] {
  const order = frontAxes(axes, rank);
  if (order.length === rank) return order;
  throw new ModelError(`its order of axes is ${JSON.stringify(axes)} and there are ${rank} axes.`);
}

/**
 * The mask of a sequence.
 *
 * @throws {ModelError} when it does not say of each step of each sample whether it counts
 */
export function maskOf({ mask, config }: Context, x: Tensor): Tensor | undefined {
  if (!mask || mask.shape.join() === x.shape.slice(0, 2).join()) return mask;
  throw new ModelError(
    `layer "${config['name']}" gets a mask of shape ${shapeText(mask.shape)} for a sequence of shape ${shapeText(x.shape)}.`,
  );
}

export function isChannelsFirst(config: Json): boolean {
  return config['data_format'] === 'channels_first';
}

/** Runs a channels-last computation on a tensor whose channels may come first. */
export function channelsLast(tf: Tf, config: Json, x: Tensor, run: (x: Tensor) => Tensor): Tensor {
  if (!isChannelsFirst(config)) return run(x);
  const spatial = Array.from({ length: x.rank - 2 }, (_, i) => i);
  const result = run(tf.transpose(x, [0, ...spatial.map((i) => i + 2), 1]));
  if (result.rank !== x.rank) return result;
  return tf.transpose(result, [0, x.rank - 1, ...spatial.map((i) => i + 1)]);
}

/** A shape computed as if channels came last, put back in the configured order. */
export function channelsLastShape(config: Json, shape: Shape, run: (shape: Shape) => Shape): Shape {
  if (!isChannelsFirst(config)) return run(shape);
  const result = run([shape[0]!, ...shape.slice(2), shape[1]!]);
  if (result.length !== shape.length) return result;
  return [result[0]!, result[result.length - 1]!, ...result.slice(1, -1)];
}
