import type * as tfl from '@tensorflow/tfjs-layers';
import { releaseGraph } from '../../tensorflow/graph/repeated';
import type { Prepared } from '../layers/make';

/** A weight's variable, which TensorFlow.js does not declare. */
type Weight = tfl.LayerVariable & { val: { isDisposed: boolean } };

/**
 * Makes `model.dispose()` free every weight. TensorFlow.js frees a layer only after as many disposals as calls, so
 * shared layers, and layers of nested models, would stay.
 */
export function disposeWhole(model: tfl.LayersModel): void {
  const dispose = model.dispose.bind(model);
  model.dispose = () => {
    const layers = layersOf(model);
    const weights = layers.flatMap((layer) => layer.weights as Weight[]);
    const result = dispose();
    // Above zero, another model still uses it.
    if (result.refCountAfterDispose !== 0) return result;
    for (const weight of weights) {
      if (weight.val.isDisposed) continue;
      weight.dispose();
      result.numDisposedVariables++;
    }
    for (const layer of layers) (layer as Partial<Prepared>).release?.();
    releaseGraph(model);
    return result;
  };
}

/** Frees the weights of layers that lead to none of the model's outputs. */
export function disposeUnused(model: tfl.LayersModel, made: tfl.layers.Layer[]): void {
  const used = new Set(layersOf(model));
  for (const layer of made) {
    if (used.has(layer)) continue;
    for (const weight of layer.weights) weight.dispose();
    (layer as Partial<Prepared>).release?.();
  }
}

/** All layers, including those of nested models. */
function layersOf(layer: tfl.layers.Layer): tfl.layers.Layer[] {
  const { layers } = layer as tfl.LayersModel;
  return layers ? layers.flatMap(layersOf) : [layer];
}
