/** The ways of `gradCam` that weight a layer's channels by gradients. */
export type GradientMethod = 'grad-cam' | 'grad-cam++' | 'layer-cam';

/**
 * A class heatmap of each sample out of a layer's activation and the gradient there, in double precision.
 *
 * - 'grad-cam' (Selvaraju et al. 2017): each channel is weighted by its mean gradient;
 * - 'grad-cam++' (Chattopadhyay et al. 2018): positive gradients count, those of small activations more. The paper's
 *   factor exp(score), which is the same for all of a sample, is left out;
 * - 'layer-cam' (Jiang et al. 2021): each position is weighted by its own positive gradient.
 *
 * @param values [batch, positions, channels], as `gradient`
 * @returns [batch, positions], no value below 0
 */
export function classMap(
  method: GradientMethod,
  values: Float32Array,
  gradient: Float32Array,
  [batch, positions, channels]: readonly [number, number, number],
): Float32Array {
  const map = new Float32Array(batch * positions);
  for (let sample = 0; sample < batch; sample++) {
    const start = sample * positions * channels;
    const end = start + positions * channels;
    const [activation, slope] = [values.subarray(start, end), gradient.subarray(start, end)];
    const weights =
      method === 'layer-cam' ? undefined : WEIGHTS[method](activation, slope, positions, channels);
    for (let position = 0; position < positions; position++) {
      let sum = 0;
      for (let channel = 0, i = position * channels; channel < channels; channel++, i++) {
        sum += activation[i]! * (weights ? weights[channel]! : Math.max(0, slope[i]!));
      }
      // NaN stays NaN.
      map[sample * positions + position] = sum < 0 ? 0 : sum;
    }
  }
  return map;
}

type Weights = (
  activation: Float32Array,
  slope: Float32Array,
  positions: number,
  channels: number,
) => Float64Array;

const WEIGHTS: Record<'grad-cam' | 'grad-cam++', Weights> = {
  'grad-cam'(_, slope, positions, channels) {
    const weights = new Float64Array(channels);
    for (let i = 0; i < slope.length; i++) weights[i % channels]! += slope[i]! / positions;
    return weights;
  },
  'grad-cam++'(activation, slope, _, channels) {
    const sums = new Float64Array(channels);
    for (let i = 0; i < slope.length; i++) sums[i % channels]! += activation[i]!;
    const weights = new Float64Array(channels);
    for (let i = 0; i < slope.length; i++) {
      const g = slope[i]!;
      // For g > 0 the paper's g² / (2 g² + sum · g³), times g.
      if (g > 0) weights[i % channels]! += g / (2 + sums[i % channels]! * g);
    }
    return weights;
  },
};

/**
 * @returns batch, positions and channels
 * @throws {RangeError} when the layer's output is no map and no sequence
 */
export function mapSize(name: string, shape: readonly number[]): [number, number, number] {
  if (shape.length === 3 || shape.length === 4) {
    const positions = shape.slice(1, -1).reduce((product, size) => product * size, 1);
    return [shape[0]!, positions, shape.at(-1)!];
  }
  throw new RangeError(
    `Cannot make a class heatmap: the output of layer "${name}" has shape [${shape.join(', ')}], which is no map. Choose a convolutional layer.`,
  );
}
