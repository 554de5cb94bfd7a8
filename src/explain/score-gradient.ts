import { ModelError } from '../errors';
import { callLayer, copy, type Value } from '../keras/run/call-layer';
import type { FlatNode } from '../keras/run/flat-plan';
import { completeGradients } from '../tensorflow/gradients/complete-gradients';
import { gradientOf } from '../tensorflow/gradients/gradient-of';
import { LEAST_LAYERS, runRepeated } from '../tensorflow/graph/repeated';
import { running } from '../tensorflow/running';
import type { Tensor, Tf } from '../tensorflow/types';
import { type Cut, inputValues, runNodes, type ScoredModel } from './scored-model';

/** The weight of each score in the number whose gradient is taken, chosen when the scores are known. */
export type ChooseWeights = (scores: Float32Array, shape: readonly number[]) => Float32Array;

/** What one pass forward and one back gave, as plain data. */
export interface ScoreGradient {
  /** The output of the layer at the cut, and the gradient there. */
  shape: number[];
  values: Float32Array;
  gradient: Float32Array;
}

/**
 * The gradient of a weighted sum of a model's scores at the tensor where it is cut. Layers before the cut run as in
 * `predict`; only those behind it are recorded.
 *
 * @param inputs stay the caller's
 * @throws {ModelError} naming the layer that has no gradient, or fails on its input
 */
export function scoreGradient(
  tf: Tf,
  cut: Cut,
  inputs: readonly Tensor[],
  choose: ChooseWeights,
): ScoreGradient {
  const { scored, at, before, border } = cut;
  prepareGradients(tf);
  const forward = () => runNodes(tf, scored, before, inputValues(scored, inputs), border);
  const isGraph = cut.clean && before.length >= LEAST_LAYERS;
  const values: Value[] = isGraph
    ? runRepeated(tf, scored.model as never, cut.graphs.forward, [...inputs], forward)
    : forward();
  const given = new Map(border.map((id, i): [number, Value] => [id, values[i]!]));
  try {
    const { tensor } = given.get(at)!;
    const gradient = gradientBehind(tf, cut, given, choose);
    try {
      return {
        shape: tensor.shape.slice(),
        values: tensor.dataSync().slice() as Float32Array,
        gradient: gradient.dataSync().slice() as Float32Array,
      };
    } finally {
      gradient.dispose();
    }
  } finally {
    for (const { tensor, mask } of values) {
      tensor.dispose();
      mask?.dispose();
    }
  }
}

/** Loads TensorFlow.js's gradients, and completes them. */
export function prepareGradients(tf: Tf): void {
  // TensorFlow.js registers its gradients when its layers are loaded.
  running().layers();
  completeGradients(tf);
}

/** The weighted sum of scores, as a scalar. */
export function weightedSum(tf: Tf, scores: Tensor, choose: ChooseWeights): Tensor {
  const weights = choose(scores.dataSync() as Float32Array, scores.shape);
  return tf.sum(tf.mul(scores, tf.tensor(weights, scores.shape)));
}

function gradientBehind(tf: Tf, cut: Cut, given: ReadonlyMap<number, Value>, choose: ChooseWeights): Tensor {
  const { scored, at, behind } = cut;
  if (!behind.length && at !== scored.output) throw independent(scored);
  const start = given.get(at)!;
  try {
    return gradientOf(tf, start.tensor, (tensor) =>
      tf.tidy(() => {
        const [scores] = runNodes(tf, scored, behind, new Map(given).set(at, { ...start, tensor }), [
          scored.output,
        ]);
        return weightedSum(tf, scores!.tensor, choose);
      }),
    );
  } catch (cause) {
    throw nameFailure(tf, cut, given, cause);
  }
}

function independent({ name }: ScoredModel): RangeError {
  return new RangeError(
    `Cannot explain: the output "${name}" does not depend on this layer. Choose another with { layer }.`,
  );
}

/**
 * Finds the layer whose gradient fails, by taking that of each layer alone.
 *
 * @param given the tensors at the border, or the inputs
 * @returns the error that names it, or the cause
 */
export function nameFailure(
  tf: Tf,
  { scored, at, before, behind }: Cut,
  given: ReadonlyMap<number, Value>,
  cause: unknown,
): unknown {
  if (!(cause instanceof Error) || cause instanceof RangeError || cause instanceof ModelError) return cause;
  const values = new Map([...given].map(([id, value]): [number, Value] => [id, copy(value)]));
  const depends = new Set([at]);
  try {
    for (const node of [...before, ...behind]) {
      if (node.makes.every((id) => values.has(id))) continue;
      const inputs = node.takes.map((id) => values.get(id)!);
      const isFinal = node === scored.final?.node;
      const run = (list: readonly Value[]) =>
        isFinal && scored.final?.alone
          ? [copy(list[0]!)]
          : callLayer(tf, node.layer, list, node.name, isFinal ? scored.final?.without : undefined);
      for (const [i, id] of node.takes.entries()) {
        if (!depends.has(id)) continue;
        const why = failureOf(tf, inputs, i, run);
        if (why !== undefined) return withoutGradient(tf, node, why);
      }
      for (const [i, value] of run(inputs).entries()) values.set(node.makes[i]!, value);
      if (node.takes.some((id) => depends.has(id))) for (const id of node.makes) depends.add(id);
    }
    return cause;
  } finally {
    for (const { tensor, mask } of values.values()) {
      tensor.dispose();
      mask?.dispose();
    }
  }
}

function failureOf(tf: Tf, inputs: readonly Value[], at: number, run: (list: readonly Value[]) => Value[]) {
  try {
    gradientOf(tf, inputs[at]!.tensor, (tensor) =>
      tf.tidy(() =>
        tf.sum(run(inputs.map((value, i) => (i === at ? { ...value, tensor } : value)))[0]!.tensor),
      ),
    ).dispose();
    return undefined;
  } catch (error) {
    return String((error as Error).message).split('\n')[0]!;
  }
}

function withoutGradient(tf: Tf, { name, layer }: FlatNode, why: string): ModelError {
  return new ModelError(
    `Cannot explain: layer "${name}" (${layer.getClassName()}) has no gradient on ${tf.getBackend() === 'tensorflow' ? 'native TensorFlow' : tf.getBackend()} (${why.replace(/\.$/, '')}). Choose a later layer, or a method without gradients: 'score-cam' or 'occlusion'.`,
  );
}
