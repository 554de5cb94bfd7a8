import { gradientOf } from '../tensorflow/gradients/gradient-of';
import { withGuidedRelu } from '../tensorflow/gradients/guided-relu';
import { type IsSame, LEAST_LAYERS, runRepeated } from '../tensorflow/graph/repeated';
import type { Tensor, Tf } from '../tensorflow/types';
import { nameFailure, prepareGradients } from './score-gradient';
import { type Cut, cutAt, inputValues, runNodes, type ScoredModel } from './scored-model';

/** The gradient at an input, and the scores, as plain data. */
export interface InputGradient {
  gradient: Float32Array;
  scores: Float32Array;
}

/** Relative to the gradient's L2 norm: below this, graphs and single operations round differently at most. */
const TOLERANCE = 1e-4;
/** How far a picture moves to measure how steady its gradient is: the last digits of a float32. */
const LAST_DIGITS = 1 + 1e-6;

/**
 * The gradient of a weighted sum of a model's scores at one of its inputs. From the third time on, native TensorFlow
 * runs it as one graph.
 *
 * @param inputs stay the caller's
 * @param at which of them
 * @param weights of the scores' shape
 * @throws {ModelError} naming the layer that has no gradient, or fails on its input
 */
export function inputGradient(
  tf: Tf,
  scored: ScoredModel,
  inputs: readonly Tensor[],
  at: number,
  weights: { data: Float32Array; shape: readonly number[] },
  guided = false,
): InputGradient {
  prepareGradients(tf);
  const cut = cutAt(scored, scored.plan.inputs[at]!);
  const scoreWeights = tf.tensor(weights.data, [...weights.shape]);
  const compute = (given: readonly Tensor[]) => () =>
    gradientAndScores(tf, cut, given, at, scoreWeights, guided);
  const all = [...inputs, scoreWeights];
  const results =
    cut.clean && scored.nodes.length >= LEAST_LAYERS
      ? runRepeated(
          tf,
          scored.model as never,
          guided ? cut.graphs.guided : cut.graphs.gradient,
          all,
          compute(inputs),
          steadiness(tf, inputs, at, compute),
        )
      : compute(inputs)();
  try {
    const [gradient, scores] = results.map(({ tensor }) => tensor.dataSync().slice() as Float32Array);
    return { gradient: gradient!, scores: scores! };
  } finally {
    for (const { tensor } of results) tensor.dispose();
    scoreWeights.dispose();
  }
}

type Results = { tensor: Tensor }[];

function gradientAndScores(
  tf: Tf,
  cut: Cut,
  inputs: readonly Tensor[],
  at: number,
  scoreWeights: Tensor,
  guided: boolean,
): Results {
  const { scored } = cut;
  const given = inputValues(scored, inputs);
  let scores: Tensor | undefined;
  const score = (x: Tensor) =>
    tf.tidy(() => {
      const values = new Map(given).set(cut.at, { tensor: x });
      const [made] = runNodes(tf, scored, scored.nodes, values, [scored.output]);
      scores = tf.keep(made!.tensor.clone());
      return tf.sum(tf.mul(made!.tensor, scoreWeights));
    });
  try {
    const run = () => gradientOf(tf, inputs[at]!, score);
    const gradient = guided ? withGuidedRelu(tf, run) : run();
    return [{ tensor: gradient }, { tensor: scores! }];
  } catch (cause) {
    scores?.dispose();
    throw nameFailure(tf, cut, given, cause);
  }
}

/**
 * Judges a graph by the L2 norm of what differs. Gradients of deep networks with ReLU jump where a unit switches: there
 * the bound is three times what changes when the picture's last digits do.
 */
function steadiness(
  tf: Tf,
  inputs: readonly Tensor[],
  at: number,
  compute: (given: readonly Tensor[]) => () => Results,
): IsSame {
  let floor: number | undefined;
  return (values, expected) => {
    const off = relativeDistance(values, expected);
    if (off <= TOLERANCE) return true;
    if (floor === undefined) {
      const moved = tf.mul(inputs[at]!, LAST_DIGITS);
      const results = compute(inputs.map((input, i) => (i === at ? moved : input)))();
      floor = relativeDistance(results[0]!.tensor.dataSync(), expected);
      for (const { tensor } of [...results, { tensor: moved }]) tensor.dispose();
    }
    return off <= 3 * floor;
  };
}

/** The L2 norm of the difference, relative to that of what is expected; of equal values 0. */
function relativeDistance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, all] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(values[i], expected[i])) continue;
    difference += (values[i]! - expected[i]!) ** 2;
  }
  if (difference === 0) return 0;
  for (let i = 0; i < expected.length; i++) all += expected[i]! ** 2;
  return Math.sqrt(difference / all);
}

/** The scores of a batch, as plain data. */
export function scoresOf(
  tf: Tf,
  scored: ScoredModel,
  inputs: readonly Tensor[],
): { data: Float32Array; shape: number[] } {
  const [scores] = runNodes(tf, scored, scored.nodes, inputValues(scored, inputs), [scored.output]);
  const { tensor, mask } = scores!;
  try {
    return { data: tensor.dataSync().slice() as Float32Array, shape: tensor.shape.slice() };
  } finally {
    tensor.dispose();
    mask?.dispose();
  }
}
