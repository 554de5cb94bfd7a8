import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import { isObject } from '../../is-object';
import { type Call, type Dialect, type GraphSpec, type LayerSpec, refsIn, TensorRef } from '../file/graph';
import { shapesText } from '../model';
import type { BuildContext } from './context';

/** What is special about a model inside another: how it is called, counted and checked. */

/** TensorFlow.js takes the shape of a scalar for none: a nested model with one inside declares what it did at first. */
export function allowScalars(model: tfl.LayersModel): void {
  const { nodesByDepth } = model as unknown as {
    nodesByDepth: Record<string, { outputTensors: tfl.SymbolicTensor[] }[]>;
  };
  const tensors = Object.values(nodesByDepth ?? {}).flatMap((nodes) =>
    nodes.flatMap((node) => node.outputTensors),
  );
  if (tensors.every(({ shape }) => shape.length > 0)) return;
  const shapes = model.outputs.map(({ shape }) => shape);
  model.computeOutputShape = () => (shapes.length === 1 ? shapes[0]! : shapes);
}

/** @throws {ModelError} when a model of Keras 2 is called to train and otherwise: its layers exist once */
export function trainingIn({ name, calls }: LayerSpec, { training, dialect }: BuildContext): boolean {
  const [first = Boolean(training), ...others] = calls.map(({ kwargs }) =>
    Boolean(kwargs['training'] ?? training),
  );
  if (dialect === 3 || others.every((other) => other === first)) return first;
  throw new ModelError(
    `the model "${name}" is called with training and without, which convlens does not know. Build it without.`,
  );
}

/** Keras 3 refuses a nested model whose input is of another size; Keras 2 only warns, and refuses other ranks. */
export function checkNested(
  layer: tfl.layers.Layer,
  inputs: tfl.SymbolicTensor[],
  spec: LayerSpec,
  { dialect }: BuildContext,
): void {
  if (!spec.inner) return;
  for (const [i, { shape }] of (layer as tfl.LayersModel).inputs.entries()) {
    const given = inputs[i]?.shape;
    if (!given) continue;
    const agree = (size: number | null, axis: number) =>
      dialect < 3 || axis === 0 || size === null || shape[axis] === null || size === shape[axis];
    if (given.length !== shape.length || !given.every(agree)) {
      throw new ModelError(
        `the model "${spec.name}" is made for an input of shape ${shapesText([shape])} and gets one of ${shapesText([given])}. Save it again with model.save().`,
      );
    }
  }
}

/**
 * The numbers of a nested model's calls as the file counts them, where the making of the model is a call of its own
 * that is left out. Keras 3 counts it for models of the functional kind, and only where it names the outer model's
 * outputs. Keras 2 counts it everywhere, but not for every Sequential; as each call in a file is used, a number too
 * high shows it.
 *
 * @returns the references as the list of calls has them: those of calls, and those of the model's ends
 */
export function counted(graph: GraphSpec, dialect: Dialect) {
  const nested = graph.layers.filter(({ inner }) => inner);
  const from = (names: Set<string>) => (ref: TensorRef) =>
    names.has(ref.layer) ? new TensorRef(ref.layer, ref.call - 1, ref.output) : ref;
  if (dialect === 3) {
    const functional = nested.filter(({ inner }) => !inner!.sequential).map(({ name }) => name);
    return { ref: from(new Set()), end: from(new Set(functional)) };
  }
  const calls = new Map(nested.map((spec) => [spec.name, spec.calls.length]));
  const refs = refsIn([
    graph.outputs,
    graph.layers.map(({ calls }) => calls.map(({ args, kwargs }) => [args, kwargs])),
  ]);
  const high = refs.filter(({ layer, call }) => call >= (calls.get(layer) ?? Number.POSITIVE_INFINITY));
  const shifted = from(new Set(high.map(({ layer }) => layer)));
  return { ref: shifted, end: shifted };
}

/** The arguments of a call; those that a model gets by name in the order of its inputs. */
function inOrder({ inner }: LayerSpec, args: unknown[]): unknown[] {
  const [named] = args;
  const names = inner?.inputNames;
  return names && isObject(named) ? [names.map((name) => named[name]), ...args.slice(1)] : args;
}

/** The layers that Keras 3 puts into a graph for the masks of an Embedding and a Masking. */
export function maskingIn(graph: GraphSpec): ReadonlySet<string> {
  const made = graph.layers.filter(({ className }) => className === 'NotEqual' || className === 'Any');
  return new Set(made.map(({ name }) => name));
}

/**
 * The tensors that a model, also one inside a TimeDistributed, is called with. The mask of what it gets goes into it
 * with that: Keras 3 names it, where the layers before make it.
 *
 * @throws {ModelError} when it is called with more than its inputs
 */
export function inputsOfModel(
  spec: LayerSpec,
  { args, kwargs }: Call,
  masking: ReadonlySet<string>,
): TensorRef[] {
  const { mask, ...others } = kwargs;
  const isOwn = refsIn(mask).every(({ layer }) => masking.has(layer));
  if (isOwn && !refsIn(others).length) return refsIn(inOrder(spec, args));
  throw new ModelError(
    `the model "${spec.name}" is called with more than its inputs (${Object.keys(kwargs).join(', ')}), which convlens does not know. Build it without.`,
  );
}
