import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import { withFace } from '../../face';
import type { Activation } from '../../maps/activation';
import { LEAST_LAYERS, runRepeated } from '../../tensorflow/graph/repeated';
import { running } from '../../tensorflow/running';
import { setAside } from '../../tensorflow/set-aside';
import { withoutPacked } from '../../tensorflow/wasm-packed';
import { cleansUp } from '../layers/make';
import { type Shape, shapeText } from '../model';
import { type Container, isInput, type Run, runFor, type Step, sizeOf } from './plan';

/**
 * Runs a model layer by layer, freeing each tensor after its last use. Layers that the requested ones do not need are skipped.
 *
 * @param wanted the steps whose outputs are requested
 * @returns the outputs as plain data, by path
 * @throws {ModelError} when they do not fit into memory
 */
export async function runModel(
  tf: typeof tfc,
  model: Container,
  inputs: tfc.Tensor[],
  wanted: readonly Step[],
): Promise<Map<string, Activation[]>> {
  const run = runFor(model, new Set(wanted.map(({ path }) => path)));
  const bytes = wanted.reduce((sum, { shape }) => sum + bytesOf(shape, inputs[0]?.shape ?? []), 0);
  if (bytes > running().availableMemory()) throw outputsTooLarge(bytes, wanted.length);
  const types = new Map(wanted.map(({ path, layer }) => [path, layer.getClassName()]));
  const result = new Map<string, Activation[]>();
  const add = (path: string, name: string, shape: number[], values: ArrayLike<number>) => {
    const data = values instanceof Float32Array ? values : Float32Array.from(values);
    const type = types.get(path);
    const activation = withFace('activation', {
      layer: name,
      ...(type && { type }),
      model: model.name,
      shape: shape.slice(),
      data,
    });
    result.set(path, [...(result.get(path) ?? []), activation]);
  };
  try {
    if (run.clean && sizeOf(run) >= LEAST_LAYERS && bytes <= MOST_KEPT && canPack(tf, run)) {
      const kept = runRepeated(tf, model, run, inputs, () => runKept(tf, run, inputs));
      try {
        for (const { path, name, tensor } of kept) add(path, name, tensor.shape, await tensor.data());
      } finally {
        for (const { tensor } of kept) tensor.dispose();
      }
    } else {
      if (bytes > LARGE) await running().collectGarbage?.();
      // Each output is read as soon as it is computed, so that a large model's maps are in memory only once.
      const bringBack = setAside(tf, weightsInTheWay(tf, model, run, inputs, bytes));
      try {
        withoutPacked(() =>
          runAll(tf, run, inputs, (path, name, tensor) => add(path, name, tensor.shape, tensor.dataSync())),
        );
      } finally {
        bringBack();
      }
    }
    return result;
  } catch (cause) {
    if (!/out of memory|allocation failed|OOM when allocating|invalid array length/i.test(String(cause)))
      throw cause;
    const weights = sizeOfWeights(weightsOf(run));
    throw weights > bytes ? weightsTooLarge(weights, cause) : outputsTooLarge(bytes, wanted.length, cause);
  }
}

/**
 * Runs a model layer by layer and hands over each requested output as soon as it is computed. The tensor is freed
 * afterwards, so that a large model's maps are never in memory together.
 *
 * @param inputs stay the caller's
 * @param wanted the steps whose outputs are requested
 * @param use waits for nothing; a step's path and its output
 */
export function eachOutput(
  tf: typeof tfc,
  model: Container,
  inputs: tfc.Tensor[],
  wanted: readonly Step[],
  use: (path: string, tensor: tfc.Tensor) => void,
): void {
  const run = runFor(model, new Set(wanted.map(({ path }) => path)));
  withoutPacked(() => runAll(tf, run, inputs, (path, _name, tensor) => use(path, tensor)));
}

/** Bytes of outputs up to which a graph may run: it returns all of them at once. */
const MOST_KEPT = 32e6;

/** Bytes of weights up to which wasm may keep them packed for its convolutions, which takes as much again of its heap. */
const MOST_PACKED = 600e6;

const canPack = (tf: typeof tfc, run: Run) =>
  tf.getBackend() !== 'wasm' || sizeOfWeights(weightsOf(run)) <= MOST_PACKED;

/** Bytes of outputs from which the garbage of before is worth the time that its collection takes. */
const LARGE = 500e6;

/** Outputs of its size that the layer with the largest output may need: input, output, and what lies in between. */
const ROOM = 8;

/**
 * The weights that make room for the largest outputs. The first ones, since they come back early: while they are away,
 * they are in memory twice, which must not add to all the outputs. On native TensorFlow for many outputs only, whose time
 * hides that of copying.
 */
function weightsInTheWay(
  tf: typeof tfc,
  model: Container,
  run: Run,
  inputs: readonly tfc.Tensor[],
  bytes: number,
): tfc.Tensor[] {
  const isNative = tf.getBackend() === 'tensorflow';
  if (isNative && bytes <= LARGE) return [];
  const weights = weightsOf(run);
  const size = sizeOfWeights(weights);
  if (size > bytes) return [];
  let room = ROOM * largestOf(run, inputs);
  // Where the whole model makes room, weights that the run does not use would divide it.
  if (isNative && room > size) {
    const { weights: all } = model as unknown as tfl.LayersModel;
    return [...weights, ...all.map((weight) => weight.read())];
  }
  return weights.filter((weight) => {
    const leaves = room > 0;
    room -= 4 * weight.size;
    return leaves;
  });
}

/** The bytes of the largest output of a run. */
function largestOf({ steps }: Run, inputs: readonly tfc.Tensor[]): number {
  const sizes = steps.map(({ shape, run }) =>
    run ? largestOf(run, inputs) : bytesOf(shape, inputs[0]?.shape ?? []),
  );
  return Math.max(0, ...sizes);
}

/** The weights of all layers that a run calls, in their order. */
function weightsOf(run: Run): tfc.Tensor[] {
  return run.steps.flatMap((step) =>
    step.run ? weightsOf(step.run) : step.layer.weights.map((weight) => weight.read()),
  );
}

const sizeOfWeights = (weights: readonly tfc.Tensor[]) =>
  weights.reduce((sum, weight) => sum + 4 * weight.size, 0);

/** The bytes of an output; an unknown axis is taken to be as long as the input's. */
function bytesOf(shape: Shape, input: readonly number[]): number {
  return shape.reduce<number>((bytes, size, axis) => bytes * (size ?? input[axis] ?? 1), 4);
}

const sizeText = (bytes: number) =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

function outputsTooLarge(bytes: number, count: number, cause?: unknown): ModelError {
  return new ModelError(
    `Cannot predict: the outputs of ${count} ${count === 1 ? 'layer' : 'layers'} take ${sizeText(bytes)}, which do not fit into memory. Ask for fewer with { layers }, give a smaller batch, or use native TensorFlow (npx convlens setup).`,
    { cause },
  );
}

function weightsTooLarge(bytes: number, cause: unknown): ModelError {
  return new ModelError(
    `Cannot predict: the weights of the model take ${sizeText(bytes)}, and what is computed with them does not fit into memory. Give a smaller batch, or use native TensorFlow (npx convlens setup).`,
    { cause },
  );
}

interface Kept {
  path: string;
  name: string;
  tensor: tfc.Tensor;
}

/** Receives each requested output; the tensor is freed afterwards. */
type Keep = (path: string, name: string, tensor: tfc.Tensor) => void;

function runAll(tf: typeof tfc, run: Run, inputs: tfc.Tensor[], keep: Keep): void {
  const values = inputs.map((tensor) => ({ tensor }));
  runPlan(tf, run, values, '', keep);
}

/** @returns the requested outputs, which the caller disposes */
function runKept(tf: typeof tfc, run: Run, inputs: tfc.Tensor[]): Kept[] {
  const kept: Kept[] = [];
  try {
    runAll(tf, run, inputs, (path, name, tensor) => kept.push({ path, name, tensor: tensor.clone() }));
    return kept;
  } catch (error) {
    for (const { tensor } of kept) tensor.dispose();
    throw error;
  }
}

/** A tensor with the mask of its time steps. */
export interface Value {
  tensor: tfc.Tensor;
  mask?: tfc.Tensor;
}

/** @returns the outputs, which the caller disposes; the inputs are not disposed */
function runPlan(tf: typeof tfc, plan: Run, inputs: Value[], name: string, keep: Keep): Value[] {
  const uses = new Map(plan.uses);
  const values = new Map<number, Value>();
  try {
    for (const [i, id] of plan.inputs.entries()) values.set(id, copy(inputs[i]!));
    for (const step of plan.steps) {
      const given = step.takes.map((id) => values.get(id)!);
      const here = name + step.name;
      if (isInput(step.layer) && step.keep) keep(step.path, here, given[0]!.tensor);
      const outputs = step.run
        ? runPlan(tf, step.run, given, `${here}/`, keep)
        : step.makes.length
          ? callLayer(tf, step.layer, given, here)
          : [];
      for (const [i, value] of outputs.entries()) values.set(step.makes[i]!, value);
      // First the inputs: a map that is read takes the memory of an input that no later layer needs.
      for (const id of step.takes) {
        uses.set(id, uses.get(id)! - 1);
        if (!uses.get(id)) drop(values, id);
      }
      if (step.keep) for (const { tensor } of outputs) keep(step.path, here, tensor);
      for (const id of step.makes) if (!uses.get(id)) drop(values, id);
    }
    return plan.outputs.map((id) => copy(values.get(id)!));
  } finally {
    for (const id of [...values.keys()]) drop(values, id);
  }
}

/** Another name of the same values, to be dropped by itself. */
export function copy({ tensor, mask }: Value): Value {
  return { tensor: tensor.clone(), mask: mask?.clone() };
}

/** Frees a value. */
export function drop(values: Map<number, Value>, id: number): void {
  const value = values.get(id);
  value?.tensor.dispose();
  value?.mask?.dispose();
  values.delete(id);
}

/**
 * Calls a layer at inference.
 *
 * @param config replaces its configuration for this call, if it `takesConfig`
 * @returns its outputs, which the caller disposes
 * @throws {ModelError} when the layer fails on its input, with TensorFlow.js's message
 */
export function callLayer(
  tf: typeof tfc,
  layer: tfl.layers.Layer,
  given: readonly Value[],
  name: string,
  config?: object,
): Value[] {
  try {
    return call(tf, layer, given, config);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ModelError(
      `Cannot predict: layer "${name}" (${layer.getClassName()}) fails on an input of shape ${given.map(({ tensor }) => shapeText(tensor.shape)).join(', ')}: ${message}`,
      { cause },
    );
  }
}

function call(tf: typeof tfc, layer: tfl.layers.Layer, values: readonly Value[], config?: object): Value[] {
  const inputs = values.map(({ tensor }) => tensor);
  const given = inputs.length === 1 ? inputs[0]! : inputs;
  const masks = values.map(({ mask }) => mask ?? null);
  const masked = masks.some((mask) => mask);
  if (!masked && cleansUp(layer)) return [{ tensor: layer.call(given, { config }) as tfc.Tensor }];
  const results: Value[] = [];
  tf.tidy(() => {
    const result = layer.call(given, {
      training: false,
      ...(config && { config }),
      ...(masked && { mask: masks }),
    });
    const mask = layer.supportsMasking && layer.computeMask(given, masks as tfc.Tensor[]);
    for (const [i, tensor] of (Array.isArray(result) ? result : [result]).entries()) {
      const own = Array.isArray(mask) ? mask[i] : mask;
      // A layer may return its input; every step must own its output.
      results.push({
        tensor: tf.keep(inputs.includes(tensor) ? tensor.clone() : tensor),
        mask: isTensor(own) ? tf.keep(own.clone()) : undefined,
      });
    }
  });
  return results;
}

function isTensor(mask: unknown): mask is tfc.Tensor {
  return typeof mask === 'object' && mask !== null && 'dataId' in mask;
}
