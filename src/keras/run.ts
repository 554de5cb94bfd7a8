import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Activation } from '../activation';
import { ModelError } from '../errors';
import { cleansUp } from './layers/make';
import type { Shape } from './model';
import { runRepeated } from './session/repeated';

/** The part of TensorFlow.js's models that says how layers are connected; it exists but is not declared. */
type Container = tfl.LayersModel & {
  nodesByDepth: Record<string, GraphNode[]>;
};

interface GraphNode {
  outboundLayer: tfl.layers.Layer;
  inputTensors: tfl.SymbolicTensor[];
  outputTensors: tfl.SymbolicTensor[];
  outputShapes: Shape | Shape[];
  callArgs?: Record<string, unknown>;
}

/** One run of one layer. `path` is its own; `name` is shared by all runs of a layer. */
export interface Step {
  path: string;
  name: string;
  layer: tfl.layers.Layer;
  shape: Shape;
}

interface PlannedStep extends Step {
  /** Numbers of the tensors that it takes and makes. */
  takes: number[];
  makes: number[];
  inner?: Plan;
}

interface Plan {
  steps: PlannedStep[];
  inputs: number[];
  outputs: number[];
}

const plans = new WeakMap<object, Plan>();

function isModel(layer: tfl.layers.Layer): layer is Container {
  return Array.isArray((layer as Container).layers) && Array.isArray((layer as Container).outputs);
}

/** The order of a model's layers, with nested models as steps of their own. Kept for each model. */
function planOf(model: Container): Plan {
  let plan = plans.get(model);
  if (!plan) {
    plan = model.getClassName() === 'Sequential' ? planSequential(model) : planFunctional(model);
    plans.set(model, plan);
  }
  return plan;
}

function stepFor(
  layer: tfl.layers.Layer,
  call: number,
  shape: Shape | Shape[],
  takes: number[],
  makes: number[],
): PlannedStep {
  const name = layer.name;
  return {
    name,
    // The second run of a shared layer has a path of its own; its name stays what the user knows.
    path: call ? `${name}:${call}` : name,
    layer,
    shape: (Array.isArray(shape[0]) ? shape[0] : shape) as Shape,
    takes,
    makes,
    inner: isModel(layer) ? planOf(layer) : undefined,
  };
}

function planSequential(model: Container): Plan {
  const steps = model.layers.map((layer, i) => stepFor(layer, 0, shapeAt(layer), [i], [i + 1]));
  return { steps, inputs: [0], outputs: [steps.length] };
}

function shapeAt(layer: tfl.layers.Layer): Shape {
  const node = layer.inboundNodes[layer.inboundNodes.length - 1] as unknown as GraphNode;
  return (isModel(layer) ? layer.outputs[0]!.shape : node.outputTensors[0]!.shape) as Shape;
}

function planFunctional(model: Container): Plan {
  const calls = new Map<tfl.layers.Layer, number>();
  const steps: PlannedStep[] = [];
  const depths = Object.keys(model.nodesByDepth)
    .map(Number)
    .sort((a, b) => b - a);
  for (const node of depths.flatMap((depth) => model.nodesByDepth[depth]!)) {
    const layer = node.outboundLayer;
    if (layer.getClassName() === 'InputLayer') continue;
    const call = calls.get(layer) ?? 0;
    calls.set(layer, call + 1);
    const id = ({ id }: tfl.SymbolicTensor) => id;
    steps.push(
      stepFor(
        layer,
        call,
        node.outputTensors[0]!.shape as Shape,
        node.inputTensors.map(id),
        node.outputTensors.map(id),
      ),
    );
  }
  return {
    steps,
    inputs: model.inputs.map(({ id }) => id),
    outputs: model.outputs.map(({ id }) => id),
  };
}

/** Every run of every layer in order of execution, those inside nested models as `outer/inner`. */
export function stepsOf(model: Container): Step[] {
  const list = (plan: Plan, path: string, name: string): Step[] =>
    plan.steps.flatMap((step) => {
      const here = { ...step, path: path + step.path, name: name + step.name };
      return step.inner ? [...list(step.inner, `${here.path}/`, `${here.name}/`), here] : [here];
    });
  return list(planOf(model), '', '');
}

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
  const run = runFor(planOf(model), wanted);
  const compute = () => runKept(tf, run, inputs);
  const graph = run.clean && size(run) >= MANY;
  const kept = graph ? runRepeated(tf, model, JSON.stringify([...wanted]), inputs, compute) : compute();
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

const size = ({ steps }: Run): number => steps.reduce((sum, { run }) => sum + (run ? size(run) : 1), 0);

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

/** A plan without the steps that nothing wanted needs; `keep` says which outputs are wanted. */
interface Run extends Plan {
  steps: (PlannedStep & { keep: boolean; run?: Run })[];
  /** How often each tensor is taken. */
  uses: ReadonlyMap<number, number>;
  /** Whether all layers are known to compute the same each time. */
  clean: boolean;
}

/** What a model ran last: the same layers are often asked for again. */
const lastRuns = new WeakMap<Plan, { wanted: string; run: Run }>();

function runFor(plan: Plan, paths: ReadonlySet<string>): Run {
  const wanted = JSON.stringify([...paths]);
  const last = lastRuns.get(plan);
  if (last?.wanted === wanted) return last.run;
  const run = needed(plan, paths, false);
  lastRuns.set(plan, { wanted, run });
  return run;
}

/**
 * @param path what the wanted paths start with inside this plan
 * @param ends whether the plan's outputs are needed
 */
function needed(plan: Plan, wanted: ReadonlySet<string>, ends: boolean, path = ''): Run {
  const tensors = new Set(ends ? plan.outputs : []);
  const steps: Run['steps'] = [];
  for (const step of plan.steps.toReversed()) {
    const here = path + step.path;
    const used = wanted.has(here) || step.makes.some((id) => tensors.has(id));
    const run = step.inner && needed(step.inner, wanted, used, `${here}/`);
    if (!used && !run?.steps.length) continue;
    for (const id of step.takes) tensors.add(id);
    steps.push({ ...step, path: here, keep: wanted.has(here), run });
  }
  const outputs = ends ? plan.outputs : [];
  const uses = new Map<number, number>();
  for (const id of [...steps.flatMap(({ takes }) => takes), ...outputs])
    uses.set(id, (uses.get(id) ?? 0) + 1);
  const clean = steps.every(({ layer, run }) => (run ? run.clean : cleansUp(layer)));
  return { ...plan, steps: steps.reverse(), outputs, uses, clean };
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
