import { isObject } from '../checks/is-object';
import type { Json } from '../keras/file/graph';
import { takesConfig } from '../keras/layers/make';
import type { Model } from '../keras/model';
import { type FinalActivation, finalActivationOf } from '../keras/run/final-activation';
import { type FlatNode, flatPlanOf, nodesFor } from '../keras/run/flat-plan';
import { preprocessOfModel } from '../keras/run/preprocess-of-model';
import { preprocessByte } from '../pictures/preprocess';
import { gradientOf } from '../tensorflow/gradients/gradient-of';
import { runRepeated } from '../tensorflow/graph/repeated';
import type { Tensor, Tf } from '../tensorflow/types';
import { drawn, type FourierImage, transforms } from './fourier-image';
import { runNodes, type ScoredModel } from './scored-model';

/** A layer whose channels' means are maximized. `before` is the layer without its activation, where it has one. */
export interface PatternLayer {
  name: string;
  own: ScoredModel;
  before?: ScoredModel;
  channels: number;
}

/** Layers that are nothing but an activation. */
const ACTIVATION = /^(Activation|ReLU|Relu6?)$/;

/**
 * @param tensor the layer's output
 * @throws {RangeError} when the layer needs more than the picture, or has no channels
 */
export function patternLayer(model: Model, name: string, tensor: number): PatternLayer {
  const plan = flatPlanOf(model as never);
  const nodes = nodesFor(plan, [tensor]);
  const [input, ...others] = plan.inputs.filter((id) => nodes.some(({ takes }) => takes.includes(id)));
  const node = nodes.find(({ makes }) => makes.includes(tensor));
  if (others.length || input === undefined || !node) {
    throw new RangeError(
      `Cannot find what layer "${name}" looks for: it depends on ${others.length ? `${others.length + 1} inputs` : 'no input'}, not on one picture. Choose another layer.`,
    );
  }
  const channels = node.shape.at(-1);
  if (![2, 4].includes(node.shape.length) || typeof channels !== 'number') {
    throw new RangeError(
      `Cannot find what layer "${name}" looks for: its output of shape [${node.shape.map((size) => size ?? 'any').join(', ')}] has no channels of maps. Choose a convolutional or Dense layer.`,
    );
  }
  const scored = { model, plan, nodes, output: tensor, name };
  const final = finalActivationOf(plan, tensor);
  const own = { ...scored, final: final && (final.alone || final.without) ? final : undefined };
  const before = preActivation(node);
  return { name, own, before: before && { ...scored, final: before }, channels };
}

/** How a layer runs without its activation; undefined if it has none. */
function preActivation(node: FlatNode): FinalActivation | undefined {
  const className = node.layer.getClassName();
  const config = node.layer.getConfig() as Json;
  // The name of the activation does not matter for running without it.
  const activation = 'sigmoid' as const;
  if (ACTIVATION.test(className)) return { node, activation, alone: true };
  const value = config['activation'];
  const isActive = value && value !== 'linear' && !(isObject(value) && value['config'] === 'linear');
  if (!isActive || !takesConfig(node.layer)) return undefined;
  return { node, activation, alone: false, without: { ...config, activation: 'linear' } };
}

/** The parts of the computation that stay the same at all steps. */
export interface Canvas {
  image: FourierImage;
  strength: Tensor;
  /** From independent colours to the model's channels. */
  mix: Tensor;
  /** From 0..1 to the model's range. */
  scale: Tensor;
  offset: Tensor;
  /** The order of the model's channels: BGR, or undefined for RGB. */
  reversed: boolean;
}

/** From pixels of 0..1 to what the model takes, as `preprocess_input` does. */
export function rangeOf(
  tf: Tf,
  model: Model,
  channels: number,
): Pick<Canvas, 'scale' | 'offset' | 'reversed'> {
  const { mode } = preprocessOfModel(model);
  const ends = [0, 255].map((byte) =>
    Array.from({ length: channels }, (_, channel) => preprocessByte(mode, byte, channel)),
  );
  const [low, high] = ends as [number[], number[]];
  return {
    scale: tf.tensor1d(high.map((value, channel) => value - low[channel]!)),
    offset: tf.tensor1d(low),
    reversed: mode === 'caffe',
  };
}

/**
 * The gradient of the sum of the chosen channels' means, and these means. From the third time on native TensorFlow runs
 * it as a graph.
 *
 * @param coefficients of one picture for each channel
 * @param shift rows and columns by which the pictures are moved
 */
export function patternGradient(
  tf: Tf,
  target: ScoredModel,
  canvas: Canvas,
  coefficients: Float32Array,
  picks: Tensor,
  shift: readonly [number, number],
): { gradient: Float32Array; means: Float32Array } {
  const { image } = canvas;
  const given = coefficientTensor(tf, image, coefficients);
  const [columns, rows] = transforms(tf, image, shift);
  const compute = () => {
    let means: Tensor | undefined;
    const gradient = gradientOf(tf, given, (variable) =>
      tf.tidy(() => {
        const pictures = drawn(tf, image, variable, { ...canvas, columns, rows });
        means = tf.keep(meansOf(tf, target, canvas, pictures, picks));
        return tf.sum(means);
      }),
    );
    return [{ tensor: gradient }, { tensor: means! }];
  };
  const results = runRepeated(
    tf,
    target.model as never,
    target,
    [given, columns, rows, picks],
    compute,
    isSteady,
  );
  try {
    const [gradient, means] = results.map(({ tensor }) => tensor.dataSync().slice() as Float32Array);
    return { gradient: gradient!, means: means! };
  } finally {
    for (const { tensor } of [...results, { tensor: given }, { tensor: columns }, { tensor: rows }])
      tensor.dispose();
  }
}

/** The mean of each picture's channel. */
export function meansOf(
  tf: Tf,
  target: ScoredModel,
  canvas: Canvas,
  pictures: Tensor,
  picks: Tensor,
): Tensor {
  const { scale, offset, reversed } = canvas;
  const ordered = reversed ? tf.reverse(pictures, 3) : pictures;
  const x = tf.add(tf.mul(ordered, scale), offset);
  const input = target.plan.inputs.find((id) => target.nodes.some(({ takes }) => takes.includes(id)))!;
  const [made] = runNodes(tf, target, target.nodes, new Map([[input, { tensor: x }]]), [target.output]);
  const { tensor } = made!;
  const means = tensor.rank === 4 ? tf.mean(tensor, [1, 2]) : tensor;
  return tf.sum(tf.mul(means, picks), 1);
}

/** Whether a graph's gradient points where the operations' does. Rounding alone changes a few values of a ReLU network's. */
function isSteady(values: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  let [difference, all] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (values[i]! - expected[i]!) ** 2;
    all += expected[i]! ** 2;
  }
  return difference <= 1e-4 * all;
}

/** [count · channels, size, 2 · frequencies of a row] */
export function coefficientTensor(
  tf: Tf,
  { size, channels, length }: FourierImage,
  values: Float32Array,
): Tensor {
  const count = values.length / length;
  return tf.tensor(values, [count * channels, size, length / channels / size]);
}
