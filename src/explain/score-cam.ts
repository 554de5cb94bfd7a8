import { inParts } from '../progress';
import type { Tensor, Tf } from '../tensorflow/types';
import { mapSize } from './class-map';
import type { ChooseWeights } from './score-gradient';
import { type Cut, inputValues, runNodes, type ScoredModel } from './scored-model';

/** Pictures of one prediction; more take more memory and save no time. */
const AT_ONCE = 16;

/**
 * A class heatmap without gradients (Wang et al. 2020): each channel, enlarged to the picture's size and scaled to
 * 0..1, is multiplied with the picture; the channels are weighted by the softmax of the scores that these pictures get. Dead
 * channels get no weight.
 *
 * @param cut at the layer whose channels are weighted
 * @param inputs stay the caller's; all with four axes are masked
 * @throws {RangeError} when the layer has no map, or the model no picture as its input
 */
export async function scoreCam(
  tf: Tf,
  { scored, at }: Cut,
  inputs: readonly Tensor[],
  chooseWeights: ChooseWeights,
): Promise<{ shape: number[]; map: Float32Array }> {
  if (inputs.every(({ rank }) => rank !== 4)) {
    throw new RangeError(
      "Cannot make a class heatmap: 'score-cam' hides parts of a picture, and the model has none as its input. Use another method.",
    );
  }
  const [first, scores] = runNodes(tf, scored, scored.nodes, inputValues(scored, inputs), [
    at,
    scored.output,
  ]);
  const activation = first!.tensor;
  const { shape } = activation;
  if (shape.length !== 4) {
    first!.tensor.dispose();
    scores!.tensor.dispose();
    throw new RangeError(
      `Cannot make a class heatmap: 'score-cam' needs a map, and the layer's output has shape [${shape.join(', ')}]. Choose a convolutional layer.`,
    );
  }
  const [batch, positions, channels] = mapSize('', shape);
  const weights = chooseWeights(scores!.tensor.dataSync() as Float32Array, scores!.tensor.shape);
  const values = activation.dataSync() as Float32Array;
  const units = weights.length / batch;
  const gains = new Float64Array(batch * channels).fill(Number.NEGATIVE_INFINITY);
  const chunks = Math.ceil(channels / AT_ONCE);
  try {
    await inParts('score-cam', batch * chunks, (part) => {
      const sample = Math.floor(part / chunks);
      const from = (part % chunks) * AT_ONCE;
      const count = Math.min(AT_ONCE, channels - from);
      const own = weights.subarray(sample * units, (sample + 1) * units);
      const seen = scoresThrough(tf, scored, inputs, activation, sample, from, count);
      for (let k = 0; k < count; k++) {
        if (isFlat(values, sample * positions * channels + from + k, positions, channels)) continue;
        gains[sample * channels + from + k] = own.reduce(
          (sum, w, i) => (w ? sum + w * seen[k * units + i]! : sum),
          0,
        );
      }
    });
  } finally {
    for (const { tensor, mask } of [first!, scores!]) {
      tensor.dispose();
      mask?.dispose();
    }
  }
  const map = new Float32Array(batch * positions);
  for (let sample = 0; sample < batch; sample++) {
    const shares = softmax(gains.subarray(sample * channels, (sample + 1) * channels));
    for (let position = 0; position < positions; position++) {
      const at = (sample * positions + position) * channels;
      const sum = shares.reduce((total, share, channel) => total + share * values[at + channel]!, 0);
      map[sample * positions + position] = sum < 0 ? 0 : sum;
    }
  }
  return { shape: [...shape.slice(0, -1), 1], map };
}

/** The scores of one sample, seen through each of some channels. */
function scoresThrough(
  tf: Tf,
  scored: ScoredModel,
  inputs: readonly Tensor[],
  activation: Tensor,
  sample: number,
  from: number,
  count: number,
): Float32Array {
  return tf.tidy(() => {
    const [, height, width] = activation.shape as [number, number, number, number];
    const maps = tf.transpose(
      tf.slice(activation, [sample, 0, 0, from], [1, height, width, count]),
      [3, 1, 2, 0],
    );
    const masked = inputs.map((input) => {
      const own = tf.slice(
        input,
        [sample, ...input.shape.slice(1).map(() => 0)],
        [1, ...input.shape.slice(1)],
      );
      if (input.rank !== 4) return tf.tile(own, [count, ...input.shape.slice(1).map(() => 1)]);
      const [, rows, columns] = input.shape as [number, number, number, number];
      const large = tf.image.resizeBilinear(maps as never, [rows, columns], false, true) as Tensor;
      const [low, high] = [tf.min(large, [1, 2], true), tf.max(large, [1, 2], true)];
      return tf.mul(own, tf.divNoNan(tf.sub(large, low), tf.sub(high, low)));
    });
    const [scores] = runNodes(tf, scored, scored.nodes, inputValues(scored, masked), [scored.output]);
    return scores!.tensor.dataSync().slice() as Float32Array;
  });
}

/** Whether a channel has the same value everywhere. */
function isFlat(values: Float32Array, first: number, positions: number, channels: number): boolean {
  for (let i = 1; i < positions; i++) if (values[first + i * channels] !== values[first]) return false;
  return true;
}

function softmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((largest, score) => Math.max(largest, score), Number.NEGATIVE_INFINITY);
  if (most === Number.NEGATIVE_INFINITY) return new Float64Array(scores.length);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
