import type { Model } from '../keras/model';
import type { Input } from '../keras/run/inputs';
import { preprocessOfModel } from '../keras/run/preprocess-of-model';
import type { Picture } from '../pictures/pixels';
import { toTensor } from '../pictures/to-tensor';
import type { Tensor } from '../tensorflow/types';

/** A picture as a tensor, preprocessed as the model needs it; the caller disposes of it. */
export function pictureTensor(model: Model, picture: Input): Tensor {
  return toTensor(picture as Picture, { preprocess: preprocessOfModel(model).mode }) as unknown as Tensor;
}
