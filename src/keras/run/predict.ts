import type * as tfc from '@tensorflow/tfjs-core';
import type { Activation } from '../../maps/activation';
import { ready, tf as tensorflow } from '../../tensorflow/running';
import type { Layer, Model, Shape, Tensor } from '../model';
import { type Input, inputTensors } from './inputs';
import { type Step, stepsOf } from './plan';
import { runModel } from './run';

/** Options of `predict`. */
export interface PredictOptions {
  /** Layers, their names (`outer/inner` inside a nested model) or indexes in `model.layers`. Default: every
   * layer whose output is a map, in the order in which they run. */
  layers?: readonly (Layer | string | number)[];
}

/**
 * Runs a model and returns what its layers make of an input. Asked for the same of a model of 16 layers or more
 * three times, native TensorFlow runs it as a graph from then on: faster, and other in the last digits.
 *
 * @param model as `loadModel` returns it
 * @param input a picture, which is preprocessed as the model wants it, or a tensor, batch first; a list of them for a
 *   model of several inputs; left as they are
 * @param options which layers; default every layer whose output is a map
 * @returns one activation for each layer asked for, in that order (several for a layer that runs several times)
 * @throws {TypeError} when an input is no tensor
 * @throws {RangeError} when a layer does not exist or a tensor's shape does not fit
 * @throws {ModelError} when a layer fails on what it is given
 * @example
 * const activations = await predict(model, imgTensor, { layers: model.layers.slice(0, 5) });
 */
export async function predict(
  model: Model,
  input: Input | readonly Input[],
  { layers }: PredictOptions = {},
): Promise<Activation[]> {
  await ready();
  const tf = tensorflow() as unknown as typeof tfc;
  const { tensors, free } = inputTensors(model, Array.isArray(input) ? input : [input as Input]);
  try {
    const inputs = tensors as unknown as tfc.Tensor[];
    checkInputs(model, tensors);
    const steps = stepsOf(model as never);
    const wanted = layers ? layers.map((layer) => find(model, steps, layer)) : [steps.filter(isMap)];
    const kept = await runModel(tf, model as never, inputs, new Set(wanted.flat().map(({ path }) => path)));
    return wanted.flat().flatMap(({ path }) => kept.get(path) ?? []);
  } finally {
    free();
  }
}

/** Neither what goes in nor what a TimeDistributed makes of it for the model inside. */
const NOT_SHOWN = ['InputLayer', 'StepsToBatch'];

function isMap({ shape, layer }: Step): boolean {
  return shape.length === 4 && !('layers' in layer) && !NOT_SHOWN.includes(layer.getClassName());
}

/** @throws {TypeError | RangeError} when the tensors are not what the model takes */
export function checkInputs(model: Model, inputs: readonly Tensor[]): void {
  if (inputs.length !== model.inputs.length) {
    throw new RangeError(
      `Cannot predict: the model has ${model.inputs.length} inputs and ${inputs.length} tensors were given. Give one for each: ${model.inputs.map(({ name }) => name).join(', ')}.`,
    );
  }
  model.inputs.forEach(({ name, shape }, i) => {
    const given = inputs[i]?.shape;
    if (!given)
      throw new TypeError(`Cannot predict: input "${name}" is no tensor. Give one, as from toTensor().`);
    if (given.length !== shape.length || shape.some((size, axis) => size !== null && size !== given[axis])) {
      throw new RangeError(
        `Cannot predict: input "${name}" needs shape ${shapeText(shape)} and the tensor has ${shapeText(given)}. Load the picture with that targetSize.`,
      );
    }
  });
}

function shapeText(shape: Shape): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}

function find(model: Model, steps: Step[], wanted: Layer | string | number): Step[] {
  if (typeof wanted === 'number') {
    const count = model.layers.length;
    const layer = Number.isInteger(wanted) ? model.layers.at(wanted) : undefined;
    if (!layer) {
      throw new RangeError(
        `Cannot predict: there is no layer ${wanted}. The model has layers 0 to ${count - 1}.`,
      );
    }
    return find(model, steps, layer);
  }
  const found = steps.filter((step) =>
    typeof wanted === 'string' ? step.name === wanted : (step.layer as unknown) === wanted,
  );
  if (found.length) return found;
  const name = typeof wanted === 'string' ? wanted : wanted?.name;
  const near = nearest(
    String(name),
    steps.map((step) => step.name),
  );
  throw new RangeError(
    `Cannot predict: the model has no layer "${name}".${near ? ` Did you mean "${near}"?` : ''} Use a name that summary(model) lists.`,
  );
}

/** The candidate with the fewest letters to insert, delete or replace (Levenshtein's distance). */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    let row = Array.from({ length: candidate.length + 1 }, (_, i) => i);
    for (let i = 1; i <= word.length; i++) {
      const next = [i];
      for (let j = 1; j <= candidate.length; j++) {
        const replaced = row[j - 1]! + (word[i - 1] === candidate[j - 1] ? 0 : 1);
        next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, replaced);
      }
      row = next;
    }
    if (row[candidate.length]! < least) [best, least] = [candidate, row[candidate.length]!];
  }
  return best;
}
