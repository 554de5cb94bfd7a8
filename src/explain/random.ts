/**
 * Numbers that are the same for the same seed on every machine: Tommy Ettinger's mulberry32, which needs 32-bit
 * integers only.
 *
 * @param seed a whole number
 * @returns a function whose calls give numbers of 0 to below 1
 */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Numbers of a normal distribution around 0, by Box and Muller's method.
 *
 * @param next gives numbers of 0 to below 1
 */
export function normals(next: () => number, count: number, deviation: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
