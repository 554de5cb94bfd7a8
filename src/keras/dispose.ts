import type * as tfl from '@tensorflow/tfjs-layers';

/** A weight's variable, which TensorFlow.js does not declare. */
type Weight = tfl.LayerVariable & { val: { isDisposed: boolean } };

/**
 * Makes `model.dispose()` free every weight. TensorFlow.js frees a layer when it was disposed of as often as it was
 * called, so one that is shared, or stands in a nested model, would stay.
 */
export function disposeWhole(model: tfl.LayersModel): void {
  const dispose = model.dispose.bind(model);
  model.dispose = () => {
    const weights = weightsOf(model);
    const result = dispose();
    // Above zero it lives on inside of another model.
    if (result.refCountAfterDispose !== 0) return result;
    for (const weight of weights) {
      if (weight.val.isDisposed) continue;
      weight.dispose();
      result.numDisposedVariables++;
    }
    return result;
  };
}

/** The weights of all layers, also those of nested models. */
function weightsOf(layer: tfl.layers.Layer): Weight[] {
  const { layers } = layer as tfl.LayersModel;
  return layers ? layers.flatMap(weightsOf) : (layer.weights as Weight[]);
}
