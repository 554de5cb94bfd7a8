import type * as tfl from '@tensorflow/tfjs-layers';
import type { Tf, TfLayers } from '../../tensorflow/types';
import type { Dialect, LayerSpec } from '../file/graph';

/** What building a model needs to know beside the graph. */
export interface BuildContext {
  tf: Tf;
  layers: TfLayers;
  dialect: Dialect;
  /** What a call of the model that the layers are in says of training; a layer's own call counts more. */
  training?: boolean;
  /** Filled with each layer that was made, by its place in the configuration. */
  made: Map<LayerSpec, tfl.layers.Layer>;
}
