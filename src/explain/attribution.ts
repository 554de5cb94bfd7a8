import { valueName } from '../checks/value-name';
import type { Input } from '../keras/run/inputs';
import type { Labels } from '../keras/run/labels';
import type { Tensor, Tf } from '../tensorflow/types';
import { scoresOf } from './input-gradient';
import type { SaliencyOptions } from './saliency-options';
import type { ScoredModel } from './scored-model';
import type { Explained, TargetChoice } from './target';
import { targetWeights } from './target-weights';

/** What each method of `saliency` is given. */
export interface SaliencyRequest {
  tf: Tf;
  scored: ScoredModel;
  inputs: readonly Tensor[];
  /** Which input is explained. */
  at: number;
  x: Tensor;
  target: TargetChoice;
  labels: Labels | undefined;
  options: SaliencyOptions;
}

/** A number for each value of the input, or for each pixel of it. */
export interface Attribution {
  data: Float32Array;
  explained: Explained[];
}

/** A model's scores of the input, and the weights that make the explained number of them. */
export interface ScoredTarget {
  scores: Float32Array;
  weights: { data: Float32Array; shape: readonly number[] };
  explained: Explained[];
}

/** Runs the model once, and chooses what is explained. */
export function scoreTarget({ tf, scored, inputs, target, labels }: SaliencyRequest): ScoredTarget {
  const { data, shape } = scoresOf(tf, scored, inputs);
  const { weights, explained } = targetWeights(scored, target, labels, data, shape);
  return { scores: data, weights: { data: weights, shape }, explained };
}

/** The explained number of each sample of a batch. */
export function scoreOfEach({ data, shape }: ScoredTarget['weights'], scores: Float32Array): Float64Array {
  const size = data.length / shape[0]!;
  const sums = new Float64Array(shape[0]!);
  for (let i = 0; i < data.length; i++) if (data[i]) sums[Math.floor(i / size)]! += data[i]! * scores[i]!;
  return sums;
}

/** The inputs, with another tensor for the one that is explained. */
export const withInput = ({ inputs, at }: SaliencyRequest, x: Tensor): Tensor[] =>
  inputs.map((input, i) => (i === at ? x : input));

/**
 * A picture without information, as values of one sample of the explained input.
 *
 * @throws {TypeError} when it is no number, tensor or picture
 * @throws {RangeError} when it has another size
 */
export function baselineValues(
  { x, options }: SaliencyRequest,
  toTensor: (picture: Input) => Tensor,
): Float32Array {
  const { baseline = 0 } = options;
  const size = x.size / x.shape[0]!;
  if (typeof baseline === 'number') return new Float32Array(size).fill(baseline);
  const given = baseline as Partial<Tensor> & { data?: unknown };
  const isTensor = typeof given?.dataSync === 'function';
  if (!isTensor && !(given?.data instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot compute saliency: baseline is ${valueName(baseline)}. Give a number, a picture or a tensor.`,
    );
  }
  const tensor = isTensor ? (given as Tensor) : toTensor(baseline);
  try {
    if (tensor.size === size) return tensor.dataSync().slice() as Float32Array;
    throw new RangeError(
      `Cannot compute saliency: baseline has shape [${tensor.shape.join(', ')}] and the input [${x.shape.join(', ')}]. Give one of the same size.`,
    );
  } finally {
    if (!isTensor) tensor.dispose();
  }
}
