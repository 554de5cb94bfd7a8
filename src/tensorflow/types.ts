import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** TensorFlow.js's operations. */
export type Tf = typeof tfc;
/** TensorFlow.js's layers. */
export type TfLayers = typeof tfl;
export type Tensor = tfc.Tensor;
