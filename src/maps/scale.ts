import type { Stats } from './stats';

/**
 * How values become the 256 steps of a colour map:
 * - 'standardize': as in the tutorial: the mean in the middle, two standard deviations to either end;
 * - 'minmax': smallest to largest value, matplotlib's default;
 * - 'symmetric': −m to m with m the largest magnitude, so that 0 is in the middle;
 * - [low, high]: a fixed range; values beyond it take the end colours.
 */
export type Scale = 'standardize' | 'minmax' | 'symmetric' | readonly [low: number, high: number];

/**
 * The numbers at the two ends of the colour map.
 *
 * @throws {RangeError} when the scale does not exist or a fixed range is not two ascending numbers
 */
export function range(scale: Scale, { min, max, mean, std }: Stats): [low: number, high: number] {
  if (scale === 'minmax') return [min, max];
  if (scale === 'standardize') return [mean - 2 * std, mean + 2 * std];
  if (scale === 'symmetric') {
    const magnitude = Math.max(Math.abs(min), Math.abs(max));
    return [-magnitude, magnitude];
  }
  if (Array.isArray(scale) && scale.length === 2 && scale.every(Number.isFinite) && scale[0] < scale[1]) {
    return [scale[0], scale[1]];
  }
  throw new RangeError(
    `Cannot scale by ${JSON.stringify(scale)}: choose 'standardize', 'minmax', 'symmetric' or [low, high] with low < high.`,
  );
}

const { fround } = Math;

/**
 * Colour map steps 0..255 of values between `low` and `high`, as matplotlib's `Normalize` and
 * `Colormap` compute them, in float32: `min(trunc((x - low) / (high - low) * 256), 255)`.
 * An empty range gives 0 everywhere, and so does NaN (which is drawn in its own colour).
 */
export function colorSteps(values: Float32Array, low: number, high: number): Uint8Array {
  const bottom = fround(low);
  const span = fround(fround(high) - bottom);
  const steps = new Uint8Array(values.length);
  if (!(span > 0)) return steps;
  for (let i = 0; i < values.length; i++) {
    const step = fround(fround(fround(values[i]! - bottom) / span) * 256);
    steps[i] = Math.min(255, Math.max(0, step) || 0);
  }
  return steps;
}

/**
 * The tutorial's bytes of one channel: `clip((x - mean) / std * 64 + 128, 0, 255)`, truncated to whole
 * numbers, in numpy's float32. A constant channel gives 0 everywhere, where numpy divides by
 * zero.
 */
export function standardize(values: Float32Array, { mean, std, min, max }: Stats): Uint8Array {
  const bytes = new Uint8Array(values.length);
  if (!(min < max)) return bytes;
  const center = fround(mean);
  const spread = fround(std);
  for (let i = 0; i < values.length; i++) {
    const byte = fround(fround(fround(fround(values[i]! - center) / spread) * 64) + 128);
    bytes[i] = Math.min(255, Math.max(0, byte) || 0);
  }
  return bytes;
}
