import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Dialect, Json } from '../file/graph';
import { type Shape, shapeText } from '../model';

/** What a layer's computation gets besides its inputs. */
export interface Context {
  tf: Tf;
  /** The layer's configuration, in Keras's own names. */
  config: Json;
  /** Its weights by Keras's names. */
  weights: Record<string, Tensor>;
  /** Tensors from `prepare`; absent inside wrappers. */
  prepared?: Record<string, Tensor>;
  dialect: Dialect;
  /** The mask `[batch, time]`: which steps are unmasked; absent if all are. Keras 3 passes it as an argument. */
  mask?: Tensor;
  /** The mask of each input. */
  masks: readonly (Tensor | undefined)[];
  /** The tensors of other arguments of the call, by Keras's names. */
  others: Record<string, Tensor[]>;
  /** Arguments of the call that are not tensors, unless they have their default. */
  options: Json;
}

/** A call without arguments. */
export const NO_ARGUMENTS: Pick<Context, 'masks' | 'others' | 'options'> = {
  masks: [],
  others: {},
  options: {},
};

/** A layer at inference: what Keras's class of this name computes. */
export interface LayerDefinition {
  /** The supported arguments of Keras's `call`, in order; by default the inputs and `training`. */
  takes?: readonly string[];
  /** How many of these, from the first, are inputs (a tensor or a list each); default 1. */
  inputs?: number;
  /** Its weights in Keras's order; by default none. */
  weights?(config: Json, inputs: Shape[], dialect?: Dialect): { name: string; shape: number[] }[];
  /** The output's shape; by default that of the first input. */
  shape?(config: Json, inputs: Shape[], dialect: Dialect): Shape;
  /** Tensors that depend on the weights only, computed once for all calls. */
  prepare?(context: Context): Record<string, Tensor>;
  /** The mask that the layer creates. masks.ts propagates masks of the inputs. */
  mask?(inputs: Tensor[], context: Context): Tensor | undefined;
  /** The output. Runs inside `tf.tidy`. */
  call(inputs: Tensor[], context: Context): Tensor;
  /** Of a recurrent layer: the output and the last states, as `call` of a layer with `return_state` gives them. */
  withStates?(inputs: Tensor[], context: Context): Tensor[];
  /** The shapes of these states. */
  stateShapes?(config: Json, inputs: Shape[], dialect: Dialect): Shape[];
}

/** A node of a graph: a layer or an operation, possibly with several outputs. */
export interface NodeDefinition extends Omit<LayerDefinition, 'shape' | 'call'> {
  shape?(config: Json, inputs: Shape[], dialect: Dialect, options: Json): Shape | Shape[];
  /** Whether it accepts integers and booleans; otherwise its inputs are cast to float32. */
  anyType?: boolean;
  /** Whether it clears its inputs' masks, so that later consumers see them unmasked, as in Keras 3.15. */
  dropsMasks?(dialect: Dialect): boolean;
  /** Whether `call` returns a list, depending on the options; default false. */
  several?(options: Json, config: Json): boolean;
  /** How many of several outputs, from the first, keep the mask of the input; default none. */
  masked?(config: Json): number;
  call(inputs: Tensor[], context: Context): Tensor | Tensor[];
}

/**
 * A setting that may be one number for all axes, as one number per axis.
 *
 * @throws {ModelError} when there is not one number per axis: the backends do not check
 */
export function perAxis(value: unknown, axes: number, fallback = 1): number[] {
  const list = Array.isArray(value) ? value : new Array(axes).fill(value ?? fallback);
  if (list.length === axes && list.every(Number.isFinite)) return list;
  throw new ModelError(`${JSON.stringify(value)?.slice(0, 100)} is not a number for each of ${axes} axes.`);
}

/**
 * @returns an axis counted from the front
 * @throws {ModelError} when the axis is out of range: the backends do not check
 */
export function frontAxis(axis: unknown, rank: number): number {
  const isOne = typeof axis === 'number' && Number.isInteger(axis) && axis >= -rank && axis < rank;
  if (isOne) return axis < 0 ? axis + rank : axis;
  throw new ModelError(`its axis is ${JSON.stringify(axis)} and there are ${rank} axes.`);
}

/**
 * @param axes one, or a list
 * @returns them counted from the front
 * @throws {ModelError} when an axis is out of range or repeated
 */
export function frontAxes(axes: unknown, rank: number): number[] {
  const front = [axes].flat().map((axis) => frontAxis(axis, rank));
  if (new Set(front).size === front.length) return front;
  throw new ModelError(`its axes are ${JSON.stringify(axes)}, one of them twice.`);
}

/**
 * @returns a permutation of all axes, counted from the front
 * @throws {ModelError} when an axis is missing or out of range
 */
export function permutationOf(axes: unknown, rank: number): number[] {
  const order = frontAxes(axes, rank);
  if (order.length === rank) return order;
  throw new ModelError(`its order of axes is ${JSON.stringify(axes)} and there are ${rank} axes.`);
}

/**
 * The mask of a sequence.
 *
 * @throws {ModelError} when its shape is not `[batch, time]`
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

/** Runs a channels_last computation on a tensor that may be channels_first. */
export function channelsLast(tf: Tf, config: Json, x: Tensor, run: (x: Tensor) => Tensor): Tensor {
  if (!isChannelsFirst(config)) return run(x);
  const spatial = Array.from({ length: x.rank - 2 }, (_, i) => i);
  const result = run(tf.transpose(x, [0, ...spatial.map((i) => i + 2), 1]));
  if (result.rank !== x.rank) return result;
  return tf.transpose(result, [0, x.rank - 1, ...spatial.map((i) => i + 1)]);
}

/** Computes a shape as channels_last, and returns it in the configured order. */
export function channelsLastShape(config: Json, shape: Shape, run: (shape: Shape) => Shape): Shape {
  if (!isChannelsFirst(config)) return run(shape);
  const result = run([shape[0]!, ...shape.slice(2), shape[1]!]);
  if (result.length !== shape.length) return result;
  return [result[0]!, result[result.length - 1]!, ...result.slice(1, -1)];
}
