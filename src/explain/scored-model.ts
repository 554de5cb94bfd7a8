import { cleansUp } from '../keras/layers/make';
import type { Model } from '../keras/model';
import { outputIndex } from '../keras/run/answer';
import { callLayer, copy, drop, type Value } from '../keras/run/call-layer';
import { type FinalActivation, finalActivationOf } from '../keras/run/final-activation';
import { type FlatNode, type FlatPlan, flatPlanOf, nodesFor, splitAt } from '../keras/run/flat-plan';
import type { Tensor, Tf } from '../tensorflow/types';

/** A model up to one of its outputs, before the softmax or sigmoid at its end: its scores. */
export interface ScoredModel {
  model: Model;
  plan: FlatPlan;
  /** The layers that the scores need. */
  nodes: readonly FlatNode[];
  /** The output's tensor and name. */
  output: number;
  name: string;
  /** The activation that is left out; undefined if there is none. */
  final?: FinalActivation;
}

/**
 * @param output its number or name; needed when there are several
 * @throws {RangeError} when there are several outputs and none is chosen, or there is no such output
 */
export function scoredModel(model: Model, output?: string | number): ScoredModel {
  const at = outputIndex(model, output);
  const plan = flatPlanOf(model as never);
  const id = plan.outputs[at]!;
  const final = finalActivationOf(plan, id);
  return {
    model,
    plan,
    nodes: nodesFor(plan, [id]),
    output: id,
    name: plan.nodes.find(({ makes }) => makes.includes(id))?.name ?? model.outputs[at]!.name,
    final: final && (final.alone || final.without) ? final : undefined,
  };
}

/** A scored model, cut at one of its tensors. */
export interface Cut {
  scored: ScoredModel;
  /** The tensor where it is cut. */
  at: number;
  /** The layers that do not depend on it, and those that do. */
  before: readonly FlatNode[];
  behind: readonly FlatNode[];
  /** The tensors that those behind take from before, and the one at the cut. */
  border: readonly number[];
  /** Whether all layers leave exactly one tensor, so that TensorFlow can run them as a graph. */
  clean: boolean;
  /** What identifies each computation that may run as a graph. */
  graphs: Record<'forward' | 'gradient' | 'guided', object>;
}

const cuts = new WeakMap<object, Map<string, Cut>>();

/** @returns the same object for the same cut of a model */
export function cutAt(scored: ScoredModel, at: number): Cut {
  const known = cuts.get(scored.model) ?? new Map<string, Cut>();
  cuts.set(scored.model, known);
  const key = `${scored.output} ${at}`;
  const found = known.get(key);
  if (found) return found;
  const [before, behind] = splitAt(scored.nodes, [at]);
  const made = new Set(behind.flatMap(({ makes }) => makes));
  const taken = behind.flatMap(({ takes }) => takes).filter((id) => !made.has(id));
  const border = [...new Set([at, ...taken, ...(made.has(scored.output) ? [] : [scored.output])])];
  const needed = new Set(nodesFor(scored.plan, border));
  const clean = scored.nodes.every(({ layer }) => cleansUp(layer));
  const graphs = { forward: {}, gradient: {}, guided: {} };
  const cut = {
    scored,
    at,
    before: before.filter((node) => needed.has(node)),
    behind,
    border,
    clean,
    graphs,
  };
  known.set(key, cut);
  return cut;
}

/**
 * Runs layers, freeing each tensor after its last use.
 *
 * @param given values by tensor, which stay the caller's
 * @param wanted the tensors to return
 * @param watch is called with each layer's inputs, before it runs
 * @returns them in that order; the caller drops them
 */
export function runNodes(
  tf: Tf,
  { final }: ScoredModel,
  nodes: readonly FlatNode[],
  given: ReadonlyMap<number, Value>,
  wanted: readonly number[],
  watch?: (node: FlatNode, inputs: readonly Value[]) => void,
): Value[] {
  const uses = new Map<number, number>();
  for (const id of [...nodes.flatMap(({ takes }) => takes), ...wanted]) uses.set(id, (uses.get(id) ?? 0) + 1);
  const values = new Map<number, Value>();
  const valueAt = (id: number) => values.get(id) ?? given.get(id)!;
  try {
    for (const node of nodes) {
      const inputs = node.takes.map(valueAt);
      watch?.(node, inputs);
      const outputs =
        node === final?.node && final.alone
          ? [copy(inputs[0]!)]
          : callLayer(tf, node.layer, inputs, node.name, node === final?.node ? final.without : undefined);
      for (const [i, value] of outputs.entries()) values.set(node.makes[i]!, value);
      for (const id of node.makes) if (!uses.get(id)) drop(values, id);
      for (const id of node.takes) {
        uses.set(id, uses.get(id)! - 1);
        if (!uses.get(id)) drop(values, id);
      }
    }
    return wanted.map((id) => copy(valueAt(id)));
  } finally {
    for (const id of [...values.keys()]) drop(values, id);
  }
}

/** The inputs of a model as values by tensor. */
export function inputValues({ plan }: ScoredModel, inputs: readonly Tensor[]): Map<number, Value> {
  return new Map(plan.inputs.map((id, i): [number, Value] => [id, { tensor: inputs[i]! }]));
}
