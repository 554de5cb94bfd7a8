import type { Tensor, Tf } from '../tensorflow/types';

/**
 * Pictures by the coefficients of their frequencies, each about as strong as in photographs, and in colours without
 * correlation (Olah et al. 2017): gradient ascent on these gives shapes, on pixels noise. The inverse Fourier transform
 * is two matrix products, since wasm has none.
 */
export interface FourierImage {
  /** Pixels of a side. */
  readonly size: number;
  readonly channels: number;
  /** Numbers of one picture's coefficients. */
  readonly length: number;
}

export function fourierImage(size: number, channels: number): FourierImage {
  return { size, channels, length: channels * size * 2 * halfOf(size) };
}

/** Frequencies along a row: the others mirror them. */
const halfOf = (size: number) => Math.floor(size / 2) + 1;

/**
 * The matrices of the transform, shifted along the rows and columns: a picture repeats itself, so a shift moves what
 * leaves at one edge in at the other.
 *
 * @returns for the columns [2 · half, 2 · size] and for the rows [2 · size, size]
 */
export function transforms(
  tf: Tf,
  { size }: FourierImage,
  [down, right]: readonly [number, number],
): [columns: Tensor, rows: Tensor] {
  const half = halfOf(size);
  const columns = new Float32Array(4 * half * size);
  for (let k = 0; k < half; k++) {
    for (let x = 0; x < size; x++) {
      const angle = (2 * Math.PI * ((k * (x + right)) % size)) / size;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      columns[k * 2 * size + x] = cos;
      columns[k * 2 * size + size + x] = sin;
      columns[(half + k) * 2 * size + x] = -sin;
      columns[(half + k) * 2 * size + size + x] = cos;
    }
  }
  const rows = new Float32Array(2 * size * size);
  for (let k = 0; k < size; k++) {
    for (let y = 0; y < size; y++) {
      const angle = (2 * Math.PI * ((k * (y + down)) % size)) / size;
      rows[2 * k * size + y] = Math.cos(angle);
      rows[(2 * k + 1) * size + y] = -Math.sin(angle);
    }
  }
  return [tf.tensor(columns, [2 * half, 2 * size]), tf.tensor(rows, [2 * size, size])];
}

/** The strength of each frequency, [1, size, 2 · half]: 1 / f, the same for its two coefficients. */
export function strengths(tf: Tf, { size }: FourierImage): Tensor {
  const half = halfOf(size);
  const values = new Float32Array(size * 2 * half);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < half; x++) {
      const strength = 1 / Math.max(1, Math.hypot(Math.min(y, size - y), x));
      values[y * 2 * half + x] = strength;
      values[y * 2 * half + half + x] = strength;
    }
  }
  return tf.tensor(values, [1, size, 2 * half]);
}

/**
 * The square root of the covariance of colours in ImageNet, as Lucid (Olah et al. 2017) measured it; rows are red,
 * green and blue. Scaled, so that its longest column has length 1.
 */
const COLORS = [0.26, 0.09, 0.02, 0.27, 0, -0.05, 0.27, -0.09, 0.03].map(
  (value) => value / Math.hypot(0.26, 0.27, 0.27),
);

/** The matrix from independent colours to red, green and blue, [3, 3], or of any other number of channels to themselves. */
export function colors(tf: Tf, { channels }: FourierImage): Tensor {
  if (channels !== 3) return tf.eye(channels);
  return tf.tidy(() => tf.transpose(tf.tensor(COLORS, [3, 3])) as Tensor);
}

/**
 * Pictures of coefficients.
 *
 * @param coefficients [count · channels, size, 2 · half]
 * @returns [count, size, size, channels], values of 0 to 1
 */
export function drawn(
  tf: Tf,
  { size, channels }: FourierImage,
  coefficients: Tensor,
  { columns, rows, strength, mix }: { columns: Tensor; rows: Tensor; strength: Tensor; mix: Tensor },
): Tensor {
  const planes = coefficients.shape[0]!;
  const half = halfOf(size);
  const spectrum = tf.reshape(tf.mul(coefficients, strength), [planes * size, 2 * half]);
  // [planes, frequency y, cosine or sine, x] → [planes, x, frequency y, cosine or sine]
  const across = tf.reshape(tf.matMul(spectrum as never, columns as never), [planes, size, 2, size]);
  const turned = tf.reshape(tf.transpose(across, [0, 3, 1, 2]), [planes * size, 2 * size]);
  const waves = tf.reshape(tf.matMul(turned as never, rows as never), [
    planes / channels,
    channels,
    size,
    size,
  ]);
  const pixels = tf.reshape(tf.transpose(waves, [0, 3, 2, 1]), [-1, channels]);
  return tf.sigmoid(
    tf.reshape(tf.matMul(pixels as never, mix as never), [planes / channels, size, size, channels]),
  );
}
