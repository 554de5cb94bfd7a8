import type * as tfl from '@tensorflow/tfjs-layers';
import { cleansUp } from '../layers/make';
import type { Shape } from '../model';

/** How the layers of a TensorFlow.js model are connected; not declared in its types. */
export type Container = tfl.LayersModel & {
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
  /** Ids of its input and output tensors. */
  takes: number[];
  makes: number[];
  inner?: Plan;
}

/** The layers of a model in order, with nested models as steps of their own. */
export interface Plan {
  steps: PlannedStep[];
  inputs: number[];
  outputs: number[];
}

const plans = new WeakMap<object, Plan>();

function isModel(layer: tfl.layers.Layer): layer is Container {
  return Array.isArray((layer as Container).layers) && Array.isArray((layer as Container).outputs);
}

export const isInput = (layer: tfl.layers.Layer) => layer.getClassName() === 'InputLayer';

/** The order of a model's layers, with nested models as steps of their own. Cached per model. */
export function planOf(model: Container): Plan {
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
    // Each run of a shared layer has its own path; the name stays the layer's.
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
    const id = ({ id }: tfl.SymbolicTensor) => id;
    if (isInput(layer)) {
      // It takes the model's input and makes no new tensor.
      const [output] = node.outputTensors;
      steps.push(stepFor(layer, 0, output!.shape as Shape, [id(output!)], []));
      continue;
    }
    const call = calls.get(layer) ?? 0;
    calls.set(layer, call + 1);
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

/** A plan reduced to the steps that the requested outputs need; `keep` marks these outputs. */
export interface Run extends Plan {
  steps: (PlannedStep & { keep: boolean; run?: Run })[];
  /** How often each tensor is used. */
  uses: ReadonlyMap<number, number>;
  /** Whether all layers leave exactly one tensor, their output. */
  clean: boolean;
}

/** The last run of each plan: the same layers are often requested again. */
const lastRuns = new WeakMap<Plan, { wanted: string; run: Run }>();

/**
 * @param paths of the steps whose outputs are wanted
 * @returns the steps that must run; the same object for the same request
 */
export function runFor(model: Container, paths: ReadonlySet<string>): Run {
  const plan = planOf(model);
  const wanted = JSON.stringify([...paths]);
  const last = lastRuns.get(plan);
  if (last?.wanted === wanted) return last.run;
  const run = stepsNeeded(plan, paths, false);
  lastRuns.set(plan, { wanted, run });
  return run;
}

/**
 * @param path prefix of paths inside this plan
 * @param ends whether the plan's outputs are needed
 */
function stepsNeeded(plan: Plan, wanted: ReadonlySet<string>, ends: boolean, path = ''): Run {
  const tensors = new Set(ends ? plan.outputs : []);
  const steps: Run['steps'] = [];
  for (const step of plan.steps.toReversed()) {
    const here = path + step.path;
    const used = wanted.has(here) || step.makes.some((id) => tensors.has(id));
    const run = step.inner && stepsNeeded(step.inner, wanted, used, `${here}/`);
    if (!used && !run?.steps.length) continue;
    for (const id of step.takes) tensors.add(id);
    steps.push({ ...step, path: here, keep: wanted.has(here), run });
  }
  const outputs = ends ? plan.outputs : [];
  const uses = new Map<number, number>();
  for (const id of [...steps.flatMap(({ takes }) => takes), ...outputs])
    uses.set(id, (uses.get(id) ?? 0) + 1);
  const clean = steps.every(({ layer, run }) => (run ? run.clean : isInput(layer) || cleansUp(layer)));
  return { ...plan, steps: steps.reverse(), outputs, uses, clean };
}

/** Number of layers that it runs, including those of nested models. */
export const sizeOf = ({ steps }: Run): number =>
  steps.reduce((sum, { run }) => sum + (run ? sizeOf(run) : 1), 0);
