import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors';
import { isObject } from '../is-object';
import { shapeOf } from './config';
import { type Call, type Dialect, type GraphSpec, type LayerSpec, refsIn, TensorRef } from './graph';
import { createLayer } from './layers/create';
import type { LayerDefinition, Tf, TfLayers } from './layers/definition';
import { shapesText, makeLayer as wrapDefinition } from './layers/make';
import { BatchToSteps, StepsToBatch } from './layers/wrappers';
import type { Shape } from './model';

/** What `build` needs to know beside the graph. */
export interface BuildContext {
  tf: Tf;
  layers: TfLayers;
  dialect: Dialect;
  /** What a call of the model that the layers are in says of training; a layer's own call counts more. */
  training?: boolean;
  /** Filled with each layer that was made, by its place in the configuration. */
  made: Map<LayerSpec, tfl.layers.Layer>;
}

/**
 * Makes a model of TensorFlow.js of a graph: its layers, connected, without the weights' values.
 *
 * @throws {ModelError} when a layer is unknown or refused, an input is missing, or the graph has a circle
 */
export function buildModel(graph: GraphSpec, context: BuildContext): tfl.LayersModel {
  return graph.sequential ? buildSequential(graph, context) : buildFunctional(graph, context);
}

/** @param inputs what it is connected to at first */
function makeLayer(
  spec: LayerSpec,
  inputs: readonly tfl.SymbolicTensor[],
  context: BuildContext,
): tfl.layers.Layer {
  const within = () => ({ ...context, training: trainingIn(spec, context) });
  const layer = spec.inner
    ? buildModel(spec.inner, within())
    : spec.each
      ? buildEach(spec, spec.each, inputs, within())
      : createLayer(spec, context);
  if (spec.inner) layer.name = spec.name;
  // What Keras calls it, where TensorFlow.js says Model.
  if (spec.inner && !spec.inner.sequential) layer.getClassName = () => 'Functional';
  if (spec.each) layer.getClassName = () => spec.className;
  if (spec.inner || spec.each) allowScalars(layer as tfl.LayersModel);
  context.made.set(spec, layer);
  return layer;
}

/** TensorFlow.js takes the shape of a scalar for none: a nested model with one inside declares what it did at first. */
function allowScalars(model: tfl.LayersModel): void {
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

/** A model that makes one batch of all steps of a sequence, applies another model to it and makes a sequence again. */
function buildEach(
  { name }: LayerSpec,
  each: LayerSpec,
  [sequence]: readonly tfl.SymbolicTensor[],
  context: BuildContext,
): tfl.LayersModel {
  const { tf, layers, dialect } = context;
  const part = (className: string, definition: LayerDefinition, suffix: string) =>
    wrapDefinition(tf, layers, className, definition, { name: `${name}_${suffix}` }, dialect);
  const whole = layers.input({ batchShape: sequence!.shape });
  const steps = part('StepsToBatch', StepsToBatch, 'steps').apply(whole) as tfl.SymbolicTensor;
  const model = makeLayer(each, [steps], context);
  const outputs = connect(model, [steps], each, context);
  if (outputs.length !== 1) {
    throw new ModelError(
      `the model "${each.name}" inside of "${name}" has ${outputs.length} outputs, of which TimeDistributed takes one.`,
    );
  }
  const again = part('BatchToSteps', BatchToSteps, 'sequence').apply([outputs[0]!, whole]);
  return new layers.LayersModel({ inputs: whole, outputs: again as tfl.SymbolicTensor, name });
}

/** @throws {ModelError} when a model of Keras 2 is called to train and otherwise: its layers exist once */
function trainingIn({ name, calls }: LayerSpec, { training, dialect }: BuildContext): boolean {
  const [first = Boolean(training), ...others] = calls.map(({ kwargs }) =>
    Boolean(kwargs['training'] ?? training),
  );
  if (dialect === 3 || others.every((other) => other === first)) return first;
  throw new ModelError(
    `the model "${name}" is called with training and without, which convlens does not know. Build it without.`,
  );
}

/** Keras 3 refuses a nested model whose input is of another size; Keras 2 only warns, and refuses other ranks. */
function checkNested(
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
 * Keeps what a layer gets twice until a prediction ends: TensorFlow.js counts it as taken once, and so frees it before
 * the layers that take it later.
 */
function keepRepeated(inputs: readonly tfl.SymbolicTensor[]): void {
  for (const [i, input] of inputs.entries()) {
    // What a stateful layer makes is not freed early.
    if (inputs.indexOf(input) < i) Object.defineProperty(input.sourceLayer, 'stateful', { value: true });
  }
}

function connect(
  layer: tfl.layers.Layer,
  inputs: tfl.SymbolicTensor[],
  spec: LayerSpec,
  context: BuildContext,
): tfl.SymbolicTensor[] {
  checkNested(layer, inputs, spec, context);
  keepRepeated(inputs);
  try {
    const outputs = layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as
      | tfl.SymbolicTensor
      | tfl.SymbolicTensor[];
    return Array.isArray(outputs) ? outputs : [outputs];
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    throw new ModelError(
      `layer "${spec.name}" (${spec.className}) does not fit what it is connected to: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function batchShape(spec: LayerSpec | undefined): Shape | undefined {
  if (!spec) return undefined;
  const { config } = spec;
  const own = shapeOf(config['batch_shape']) ?? shapeOf(config['batch_input_shape']);
  if (own || !spec.inner) return own;
  return spec.inner.inputShape ?? batchShape(spec.inner.layers[0]);
}

function buildSequential(graph: GraphSpec, context: BuildContext): tfl.LayersModel {
  const { layers: tfLayers } = context;
  const first = graph.layers[0];
  const shape = batchShape(first) ?? graph.inputShape;
  if (!shape) {
    throw new ModelError(
      `Sequential "${graph.name}" was saved before it knew its input's shape. Start it with keras.Input(shape) or call it once, and save it again.`,
    );
  }
  const model = tfLayers.sequential({ name: graph.name });
  const explicit = first?.className === 'InputLayer';
  model.add(
    tfLayers.layers.inputLayer({
      batchInputShape: shape,
      name: explicit ? first.name : `${graph.name}_input`,
    }),
  );
  for (const spec of graph.layers) {
    if (spec.className === 'InputLayer') continue;
    const layer = makeLayer(spec, model.outputs, context);
    checkNested(layer, model.outputs, spec, context);
    try {
      model.add(layer);
    } catch (cause) {
      if (cause instanceof ModelError) throw cause;
      throw new ModelError(
        `layer "${spec.name}" (${spec.className}) does not fit: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
  }
  // As in Keras, a Sequential's input is not among its layers.
  model.layers.splice(0, 1);
  model.build();
  return model;
}

/**
 * The numbers of a nested model's calls as the file counts them, where the making of the model is a call of its own
 * that is left out. Keras 3 counts it for models of the functional kind, and only where it names the outer model's
 * outputs. Keras 2 counts it everywhere, but not for every Sequential; as each call in a file is used, a number too
 * high shows it.
 *
 * @returns the references as the list of calls has them: those of calls, and those of the model's ends
 */
function counted(graph: GraphSpec, dialect: Dialect) {
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

function buildFunctional(graph: GraphSpec, context: BuildContext): tfl.LayersModel {
  const numbers = counted(graph, context.dialect);
  const tensors = new Map<string, tfl.SymbolicTensor>();
  const layers = new Map<string, tfl.layers.Layer>();
  const shapes = new Map<string, number>();
  // A call waits under the first tensor it lacks, so that each is looked at once for each of its inputs.
  const waiting = new Map<string, [LayerSpec, Call, number][]>();
  const ready: [LayerSpec, Call, number][] = [];

  const settle = (key: string, tensor: tfl.SymbolicTensor) => {
    tensors.set(key, tensor);
    ready.push(...(waiting.get(key) ?? []));
    waiting.delete(key);
  };

  // What Keras 3 puts into the graph for an Embedding and a Masking.
  const masking = new Set(
    graph.layers.filter(({ className }) => ['NotEqual', 'Any'].includes(className)).map(({ name }) => name),
  );
  let calls = 0;
  for (const spec of graph.layers) {
    if (spec.className === 'InputLayer') {
      const shape = batchShape(spec);
      if (!shape) throw new ModelError(`input "${spec.name}" has no shape.`);
      const dtype =
        spec.config['dtype'] === 'int32' || spec.config['dtype'] === 'int64' ? 'int32' : 'float32';
      const input = context.layers.input({ batchShape: shape, name: spec.name, dtype });
      context.made.set(spec, input.sourceLayer);
      settle(JSON.stringify([spec.name, 0, 0]), input);
      continue;
    }
    spec.calls.forEach((call, index) => {
      calls++;
      ready.push([spec, call, index]);
    });
  }

  for (let next = 0; next < ready.length; next++) {
    const [spec, call, index] = ready[next]!;
    // The mask of what it gets goes into the model with it: Keras 3 names it, where the layers before make it.
    const isModel = spec.inner || spec.each;
    const { mask, ...kwargs } = call.kwargs;
    const ownMask = isModel && refsIn(mask).every(({ layer }) => masking.has(layer));
    if (isModel && refsIn(ownMask ? kwargs : call.kwargs).length) {
      const names = Object.keys(call.kwargs).join(', ');
      throw new ModelError(
        `the model "${spec.name}" is called with more than its inputs (${names}), which convlens does not know. Build it without.`,
      );
    }
    const refs = refsIn([inOrder(spec, call.args), isModel ? kwargs : call.kwargs]).map(numbers.ref);
    const missing = refs.find((ref) => !tensors.has(ref.key));
    if (missing) {
      waiting.set(missing.key, [...(waiting.get(missing.key) ?? []), [spec, call, index]]);
      continue;
    }
    if (refs.length === 0) throw new ModelError(`layer "${spec.name}" has no inputs.`);
    // Calls of a shared layer keep their order: the number of a call is part of its outputs' names.
    if ((shapes.get(spec.name) ?? 0) !== index) {
      ready.push([spec, call, index]);
      if (ready.length > calls * 50 + 1000) throw new ModelError('its graph runs in a circle.');
      continue;
    }
    shapes.set(spec.name, index + 1);
    const inputs = refs.map((ref) => tensors.get(ref.key)!);
    let layer = layers.get(spec.name);
    if (!layer) {
      layer = makeLayer(spec, inputs, context);
      layers.set(spec.name, layer);
    }
    connect(layer, inputs, spec, context).forEach((tensor, output) => {
      settle(JSON.stringify([spec.name, index, output]), tensor);
    });
  }
  for (const [[spec]] of waiting.values() as Iterable<[[LayerSpec]]>) {
    throw new ModelError(
      `layer "${spec.name}" gets an input that nothing in the file makes, or its own output.`,
    );
  }

  const end = (ref: TensorRef) => {
    const tensor = tensors.get(numbers.end(ref).key);
    if (!tensor) throw new ModelError(`its output "${ref.layer}" is not in the file.`);
    return tensor;
  };
  const inputs = graph.inputs.map(end);
  const outputs = graph.outputs.map(end);
  if (!inputs.length || !outputs.length) throw new ModelError('it has no inputs or no outputs.');
  return new context.layers.LayersModel({ inputs, outputs, name: graph.name });
}
