import { withFace } from '../face';
import type { Activation } from '../maps/activation';
import type { Explained } from './target';

/** A heatmap that says why a model gave its answer: an `Activation` of one channel, with what it explains. */
export interface Explanation extends Activation {
  /** How it was made, such as `grad-cam`. */
  readonly method: string;
  /** What was explained, of each sample. */
  readonly explained: readonly Explained[];
}

export function explanationOf(
  method: string,
  layer: string,
  shape: readonly number[],
  data: Float32Array,
  explained: readonly Explained[],
): Explanation {
  return withFace('activation', { layer, shape, data, method, explained });
}
