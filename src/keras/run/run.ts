import type * as tfc from '@tensorflow/tfjs-core';
import { withFace } from '../../face';
import type { Activation } from '../../maps/activation';
import { LEAST_LAYERS, runRepeated } from '../../tensorflow/graph/repeated';
import { running } from '../../tensorflow/running';
import { setAside } from '../../tensorflow/set-aside';
import { withoutPacked } from '../../tensorflow/wasm-packed';
import { callLayer, copy, drop, type Value } from './call-layer';
import {
  bytesOf,
  canPack,
  LARGE,
  outputsTooLarge,
  sizeOfWeights,
  weightsInTheWay,
  weightsOf,
  weightsTooLarge,
} from './memory';
import { type Container, isInput, type Run, runFor, type Step, sizeOf } from './plan';

/** Bytes of outputs up to which a graph may run: it returns all of them at once. */
const MOST_KEPT = 32e6;

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
