import type * as tfl from '@tensorflow/tfjs-layers';
import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import { type Call, type Dialect, type GraphSpec, type LayerSpec, refsIn, TensorRef } from '../file/graph';
import { shapesText } from '../model';
import type { BuildContext } from './context';

/** Nested models: how they are called, numbered and checked. */

/** TensorFlow.js treats a scalar's shape as missing, so a nested model with a scalar inside keeps its first output shape. */
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

/** @throws {ModelError} when a Keras 2 model is called both with training and without: its layers exist once */
export function trainingIn({ name, calls }: LayerSpec, { training, dialect }: BuildContext): boolean {
  const [first = Boolean(training), ...others] = calls.map(({ kwargs }) =>
    Boolean(kwargs['training'] ?? training),
  );
  if (dialect === 3 || others.every((other) => other === first)) return first;
  throw new ModelError(
    `the model "${name}" is called with training=True and without, which is not supported. Build it without training.`,
  );
}

/** Keras 3 refuses an input of another size; Keras 2 only warns about sizes, and refuses other ranks. */
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
        `the model "${spec.name}" needs an input of shape ${shapesText([shape])} and gets one of ${shapesText([given])}. Save it again with model.save().`,
      );
    }
  }
}

/**
 * Corrects the node indices of nested models. Building a nested model makes an extra node, which is not in the file's
 * list of calls. Keras 3 counts that node for functional models, and only in the outer model's outputs. Keras 2 counts
 * it everywhere, but not for every Sequential; an index that is too high shows that it was counted.
 *
 * @returns functions that correct references in calls and in the model's outputs
 */
export function callIndices(graph: GraphSpec, dialect: Dialect) {
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

/** The arguments of a call, named ones in the order of the model's inputs. */
function inOrder({ inner }: LayerSpec, args: unknown[]): unknown[] {
  const [named] = args;
  const names = inner?.inputNames;
  return names && isObject(named) ? [names.map((name) => named[name]), ...args.slice(1)] : args;
}

/** The layers that Keras 3 adds to a graph for the masks of Embedding and Masking. */
export function maskingIn(graph: GraphSpec): ReadonlySet<string> {
  const made = graph.layers.filter(({ className }) => className === 'NotEqual' || className === 'Any');
  return new Set(made.map(({ name }) => name));
}

/**
 * The input tensors of a call of a model, also inside a TimeDistributed. A mask that Keras 3 lists as an argument is
 * skipped if the preceding layers compute it: it is propagated with its tensor.
 *
 * @throws {ModelError} when it is called with extra arguments
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
    `the model "${spec.name}" is called with extra arguments (${Object.keys(kwargs).join(', ')}), which is not supported. Build it without them.`,
  );
}
