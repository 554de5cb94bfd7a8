import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';

type Size = [height: number, width: number];

/** A weight by its distance from the sample position, in pixels, and the distance beyond which it is zero. */
interface Kernel {
  radius: number;
  at(distance: number): number;
}

/** Keys's cubic convolution with a = -0.5, as in TensorFlow. */
const cubic: Kernel = {
  radius: 2,
  at(distance) {
    const x = Math.abs(distance);
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  },
};

/** Mitchell and Netravali's cubic with B = C = 1/3. */
const mitchell: Kernel = {
  radius: 2,
  at(distance) {
    const x = Math.abs(distance);
    if (x >= 2) return 0;
    return x >= 1 ? ((-7 / 18) * x + 2) * x * x - (10 / 3) * x + 16 / 9 : ((7 / 6) * x - 2) * x * x + 8 / 9;
  },
};

/** TensorFlow's: a standard deviation of half a pixel, cut at three of them. */
const gaussian: Kernel = {
  radius: 1.5,
  at: (x) => (Math.abs(x) >= 1.5 ? 0 : Math.exp(-(x * x) / (2 * 0.5 ** 2))),
};

function lanczos(radius: number): Kernel {
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  return { radius, at: (x) => (Math.abs(x) >= radius ? 0 : sinc(x) * sinc(x / radius)) };
}

/** Where new pixels are sampled: TensorFlow 1 did not do it at their centres. */
export interface Sampling {
  /** Corner pixels stay at the corners. */
  alignCorners: boolean;
  /** At the centres of the new pixels. */
  halfPixelCenters: boolean;
}

const AT_CENTRES: Sampling = { alignCorners: false, halfPixelCenters: true };

const KERNELS: Record<string, Kernel> = {
  bilinear: { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: cubic,
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  mitchellcubic: mitchell,
  gaussian,
};

/**
 * Resizes maps `[batch, height, width, channels]` as TensorFlow 2 does, sampling at pixel centres.
 *
 * @param interpolation Keras's: nearest, area, bilinear, bicubic, lanczos3, lanczos5, mitchellcubic, gaussian
 * @param smooth whether to average when shrinking (Keras's `antialias`)
 * @param layer name for errors
 * @param sampling TensorFlow 1's, of `nearest` and `bilinear` only
 */
export function resize(
  tf: Tf,
  x: Tensor,
  size: Size,
  interpolation: string,
  smooth: boolean,
  layer: string,
  sampling = AT_CENTRES,
): Tensor {
  const { alignCorners, halfPixelCenters } = sampling;
  if (interpolation === 'nearest')
    return tf.image.resizeNearestNeighbor(x as never, size, alignCorners, halfPixelCenters);
  if (interpolation === 'bilinear' && !smooth)
    return tf.image.resizeBilinear(x as never, size, alignCorners, halfPixelCenters);
  if (alignCorners || !halfPixelCenters) {
    throw new ModelError(
      `layer "${layer}" resizes with interpolation "${interpolation}" as TensorFlow 1 did (without half_pixel_centers), which is not supported. Build it with tf.image.resize.`,
    );
  }
  const kernel = Object.hasOwn(KERNELS, interpolation) ? KERNELS[interpolation] : undefined;
  if (!kernel && interpolation !== 'area') {
    throw new ModelError(
      `layer "${layer}" resizes with interpolation "${interpolation}"; ${['nearest', 'area', ...Object.keys(KERNELS)].join(', ')} are known. Save it with one of these.`,
    );
  }
  // TensorFlow takes the weights of plain cubic interpolation from a table of 1024 steps per pixel.
  const steps = interpolation === 'bicubic' && !smooth ? 1024 : undefined;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [down, across] = [
    [height, size[0]],
    [width, size[1]],
  ].map(([from, to]) =>
    kernel ? weights(tf, from!, to!, kernel, smooth, steps) : shares(tf, from!, to!),
  ) as [Tensor, Tensor];
  const rows = tf.matMul(down as never, tf.reshape(x, [batch, height, width * channels]) as never) as Tensor;
  const columns = tf.matMul(
    across as never,
    tf.reshape(rows, [batch * size[0], width, channels]) as never,
  ) as Tensor;
  return tf.reshape(columns, [batch, ...size, channels]);
}

/** `[1, to, from]`: the weight of each pixel in each new one; rows sum to 1. */
function weights(tf: Tf, from: number, to: number, kernel: Kernel, smooth: boolean, steps?: number) {
  const scale = from / to;
  const stretch = smooth ? Math.max(scale, 1) : 1;
  const values = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    let centre = (i + 0.5) * scale - 0.5;
    if (steps) centre = Math.floor(centre) + Math.round((centre - Math.floor(centre)) * steps) / steps;
    const first = Math.max(0, Math.ceil(centre - kernel.radius * stretch));
    const last = Math.min(from - 1, Math.floor(centre + kernel.radius * stretch));
    let sum = 0;
    for (let k = first; k <= last; k++) sum += kernel.at((k - centre) / stretch);
    for (let k = first; k <= last; k++) values[i * from + k] = kernel.at((k - centre) / stretch) / sum;
  }
  return tf.tensor3d(values, [1, to, from]);
}

/** `[1, to, from]`: the share of each pixel in the area of each new one. */
function shares(tf: Tf, from: number, to: number) {
  const scale = from / to;
  const values = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const [start, end] = [i * scale, (i + 1) * scale];
    for (let k = Math.floor(start); k < Math.min(from, Math.ceil(end)); k++) {
      values[i * from + k] = (Math.min(k + 1, end) - Math.max(k, start)) / scale;
    }
  }
  return tf.tensor3d(values, [1, to, from]);
}
