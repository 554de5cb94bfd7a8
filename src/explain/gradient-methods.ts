import { inParts } from '../progress';
import type { Tensor } from '../tensorflow/types';
import {
  type Attribution,
  baselineValues,
  type SaliencyRequest,
  type ScoredTarget,
  scoreOfEach,
  scoreTarget,
  withInput,
} from './attribution';
import { inputGradient, scoresOf } from './input-gradient';
import { pictureTensor } from './picture-tensor';
import { normals, uniform } from './random';
import { targetWeights } from './target-weights';

/** The methods of `saliency` that take gradients at the input. */

/**
 * The gradient itself, or that of guided backpropagation.
 *
 * @throws {RangeError} when guided, and no ReLU is on the way
 */
export async function plainGradient(request: SaliencyRequest, guided: boolean): Promise<Attribution> {
  const { tf, scored, inputs, at, x, target, labels } = request;
  if (guided) checkRelu(request);
  const shape = shapeOfScores(request);
  const explain = (scores: Float32Array) => targetWeights(scored, target, labels, scores, shape!);
  // An explicit class of a classifier needs no prediction before.
  const isKnown = shape && target.index !== undefined && shape.slice(1, -1).every((size) => size === 1);
  const { weights, explained }: Pick<ScoredTarget, 'weights'> & Partial<ScoredTarget> = isKnown
    ? { weights: { data: explain(new Float32Array(shape.reduce((a, b) => a * b, 1))).weights, shape } }
    : scoreTarget(request);
  const { gradient, scores } = inputGradient(tf, scored, inputs, at, weights, guided);
  return { data: gradient, explained: explained ?? explain(scores).explained };

  function shapeOfScores({ scored }: SaliencyRequest): number[] | undefined {
    const index = scored.plan.outputs.indexOf(scored.output);
    const sizes = scored.model.outputs[index]!.shape.slice(1);
    return sizes.every((size) => size !== null) ? [x.shape[0]!, ...(sizes as number[])] : undefined;
  }
}

function checkRelu({ scored }: SaliencyRequest): void {
  const text = JSON.stringify(scored.nodes.map(({ layer }) => [layer.getClassName(), layer.getConfig()]));
  if (/relu6?"/i.test(text)) return;
  throw new RangeError(
    "Cannot compute guided gradients: no layer of the model has a ReLU, so they would be the plain ones. Use method 'gradient'.",
  );
}

/** The mean gradient of noisy copies. */
export async function smoothGradient(request: SaliencyRequest): Promise<Attribution> {
  const { tf, scored, at, x, options } = request;
  const { samples = 25, noise = 0.15, seed = 1 } = options;
  const { weights, explained } = scoreTarget(request);
  const values = Array.from(x.dataSync());
  const deviation =
    noise * (values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b)));
  const next = uniform(seed);
  const sum = new Float64Array(x.size);
  await inParts('smooth gradient', samples, () => {
    const added = normals(next, x.size, deviation);
    const noisy = tf.tensor(
      added.map((one, i) => one + values[i]!),
      x.shape,
    );
    try {
      add(sum, inputGradient(tf, scored, withInput(request, noisy), at, weights).gradient);
    } finally {
      noisy.dispose();
    }
  });
  return { data: Float32Array.from(sum, (total) => total / samples), explained };
}

/** Largest share by which the sum of integrated gradients may miss the score's difference without a word. */
const INCOMPLETE = 0.01;

/** The mean gradient at the middles of equal steps from the baseline, times the way. */
export async function integratedGradient(request: SaliencyRequest): Promise<Attribution> {
  const { tf, scored, at, x, options } = request;
  const { steps = 50 } = options;
  const { weights, explained, scores } = scoreTarget(request);
  const from = baselineValues(request, (picture) => pictureTensor(scored.model, picture));
  const values = x.dataSync();
  const size = from.length;
  const tensorAt = (share: number): Tensor => {
    const data = Float32Array.from(values, (value, i) => from[i % size]! + share * (value - from[i % size]!));
    return tf.tensor(data, x.shape);
  };
  const sum = new Float64Array(x.size);
  await inParts('integrated gradients', steps, (step) => {
    const between = tensorAt((step + 0.5) / steps);
    try {
      add(sum, inputGradient(tf, scored, withInput(request, between), at, weights).gradient);
    } finally {
      between.dispose();
    }
  });
  const data = Float32Array.from(sum, (total, i) => (total / steps) * (values[i]! - from[i % size]!));
  const start = tensorAt(0);
  const before = scoreOfEach(weights, scoresOf(tf, scored, withInput(request, start)).data);
  start.dispose();
  const expected = scoreOfEach(weights, scores).map((score, sample) => score - before[sample]!);
  sayIncomplete(data, expected, steps);
  return { data, explained };
}

function sayIncomplete(data: Float32Array, expected: Float64Array, steps: number): void {
  const size = data.length / expected.length;
  for (const [sample, change] of expected.entries()) {
    const sum = data.subarray(sample * size, (sample + 1) * size).reduce((total, value) => total + value, 0);
    const off = Math.abs(sum - change) / Math.abs(change);
    if (!(off > INCOMPLETE)) continue;
    console.warn(
      `The integrated gradients add up to ${sum.toPrecision(4)}, and the score changes by ${change.toPrecision(4)} from the baseline: ${steps} steps are too few. Give more with { steps: ${steps * 4} }.`,
    );
  }
}

function add(sum: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}
