import type { FeatureMap } from './activation';

const { fround } = Math;

/**
 * A map at another size, bilinearly, as `tf.image.resize` does without antialiasing: pixel centres lie at
 * halves, the outermost values extend to the edge, and everything is computed in float32.
 *
 * @param size target [height, width]
 */
export function resizeMap(map: FeatureMap, [height, width]: readonly [number, number]): FeatureMap {
  const rows = weights(map.height, height);
  const columns = weights(map.width, width);
  const data = new Float32Array(height * width);
  rows.forEach(([top, bottom, down], row) => {
    columns.forEach(([left, right, across], column) => {
      const at = (y: number, x: number) => map.data[y * map.width + x]!;
      const above = lerp(at(top, left), at(top, right), across);
      const below = lerp(at(bottom, left), at(bottom, right), across);
      data[row * width + column] = lerp(above, below, down);
    });
  });
  return { height, width, data };
}

/** A value with weight 0 has no effect, even if it is infinite. */
function lerp(a: number, b: number, share: number): number {
  return share === 0 ? a : fround(a + fround(fround(b - a) * share));
}

/** For each target: the two source indices around its centre, and its distance from the first. */
function weights(source: number, target: number): [from: number, to: number, share: number][] {
  const last = source - 1;
  const scale = fround(source / target);
  return Array.from({ length: target }, (_, i) => {
    const centre = fround(fround((i + 0.5) * scale) - 0.5);
    const floor = Math.floor(centre);
    const share = centre < 0 || centre > last ? 0 : fround(centre - floor);
    return [Math.min(last, Math.max(0, floor)), Math.min(last, Math.max(0, floor + 1)), share];
  });
}
