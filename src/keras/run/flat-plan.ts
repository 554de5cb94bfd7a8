import type * as tfl from '@tensorflow/tfjs-layers';
import type { Shape } from '../model';
import { type Container, isInput, type Plan, planOf } from './plan';

/** One run of one layer; nested models are inlined, so it is never a model. */
export interface FlatNode {
  /** Its own, such as `outer/inner:1`. */
  path: string;
  /** Shared by all runs of a layer. */
  name: string;
  layer: tfl.layers.Layer;
  shape: Shape;
  /** Ids of its input and output tensors. */
  takes: readonly number[];
  makes: readonly number[];
}

/** A model as one list of layers in order of execution. */
export interface FlatPlan {
  nodes: readonly FlatNode[];
  inputs: readonly number[];
  outputs: readonly number[];
  /** The output tensors of each step, by path; those of a nested model and of an InputLayer, too. */
  tensors: ReadonlyMap<string, readonly number[]>;
}

const plans = new WeakMap<object, FlatPlan>();

/** The layers of a model and of the models inside it. Cached per model. */
export function flatPlanOf(model: Container): FlatPlan {
  let flat = plans.get(model);
  if (!flat) {
    flat = flattened(planOf(model));
    plans.set(model, flat);
  }
  return flat;
}

function flattened(plan: Plan): FlatPlan {
  const nodes: FlatNode[] = [];
  const tensors = new Map<string, readonly number[]>();
  let count = 0;

  /** @param given the tensors of its inputs @returns those of its outputs */
  const visit = (part: Plan, given: readonly number[], path: string, name: string): number[] => {
    const ids = new Map(part.inputs.map((id, i): [number, number] => [id, given[i]!]));
    for (const step of part.steps) {
      const here = { path: path + step.path, name: name + step.name };
      const takes = step.takes.map((id) => ids.get(id)!);
      const makes = step.inner
        ? visit(step.inner, takes, `${here.path}/`, `${here.name}/`)
        : step.makes.map(() => count++);
      for (const [i, id] of step.makes.entries()) ids.set(id, makes[i]!);
      tensors.set(here.path, isInput(step.layer) ? takes : makes);
      if (step.inner || isInput(step.layer)) continue;
      nodes.push({ ...here, layer: step.layer, shape: step.shape, takes, makes });
    }
    return part.outputs.map((id) => ids.get(id)!);
  };

  const inputs = plan.inputs.map(() => count++);
  const outputs = visit(plan, inputs, '', '');
  return { nodes, inputs, outputs, tensors };
}

/** The nodes that some tensors depend on, in order of execution. */
export function nodesFor({ nodes }: FlatPlan, wanted: readonly number[]): FlatNode[] {
  const needed = new Set(wanted);
  return nodes
    .toReversed()
    .filter(({ takes, makes }) => {
      const isNeeded = makes.some((id) => needed.has(id));
      if (isNeeded) for (const id of takes) needed.add(id);
      return isNeeded;
    })
    .reverse();
}

/** Splits nodes into those that do not depend on some tensors, and those that do. */
export function splitAt(nodes: readonly FlatNode[], tensors: readonly number[]): [FlatNode[], FlatNode[]] {
  const after = new Set(tensors);
  const [before, behind]: [FlatNode[], FlatNode[]] = [[], []];
  for (const node of nodes) {
    // A node that makes one of the tensors runs before them, whatever it takes.
    const isBehind = node.takes.some((id) => after.has(id)) && !node.makes.some((id) => tensors.includes(id));
    (isBehind ? behind : before).push(node);
    if (isBehind) for (const id of node.makes) after.add(id);
  }
  return [before, behind];
}
