import type * as tfl from '@tensorflow/tfjs-layers';
import type { LayerSpec } from '../file/graph';
import type { StoredArray } from '../file/hdf5/tree';

/** A layer that is not a model, with its path; in the configuration's order. */
export interface LayerAtPath {
  spec: LayerSpec;
  path: string;
  layer: tfl.layers.Layer;
}

/** A weight of the layer that is another's activation. */
export interface ActivationWeight {
  placed: LayerAtPath;
  /** The setting that holds the activation. */
  setting: string;
  /** The weight's name in the activation. */
  name: string;
}

/** A weight and what fills it: an array of the file, or one number. */
export interface FilledWeight {
  weight: tfl.LayerVariable;
  array?: StoredArray;
  constant?: number;
  /** Set for a weight of an activation. */
  activation?: ActivationWeight;
}
