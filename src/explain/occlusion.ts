import { inParts } from '../progress';
import type { Tensor } from '../tensorflow/types';
import {
  type Attribution,
  baselineValues,
  type SaliencyRequest,
  scoreOfEach,
  scoreTarget,
} from './attribution';
import { scoresOf } from './input-gradient';
import { pictureTensor } from './picture-tensor';

/** Pictures of one prediction. */
const AT_ONCE = 16;

/**
 * How much the score falls when a square is hidden, as the mean over the squares that hide a pixel.
 *
 * @throws {RangeError} when the input is no picture, or the square is larger than it
 */
export async function occlusion(request: SaliencyRequest): Promise<Attribution> {
  const { tf, scored, inputs, at, x, options } = request;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  if (x.rank !== 4) {
    throw new RangeError(
      `Cannot hide parts of the input: its shape is [${x.shape.join(', ')}], not that of a picture. Use another method.`,
    );
  }
  const shorter = Math.min(height, width);
  const { window = Math.max(1, Math.round(shorter / 8)) } = options;
  const { stride = Math.max(1, Math.floor(window / 2)) } = options;
  if (window > shorter) {
    throw new RangeError(
      `Cannot hide a square of ${window} pixels: the picture has ${height} × ${width}. Choose a smaller window.`,
    );
  }
  if (stride > window) {
    throw new RangeError(
      `Cannot hide squares of ${window} pixels ${stride} apart: pixels between would never be hidden. Choose a stride of at most ${window}.`,
    );
  }
  const { scores, weights, explained } = scoreTarget(request);
  const whole = scoreOfEach(weights, scores);
  const cover = baselineValues(request, (picture) => pictureTensor(scored.model, picture));
  const values = x.dataSync() as Float32Array;
  const rows = starts(height, window, stride);
  const columns = starts(width, window, stride);
  const places = rows.flatMap((row) => columns.map((column) => [row, column] as const));
  const sums = new Float64Array(batch * height * width);
  const counts = new Uint32Array(batch * height * width);
  const chunks = Math.ceil(places.length / AT_ONCE);
  await inParts('occlusion', batch * chunks, (part) => {
    const sample = Math.floor(part / chunks);
    const here = places.slice((part % chunks) * AT_ONCE, (part % chunks) * AT_ONCE + AT_ONCE);
    const own = values.subarray(sample * cover.length, (sample + 1) * cover.length);
    const hidden = new Float32Array(here.length * cover.length);
    here.forEach(([row, column], i) => {
      const copy = hidden.subarray(i * cover.length, (i + 1) * cover.length);
      copy.set(own);
      for (let y = row; y < row + window; y++) {
        const [from, to] = [(y * width + column) * channels, (y * width + column + window) * channels];
        copy.set(cover.subarray(from, to), from);
      }
    });
    const size = weights.data.length / batch;
    const given: Tensor[] = inputs.map((input, i) =>
      i === at
        ? tf.tensor(hidden, [here.length, height, width, channels])
        : repeated(input, sample, here.length),
    );
    const seen = scoresOf(tf, scored, given).data;
    for (const tensor of given) tensor.dispose();
    const weight = weights.data.subarray(sample * size, (sample + 1) * size);
    here.forEach(([row, column], i) => {
      const score = weight.reduce((sum, one, j) => (one ? sum + one * seen[i * size + j]! : sum), 0);
      for (let y = row; y < row + window; y++) {
        for (let place = (sample * height + y) * width + column, end = place + window; place < end; place++) {
          sums[place]! += whole[sample]! - score;
          counts[place]!++;
        }
      }
    });
  });
  return { data: Float32Array.from(sums, (sum, i) => sum / counts[i]!), explained };

  function repeated(input: Tensor, sample: number, count: number): Tensor {
    return tf.tidy(() => {
      const rest = input.shape.slice(1);
      const own = tf.slice(input, [sample, ...rest.map(() => 0)], [1, ...rest]);
      return tf.tile(own, [count, ...rest.map(() => 1)]);
    });
  }
}

/** Where squares begin; the last ends at the edge, so that every pixel is hidden. */
function starts(size: number, window: number, stride: number): number[] {
  const list: number[] = [];
  for (let start = 0; start < size - window; start += stride) list.push(start);
  return [...list, size - window];
}
