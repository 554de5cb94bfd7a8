import type * as tfl from '@tensorflow/tfjs-layers';
import type { Tf, TfLayers } from '../../tensorflow/types';
import type { Dialect, LayerSpec } from '../file/graph';

/** What building a model needs besides the graph. */
export interface BuildContext {
  tf: Tf;
  layers: TfLayers;
  dialect: Dialect;
  /** The `training` argument of the call of the enclosing model; that of a layer's own call takes precedence. */
  training?: boolean;
  /** The layers made so far, by their specs; filled while building. */
  made: Map<LayerSpec, tfl.layers.Layer>;
}
