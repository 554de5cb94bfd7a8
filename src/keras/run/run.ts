import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { Activation } from '../../maps/activation';
import { runRepeated } from '../../tensorflow/graph/repeated';
import { cleansUp } from '../layers/make';
import { type Container, type Run, runFor, sizeOf } from './plan';

/**
 * Runs a model layer by layer, freeing each tensor after its last use. Layers that no wanted one needs do not run.
 *
 * @param wanted paths of the steps whose outputs to keep
 * @returns the outputs as plain numbers, by path
 */
export async function runModel(
  tf: typeof tfc,
  model: Container,
  inputs: tfc.Tensor[],
  wanted: ReadonlySet<string>,
): Promise<Map<string, Activation[]>> {
  const run = runFor(model, wanted);
  const compute = () => runKept(tf, run, inputs);
  const graph = run.clean && sizeOf(run) >= MANY;
  const kept = graph ? runRepeated(tf, model, run, inputs, compute) : compute();
  try {
    const result = new Map<string, Activation[]>();
    for (const { path, name, tensor } of kept) {
      const values = await tensor.data();
      const data = values instanceof Float32Array ? values : Float32Array.from(values);
      result.set(path, [...(result.get(path) ?? []), { layer: name, shape: tensor.shape.slice(), data }]);
    }
    return result;
  } finally {
    for (const { tensor } of kept) tensor.dispose();
  }
}

/** A smaller computation gains nothing as a graph, and keeps its last digits. */
const MANY = 16;

interface Kept {
  path: string;
  name: string;
  tensor: tfc.Tensor;
}

/** @returns the wanted outputs, which the caller frees */
function runKept(tf: typeof tfc, run: Run, inputs: tfc.Tensor[]): Kept[] {
  const kept: Kept[] = [];
  try {
    runPlan(
      tf,
      run,
      inputs.map((tensor) => ({ tensor })),
      '',
      kept,
    );
    return kept;
  } catch (error) {
    for (const { tensor } of kept) tensor.dispose();
    throw error;
  }
}

/** A tensor on its way, with the mask that says which of its steps count. */
interface Value {
  tensor: tfc.Tensor;
  mask?: tfc.Tensor;
}

/** @returns the outputs, which the caller frees; the inputs stay the caller's */
function runPlan(tf: typeof tfc, plan: Run, inputs: Value[], name: string, kept: Kept[]): Value[] {
  const uses = new Map(plan.uses);
  const values = new Map<number, Value>();
  try {
    for (const [i, id] of plan.inputs.entries()) values.set(id, copy(inputs[i]!));
    for (const step of plan.steps) {
      const given = step.takes.map((id) => values.get(id)!);
      const outputs = step.run
        ? runPlan(tf, step.run, given, `${name}${step.name}/`, kept)
        : callLayer(tf, step.layer, given, name + step.name);
      for (const [i, value] of outputs.entries()) values.set(step.makes[i]!, value);
      if (step.keep) {
        for (const { tensor } of outputs)
          kept.push({ path: step.path, name: name + step.name, tensor: tensor.clone() });
      }
      for (const id of step.makes) if (!uses.get(id)) drop(values, id);
      for (const id of step.takes) {
        uses.set(id, uses.get(id)! - 1);
        if (!uses.get(id)) drop(values, id);
      }
    }
    return plan.outputs.map((id) => copy(values.get(id)!));
  } finally {
    for (const id of [...values.keys()]) drop(values, id);
  }
}

function copy({ tensor, mask }: Value): Value {
  return { tensor: tensor.clone(), mask: mask?.clone() };
}

function drop(values: Map<number, Value>, id: number): void {
  const value = values.get(id);
  value?.tensor.dispose();
  value?.mask?.dispose();
  values.delete(id);
}

/** @throws {ModelError} when the layer fails on what it is given, in the words of TensorFlow.js */
function callLayer(tf: typeof tfc, layer: tfl.layers.Layer, given: Value[], name: string): Value[] {
  try {
    return call(tf, layer, given);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ModelError(
      `Cannot predict: layer "${name}" (${layer.getClassName()}) fails on an input of shape ${given.map(({ tensor }) => `[${tensor.shape.join(', ')}]`).join(', ')}: ${message}`,
      { cause },
    );
  }
}

function call(tf: typeof tfc, layer: tfl.layers.Layer, values: Value[]): Value[] {
  const inputs = values.map(({ tensor }) => tensor);
  const given = inputs.length === 1 ? inputs[0]! : inputs;
  const masks = values.map(({ mask }) => mask ?? null);
  const masked = masks.some((mask) => mask);
  if (!masked && cleansUp(layer)) return [{ tensor: layer.call(given, {}) as tfc.Tensor }];
  const results: Value[] = [];
  tf.tidy(() => {
    const result = layer.call(given, { training: false, ...(masked && { mask: masks }) });
    const mask = layer.supportsMasking && layer.computeMask(given, masks as tfc.Tensor[]);
    for (const tensor of Array.isArray(result) ? result : [result]) {
      // A layer may hand on its input itself; every step owns what it returns.
      results.push({
        tensor: tf.keep(inputs.includes(tensor) ? tensor.clone() : tensor),
        mask: isTensor(mask) ? tf.keep(mask.clone()) : undefined,
      });
    }
  });
  return results;
}

function isTensor(mask: unknown): mask is tfc.Tensor {
  return typeof mask === 'object' && mask !== null && 'dataId' in mask;
}
