import type * as tfl from '@tensorflow/tfjs-layers';
import type { LayerSpec } from '../file/graph';
import type { StoredArray } from '../file/hdf5/tree';

/** A layer that is not a model, with its path; in the configuration's order. */
export interface LayerAtPath {
  spec: LayerSpec;
  path: string;
  layer: tfl.layers.Layer;
}

/** A weight of an object that several layers may share: of a layer's activation, or of a layer of the model. */
export interface ObjectWeight {
  placed: LayerAtPath;
  /** Where in the layer the activation is, such as `recurrent_activation` or `backward_layer/cell_1/activation`. */
  setting?: string;
  /** The weight's name in the object. */
  name: string;
}

/** A weight and what fills it: an array of the file, or one number. */
export interface FilledWeight {
  weight: tfl.LayerVariable;
  array?: StoredArray;
  constant?: number;
  /** The object that it belongs to; undefined for weights that no other layer has. */
  object?: ObjectWeight;
}

/** A weight's name without that of its layer, which TensorFlow.js puts before it. */
export function nameIn({ layer }: LayerAtPath, { originalName = '' }: { originalName?: string }): string {
  const start = `${layer.name}/`;
  return originalName.startsWith(start) ? originalName.slice(start.length) : originalName;
}
