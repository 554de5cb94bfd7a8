import type { Tensor, Tf } from '../types';
import type { Image } from './convolution-gradient';

/** How a resizing operation finds its source pixels. */
export interface Resizing {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

const { fround } = Math;

/**
 * The gradient at the input of a resizing: TensorFlow.js's own takes no notice of half pixel centres, which Keras has.
 * Resizing is one matrix for the rows and one for the columns; this multiplies with them transposed.
 *
 * @param shape of the input
 */
export function resizeGradient(
  tf: Tf,
  kind: 'bilinear' | 'nearest',
  shape: Image,
  dy: Tensor,
  resizing: Resizing,
): Tensor {
  const [batch, height, width, channels] = shape;
  const [, tall, wide] = dy.shape as Image;
  const matrix = (source: number, target: number) =>
    tf.tensor(weights(kind, source, target, resizing), [target, source]) as Tensor;
  // [batch, tall, wide, channels] · columns → [batch, tall, channels, width] · rows → [batch, width, channels, height]
  const across = tf.matMul(
    tf.reshape(tf.transpose(dy, [0, 1, 3, 2]), [batch * tall * channels, wide]),
    matrix(width, wide) as never,
  );
  const turned = tf.transpose(tf.reshape(across, [batch, tall, channels, width]), [0, 3, 2, 1]);
  const down = tf.matMul(tf.reshape(turned, [batch * width * channels, tall]), matrix(height, tall) as never);
  return tf.transpose(tf.reshape(down, [batch, width, channels, height]), [0, 3, 1, 2]);
}

/** The share of each source pixel in each target pixel, target by target; as TensorFlow computes it, in float32. */
function weights(
  kind: 'bilinear' | 'nearest',
  source: number,
  target: number,
  { alignCorners, halfPixelCenters }: Resizing,
): Float32Array {
  const matrix = new Float32Array(target * source);
  const aligned = alignCorners && target > 1;
  const scale = fround(aligned ? (source - 1) / (target - 1) : source / target);
  const half = halfPixelCenters ? 0.5 : 0;
  const inside = (pixel: number) => Math.min(source - 1, Math.max(0, pixel));
  for (let i = 0; i < target; i++) {
    const at = fround(fround(i + half) * scale);
    if (kind === 'nearest') {
      const pixel = alignCorners ? Math.round(at) : Math.floor(at);
      matrix[i * source + inside(pixel)] = 1;
      continue;
    }
    const centre = fround(at - half);
    const share = fround(centre - Math.floor(centre));
    matrix[i * source + inside(Math.floor(centre))]! += 1 - share;
    matrix[i * source + inside(Math.ceil(centre))]! += share;
  }
  return matrix;
}
