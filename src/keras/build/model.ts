import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import { shapeOf } from '../file/config';
import { type Call, type GraphSpec, type LayerSpec, refsIn, type TensorRef } from '../file/graph';
import { allowAnyName, tensorName } from '../layers/any-name';
import type { LayerDefinition } from '../layers/definition';
import { makeLayer } from '../layers/make';
import { BatchToSteps, StepsToBatch } from '../layers/wrappers';
import type { Shape } from '../model';
import type { BuildContext } from './context';
import { keepDialect } from './dialect-of-layer';
import { createLayer } from './layer';
import { allowScalars, callIndices, checkNested, inputsOfModel, maskingIn, trainingIn } from './nested';

/**
 * Builds a TensorFlow.js model from a graph: connected layers, without the values of the weights.
 *
 * @throws {ModelError} when a layer is unknown or refused, an input is missing, or the graph has a cycle
 */
export function buildModel(graph: GraphSpec, context: BuildContext): tfl.LayersModel {
  return graph.sequential ? buildSequential(graph, context) : buildFunctional(graph, context);
}

/** @param inputs of its first call */
function buildLayer(
  spec: LayerSpec,
  inputs: readonly tfl.SymbolicTensor[],
  context: BuildContext,
): tfl.layers.Layer {
  const within = () => ({ ...context, training: trainingIn(spec, context) });
  const layer = spec.inner
    ? buildModel(spec.inner, within())
    : spec.stepModel
      ? buildTimeDistributed(spec, spec.stepModel, inputs, within())
      : createLayer(spec, context);
  if (spec.inner) layer.name = spec.name;
  // Keras's name for what TensorFlow.js calls Model.
  if (spec.inner && !spec.inner.sequential) layer.getClassName = () => 'Functional';
  if (spec.stepModel) layer.getClassName = () => spec.className;
  if (spec.inner || spec.stepModel) {
    allowScalars(layer as tfl.LayersModel);
    allowAnyName(layer);
  }
  keepDialect(layer, context.dialect);
  context.made.set(spec, layer);
  return layer;
}

/** Applies a model to each step of a sequence: all steps become one batch, and its outputs a sequence again. */
function buildTimeDistributed(
  { name }: LayerSpec,
  stepModel: LayerSpec,
  [sequence]: readonly tfl.SymbolicTensor[],
  context: BuildContext,
): tfl.LayersModel {
  const { tf, layers, dialect } = context;
  const part = (className: string, definition: LayerDefinition, suffix: string) =>
    makeLayer(tf, layers, className, definition, { name: `${name}_${suffix}` }, dialect);
  const whole = layers.input({ batchShape: sequence!.shape });
  const steps = part('StepsToBatch', StepsToBatch, 'steps').apply(whole) as tfl.SymbolicTensor;
  const model = buildLayer(stepModel, [steps], context);
  const outputs = connect(model, [steps], stepModel, context);
  if (outputs.length !== 1) {
    throw new ModelError(
      `the model "${stepModel.name}" inside of "${name}" has ${outputs.length} outputs, of which TimeDistributed takes one.`,
    );
  }
  const again = part('BatchToSteps', BatchToSteps, 'sequence').apply([outputs[0]!, whole]);
  return new layers.LayersModel({ inputs: whole, outputs: again as tfl.SymbolicTensor, name });
}

/**
 * Keeps a tensor that a layer takes twice until the prediction ends. TensorFlow.js counts it once, and would free it
 * before later layers use it.
 */
function keepRepeated(inputs: readonly tfl.SymbolicTensor[]): void {
  for (const [i, input] of inputs.entries()) {
    // Outputs of stateful layers are not freed early.
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
  const inputName = explicit ? first.name : `${graph.name}_input`;
  const input = tfLayers.layers.inputLayer({ batchInputShape: shape, name: tensorName(inputName) });
  input.name = inputName;
  model.add(input);
  for (const spec of graph.layers) {
    if (spec.className === 'InputLayer') continue;
    const layer = buildLayer(spec, model.outputs, context);
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

function buildFunctional(graph: GraphSpec, context: BuildContext): tfl.LayersModel {
  const numbers = callIndices(graph, context.dialect);
  const tensors = new Map<string, tfl.SymbolicTensor>();
  const layers = new Map<string, tfl.layers.Layer>();
  const shapes = new Map<string, number>();
  // A call waits for the first missing tensor, so that it is looked at once per input.
  const waiting = new Map<string, [LayerSpec, Call, number][]>();
  const ready: [LayerSpec, Call, number][] = [];

  const settle = (key: string, tensor: tfl.SymbolicTensor) => {
    tensors.set(key, tensor);
    ready.push(...(waiting.get(key) ?? []));
    waiting.delete(key);
  };

  const masking = maskingIn(graph);
  let calls = 0;
  for (const spec of graph.layers) {
    if (spec.className === 'InputLayer') {
      const shape = batchShape(spec);
      if (!shape) throw new ModelError(`input "${spec.name}" has no shape.`);
      const dtype =
        spec.config['dtype'] === 'int32' || spec.config['dtype'] === 'int64' ? 'int32' : 'float32';
      const input = context.layers.input({ batchShape: shape, name: tensorName(spec.name), dtype });
      input.sourceLayer.name = spec.name;
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
    const given =
      spec.inner || spec.stepModel ? inputsOfModel(spec, call, masking) : refsIn([call.args, call.kwargs]);
    const refs = given.map(numbers.ref);
    const missing = refs.find((ref) => !tensors.has(ref.key));
    if (missing) {
      waiting.set(missing.key, [...(waiting.get(missing.key) ?? []), [spec, call, index]]);
      continue;
    }
    if (refs.length === 0) throw new ModelError(`layer "${spec.name}" has no inputs.`);
    // Calls of a shared layer keep their order: a call's index is part of the names of its outputs.
    if ((shapes.get(spec.name) ?? 0) !== index) {
      ready.push([spec, call, index]);
      if (ready.length > calls * 50 + 1000) throw new ModelError('its graph has a cycle.');
      continue;
    }
    shapes.set(spec.name, index + 1);
    const inputs = refs.map((ref) => tensors.get(ref.key)!);
    let layer = layers.get(spec.name);
    if (!layer) {
      layer = buildLayer(spec, inputs, context);
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
