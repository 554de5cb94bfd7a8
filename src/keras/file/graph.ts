import { isObject } from '../../checks/is-object';

/**
 * A model's configuration as plain data, the same for every version of Keras: config.ts reads it, keras/build makes
 * layers of it.
 */

/** The version of Keras that wrote the file; a few functions changed between 2 and 3. */
export type Dialect = 2 | 3;

/** A JSON object. */
export type Json = Record<string, unknown>;

/** A reference to a tensor in the graph: an output of one call of a layer. */
export class TensorRef {
  constructor(
    readonly layer: string,
    readonly call: number,
    readonly output: number,
  ) {}

  get key(): string {
    return JSON.stringify([this.layer, this.call, this.output]);
  }
}

/** One call of a layer. Its arguments are JSON with `TensorRef`s for tensors. */
export interface Call {
  args: unknown[];
  kwargs: Json;
}

export interface LayerSpec {
  name: string;
  className: string;
  /** Python module; tells the op `Add` from the layer `Add`. Empty in Keras 2 files. */
  module: string;
  config: Json;
  calls: Call[];
  /** The graph inside, when the layer is a model. */
  inner?: GraphSpec;
  /** The model inside a TimeDistributed, which applies it to each step. */
  stepModel?: LayerSpec;
  /** Not in the file: a layer that transposes a map. */
  inserted?: boolean;
}

export interface GraphSpec {
  name: string;
  className: string;
  sequential: boolean;
  /** Whether its class is Python code of its own, of which only the layers are in the file. */
  custom?: boolean;
  layers: LayerSpec[];
  /** Shape of a Sequential's input, batch first. */
  inputShape?: (number | null)[];
  inputs: TensorRef[];
  /** Names of its inputs, for calls with named inputs. */
  inputNames?: string[];
  outputs: TensorRef[];
}

/** Every `TensorRef` in nested arguments, in reading order. */
export function refsIn(value: unknown): TensorRef[] {
  if (value instanceof TensorRef) return [value];
  if (Array.isArray(value)) return value.flatMap(refsIn);
  return isObject(value) ? Object.values(value).flatMap(refsIn) : [];
}

/** The same arguments with each `TensorRef` in them replaced. */
export function mapRefs(value: unknown, change: (ref: TensorRef) => unknown): unknown {
  if (value instanceof TensorRef) return change(value);
  if (Array.isArray(value)) return value.map((item) => mapRefs(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapRefs(item, change)]));
}
