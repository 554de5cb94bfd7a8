/** Numbers of 16 bits (IEEE 754 binary16), for pages whose weights are asked for in that form. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest 16-bit number; halfway between two, the one whose last bit is 0. */
export function toHalf(value: number): number {
  float[0] = value;
  const all = bits[0]!;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 112;
  const fraction = all & 0x7fffff;
  if (exponent === 143) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  if (exponent >= 31) return sign | 0x7c00;
  // Below 2^-14 the fraction has no leading 1 of its own.
  const shift = exponent > 0 ? 13 : 14 - exponent;
  if (shift > 24) return sign;
  const whole = exponent > 0 ? (exponent << 23) | fraction : 0x800000 | fraction;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  // A carry moves into the exponent, as it should.
  return sign | (kept + (rest > middle || (rest === middle && kept & 1) ? 1 : 0));
}

/** The number that 16 bits stand for. */
export function fromHalf(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
