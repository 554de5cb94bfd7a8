import { checkKinds } from '../checks/check-kinds';
import type { Model } from '../keras/model';
import { checkInputs, checkModel } from '../keras/run/check-inputs';
import { type Input, inputTensors } from '../keras/run/inputs';
import { ready, tf as tensorflow } from '../tensorflow/running';
import type { Tensor } from '../tensorflow/types';
import type { Attribution, SaliencyRequest } from './attribution';
import { type Explanation, explanationOf } from './explanation';
import { integratedGradient, plainGradient, smoothGradient } from './gradient-methods';
import { occlusion } from './occlusion';
import type { SaliencyOptions } from './saliency-options';
import { scoredModel } from './scored-model';
import { targetChoice } from './target';

const KINDS = {
  method: 'string',
  reduce: 'string',
  samples: 'number',
  noise: 'number',
  seed: 'number',
  steps: 'number',
  window: 'number',
  stride: 'number',
  target: 'any',
  labels: 'any',
  baseline: 'any',
} as const;

const METHODS: Record<string, (request: SaliencyRequest) => Promise<Attribution>> = {
  gradient: (request) => plainGradient(request, false),
  guided: (request) => plainGradient(request, true),
  smooth: smoothGradient,
  integrated: integratedGradient,
  occlusion,
};

/** Which methods a setting is of. */
const NEEDS: Record<string, readonly string[]> = {
  samples: ['smooth'],
  noise: ['smooth'],
  seed: ['smooth'],
  steps: ['integrated'],
  baseline: ['integrated', 'occlusion'],
  window: ['occlusion'],
  stride: ['occlusion'],
};

/**
 * Which pixels of a picture a class's score depends on. It explains the score before the softmax or sigmoid at the
 * model's end.
 *
 * @param model as `loadModel` returns it
 * @param input a picture, which is preprocessed as the model needs it, or a tensor, batch first; a list of them for
 *   several inputs, of which the first with four axes is explained; not changed
 * @param options which class, which method, and its settings
 * @returns [batch, height, width, 1], the largest magnitude over the channels, or with `reduce: 'none'` values of the
 *   input's shape; `explained` says which class, and with which score
 * @throws {TypeError} when an input is not a tensor or picture, or an option is unknown
 * @throws {RangeError} when the class, output or method does not exist, or a setting is out of range
 * @throws {ModelError} when a layer has no gradient, which is named, or fails on its input
 * @example
 * const why = await saliency(model, img, { labels: ['cat', 'dog'] });
 * matshow(why, { cmap: 'magma' });
 */
export async function saliency(
  model: Model,
  input: Input | readonly Input[],
  options: SaliencyOptions = {},
): Promise<Explanation> {
  checkKinds('compute saliency', options, KINDS);
  checkModel('compute saliency', model);
  const { method = 'gradient', labels, reduce = 'max' } = options;
  checkSettings(method, reduce, options);
  const target = targetChoice(options.target);
  await ready();
  const tf = tensorflow();
  const { tensors, free } = inputTensors(model, Array.isArray(input) ? input : [input as Input]);
  try {
    checkInputs(model, tensors);
    const inputs = tensors as unknown as Tensor[];
    const scored = scoredModel(model, target.output);
    const at = Math.max(
      0,
      inputs.findIndex(({ shape }) => shape.length === 4),
    );
    const x = inputs[at]!;
    const name = model.inputs[at]!.name;
    const values = await METHODS[method]!({ tf, scored, inputs, at, x, target, labels, options });
    const channels = x.shape.at(-1)!;
    const { explained } = values;
    if (method === 'occlusion' || reduce === 'max') {
      const map = method === 'occlusion' ? values.data : largest(values.data, channels);
      return explanationOf(method, name, [...x.shape.slice(0, -1), 1], map, explained);
    }
    return explanationOf(method, name, x.shape.slice(), values.data, explained);
  } finally {
    free();
  }
}

/** The largest magnitude over the channels; NaN where one is NaN. */
function largest(values: Float32Array, channels: number): Float32Array {
  const map = new Float32Array(values.length / channels);
  for (let i = 0; i < values.length; i++) {
    const pixel = Math.floor(i / channels);
    map[pixel] = Math.max(map[pixel]!, Math.abs(values[i]!));
  }
  return map;
}

function checkSettings(method: string, reduce: string, options: SaliencyOptions): void {
  if (!Object.hasOwn(METHODS, method)) {
    const names = Object.keys(METHODS).map((name) => `'${name}'`);
    throw new RangeError(`Cannot compute saliency: method is '${method}'. Choose ${names.join(', ')}.`);
  }
  if (reduce !== 'max' && reduce !== 'none') {
    throw new RangeError(`Cannot compute saliency: reduce is '${reduce}'. Choose 'max' or 'none'.`);
  }
  if (method === 'occlusion' && reduce === 'none') {
    throw new RangeError(
      "Cannot compute saliency: 'occlusion' hides all channels of a pixel at once. Leave reduce out.",
    );
  }
  for (const [name, methods] of Object.entries(NEEDS)) {
    if ((options as Record<string, unknown>)[name] === undefined || methods.includes(method)) continue;
    throw new RangeError(
      `Cannot compute saliency: ${name} is of ${methods.map((one) => `'${one}'`).join(' and ')}, and method is '${method}'. Leave it out.`,
    );
  }
  const least = { samples: 1, steps: 1, window: 1, stride: 1 };
  for (const [name, from] of Object.entries(least)) {
    const value = options[name as keyof typeof least];
    if (value === undefined || (Number.isInteger(value) && value >= from)) continue;
    throw new RangeError(`Cannot compute saliency: ${name} is ${value}. Give a whole number from ${from}.`);
  }
  const { noise = 0.15, seed = 1 } = options;
  if (!(noise > 0 && Number.isFinite(noise))) {
    throw new RangeError(`Cannot compute saliency: noise is ${noise}. Give a share above 0, such as 0.15.`);
  }
  if (!Number.isInteger(seed)) {
    throw new RangeError(`Cannot compute saliency: seed is ${seed}. Give a whole number.`);
  }
}
