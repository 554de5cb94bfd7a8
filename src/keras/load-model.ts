import { useNodeTensorFlow } from '../tensorflow/backend';
import type { LoadOptions } from './load-options';
import type { Model } from './model';

useNodeTensorFlow();

/**
 * Loads a Keras model: an .h5 of Keras 2 or 3, a .keras (also unpacked), the folder of a SavedModel of Keras 2, a
 * model.json of TensorFlow.js, or `model.to_json()` with the weights beside it. Nothing in the file is executed.
 *
 * @param source a path, a `file:` URL, or the file's bytes
 * @param options how large it may be, and where its weights are
 * @returns a `tf.LayersModel`, ready to predict
 * @throws {TypeError} when the source is of the wrong kind, or an option does not exist
 * @throws {ModelError} when the file is missing, damaged, holds weights only, or holds what is refused: a
 *   Lambda, a class of one's own that `registerLayer` does not know, a subclassed model
 * @throws {BackendError} when no TensorFlow is available
 * @example
 * const model = await loadModel('dogcat_v1.h5');
 */
export async function loadModel(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Model> {
  // The reader and the layers are a third of this package, so importing the package does not load them.
  const reader: typeof import('./load') = require('./load');
  return reader.loadModel(source, options);
}
