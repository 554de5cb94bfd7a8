import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Dialect, Json } from '../graph';
import type { Shape } from '../model';

export type Tf = typeof tfc;
export type TfLayers = typeof tfl;
export type Tensor = tfc.Tensor;

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
  /** Which steps of a sequence count, `[batch, time]`; none when all do. Keras 3 gives it as an input instead. */
  mask?: Tensor;
}

/** A layer at inference: what Keras's class of this name does, in as few lines as that takes. */
export interface LayerDefinition {
  /** Its weights in Keras's order; none when left out. */
  weights?(config: Json, inputs: Shape[]): { name: string; shape: number[] }[];
  /** The output's shape from the inputs'; the first input's when left out. */
  shape?(config: Json, inputs: Shape[], dialect: Dialect): Shape;
  /** What follows from the weights alone, computed once for all calls. */
  prepare?(context: Context): Record<string, Tensor>;
  /** The mask that the layer itself makes. Without it an input's mask goes on as long as its axes do. */
  mask?(inputs: Tensor[], context: Context): Tensor | undefined;
  /** The output. Runs inside `tf.tidy`. */
  call(inputs: Tensor[], context: Context): Tensor;
}

/** What may stand in a graph: a layer, or an operation, whose outputs may be several. */
export interface NodeDefinition extends Omit<LayerDefinition, 'shape' | 'call'> {
  shape?(config: Json, inputs: Shape[], dialect: Dialect): Shape | Shape[];
  /** Whether it computes with whole numbers and truth values as they are; others get floats. */
  anyType?: boolean;
  /** Whether `call` returns a list. */
  severalOutputs?: boolean;
  call(inputs: Tensor[], context: Context): Tensor | Tensor[];
}

/** Numbers of a configuration that may be one for all axes. */
export function perAxis(value: unknown, axes: number, fallback = 1): number[] {
  if (Array.isArray(value)) return value.map(Number);
  return new Array(axes).fill(value === undefined || value === null ? fallback : Number(value));
}

/** @returns an axis counted from the front */
export function frontAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
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
