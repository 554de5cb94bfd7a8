import { existsSync, statSync } from 'node:fs';
import { ModelError } from '../errors';
import { localPath } from '../files/local-path';
import { kindOf } from '../kind-of';
import { useNodeTensorFlow } from '../tensorflow/backend';
import { assembled } from './build/assemble';
import { type Bytes, memoryBytes } from './file/bytes';
import { fileBytes } from './file/file-bytes';
import { openHdf5, prepareHdf5 } from './file/hdf5/reader';
import { type LoadOptions, limitOf } from './load-options';
import type { Model } from './model';
import { isJson, readModel } from './read';
import { readTfjsModel } from './tfjs-model';

useNodeTensorFlow();

/**
 * Loads a Keras model: an .h5 of Keras 2 or 3, a .keras, or a model.json of
 * TensorFlow.js. Nothing in the file is executed.
 *
 * @param source a path, a `file:` URL, or the file's bytes
 * @param options how large it may be
 * @returns a `tf.LayersModel`, ready to predict
 * @throws {ModelError} when the file is missing, damaged, holds weights only, or holds what is refused: a
 *   Lambda, a class of one's own that `registerLayer` does not know, a subclassed model
 * @throws {BackendError} when no TensorFlow can be had
 * @example
 * const model = await loadModel('dogcat_v1.h5');
 */
export async function loadModel(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Model> {
  const limit = limitOf(options);
  if (source instanceof Uint8Array) {
    return assembled('the model', () => readModel(memoryBytes(source), limit, openHdf5));
  }
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw new TypeError(
      `Cannot load a model: the source is ${kindOf(source)}. Give a path, a file: URL or bytes.`,
    );
  }
  const path = localPath(source, ModelError);
  const bytes = open(path);
  try {
    return await assembled(path, () =>
      isJson(bytes) ? readTfjsModel(path, limit) : readModel(bytes, limit, openHdf5),
    );
  } finally {
    bytes.close();
  }
}

function open(path: string): Bytes {
  if (!existsSync(path)) {
    throw new ModelError(
      `Cannot load ${path}: there is no such file. Check the path, relative to ${process.cwd()}.`,
    );
  }
  if (statSync(path).isDirectory()) {
    throw new ModelError(`Cannot load ${path}: it is a folder. Give an .h5 or a .keras file.`);
  }
  return fileBytes(path);
}

/** Starts the HDF5 library's thread, before the first model needs it. */
export function preload(): void {
  prepareHdf5();
}
