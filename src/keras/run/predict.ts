import type * as tfc from '@tensorflow/tfjs-core';
import { checkOptions } from '../../checks/check-options';
import { withFace } from '../../face';
import type { Activation } from '../../maps/activation';
import { ready, tf as tensorflow } from '../../tensorflow/running';
import type { LayerChoice, Model } from '../model';
import { checkInputs, checkModel } from './check-inputs';
import { chooseLayers } from './choose-layers';
import { type Input, inputTensors } from './inputs';
import { type Step, stepsOf } from './plan';
import { runModel } from './run';

/** Options of `predict`. */
export interface PredictOptions {
  /** One or several layers: objects, names (`outer/inner` inside a nested model), indexes in `model.layers` or a
   * RegExp of names. Default: every layer with spatial or time axes in its output, in the order in which they run. */
  layers?: LayerChoice | readonly LayerChoice[];
  /** One or several of Keras's class names, such as `Conv2D`: every layer of these, or of `layers` those of these. */
  types?: string | readonly string[];
}

/**
 * Runs a model and returns the activations of its layers. From the third identical request on, native TensorFlow runs
 * a model of 16 layers or more as one graph: that is faster, and may change the last digits.
 *
 * @param model as `loadModel` returns it
 * @param input a picture, which is preprocessed as the model needs it, or a tensor, batch first; a list of them for
 *   several inputs; not changed
 * @param options which layers; default every layer with spatial or time axes. An InputLayer returns the input
 * @returns one activation per requested layer, in that order (several for a layer that runs several times)
 * @throws {TypeError} when an input is not a tensor, the model or a tensor has been disposed, or an option is unknown
 * @throws {RangeError} when a layer does not exist or a tensor's shape does not fit
 * @throws {ModelError} when a layer fails on its input, or the activations do not fit into memory
 * @example
 * const activations = await predict(model, imgTensor, { layers: model.layers.slice(0, 5) });
 */
export async function predict(
  model: Model,
  input: Input | readonly Input[],
  options: PredictOptions = {},
): Promise<Activation[]> {
  checkOptions('predict', options, ['layers', 'types']);
  checkModel('predict', model);
  await ready();
  const tf = tensorflow() as unknown as typeof tfc;
  const { tensors, free } = inputTensors(model, Array.isArray(input) ? input : [input as Input]);
  try {
    const inputs = tensors as unknown as tfc.Tensor[];
    checkInputs(model, tensors);
    const steps = stepsOf(model as never);
    const wanted = chooseLayers(model, steps, options.layers, options.types);
    const made = wanted.filter((step) => inputOf(model, step) < 0);
    const kept = made.length
      ? await runModel(tf, model as never, inputs, made)
      : new Map<string, Activation[]>();
    for (const step of wanted) {
      const at = inputOf(model, step);
      if (at >= 0) kept.set(step.path, [await inputActivation(step.name, inputs[at]!)]);
    }
    return withFace(
      'activations',
      wanted.flatMap(({ path }) => kept.get(path) ?? []),
    );
  } finally {
    free();
  }
}

/** The input that an InputLayer of the outer model returns; those of nested models run as layers. */
function inputOf(model: Model, { layer }: Step): number {
  const { inputLayers = [] } = model as unknown as { inputLayers?: unknown[] };
  return layer.getClassName() === 'InputLayer' ? inputLayers.indexOf(layer) : -1;
}

async function inputActivation(layer: string, tensor: tfc.Tensor): Promise<Activation> {
  const data = Float32Array.from(await tensor.data());
  return withFace('activation', { layer, type: 'InputLayer', shape: tensor.shape.slice(), data });
}
