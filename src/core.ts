import { zlibSync } from 'fflate';
import { usePlatform } from '../renderers/platform';
import { BackendError } from './errors';
import { modelFromFile } from './keras/build/assemble';
import { memoryBytes } from './keras/file/bytes';
import type { OpenHdf5 } from './keras/file/hdf5/opener';
import { type LoadOptions, limitOf } from './keras/load-options';
import type { Model } from './keras/model';
import { readModel, readPair } from './keras/read';
import { useTensorFlow as use } from './tensorflow/running';
import type { Tf, TfLayers } from './tensorflow/types';
import { startWasm } from './tensorflow/wasm';

/**
 * convlens without Node, for browsers: models from bytes, activations, and figures as Vega-Lite specs. TensorFlow.js
 * and the HDF5 library are the page's own.
 */

export * from './everywhere';
export type { Bytes } from './keras/file/bytes';
export type { H5Wasm } from './keras/file/hdf5/library';
export { type Hdf5, hdf5With, type OpenHdf5 } from './keras/file/hdf5/opener';
export { resize } from './pictures/resample';

usePlatform({ deflate: (bytes) => zlibSync(bytes, { level: 6 }) });

/**
 * Sets the TensorFlow.js that computes. Its wasm backend, where the page has imported it, gets the corrections that
 * the results need to agree with Keras's; any other backend computes as it is.
 *
 * @param packages.tf `@tensorflow/tfjs-core`
 * @param packages.layers `@tensorflow/tfjs-layers`
 * @example
 * import * as tf from '@tensorflow/tfjs-core';
 * import * as layers from '@tensorflow/tfjs-layers';
 * import '@tensorflow/tfjs-backend-wasm';
 * useTensorFlow({ tf, layers });
 */
export function useTensorFlow({ tf, layers }: { tf: object; layers: object }): void {
  const core = tf as Tf;
  let running = false;
  let started: Promise<unknown> | undefined;
  const start = async () => {
    if (core.engine().registryFactory['wasm']) running = await startWasm(core);
    else await core.ready().then(() => (running = true));
    if (!running) throw new BackendError('Cannot start TensorFlow: its wasm backend does not start here.');
  };
  const ready = () => (started ??= start());
  use({
    ready,
    startSync() {
      ready().catch(() => {});
      return running;
    },
    tf: () => core,
    layers: () => layers as TfLayers,
    availableMemory: () => Number.POSITIVE_INFINITY,
  });
}

/** Options of `loadModel` in a browser. */
export interface LoadBytesOptions extends Omit<LoadOptions, 'weights'> {
  /** The bytes of the weights' file, where the model's own file has none. */
  weights?: Uint8Array;
  /** Opens HDF5: `hdf5With(h5wasm)`. */
  openHdf5: OpenHdf5;
}

/**
 * Loads a Keras model from the bytes of an .h5 or a .keras. Nothing in it is executed.
 *
 * @param bytes the file's
 * @param options how HDF5 is opened, and how large the model may be
 * @returns a `tf.LayersModel`, ready to predict
 * @throws {TypeError} without `openHdf5`, or for an option that does not exist
 * @throws {ModelError} when the bytes are damaged, hold weights only, or hold what is refused
 * @throws {BackendError} when TensorFlow.js is not set or does not start
 * @example
 * const bytes = new Uint8Array(await (await fetch('dogcat_v1.h5')).arrayBuffer());
 * const model = await loadModel(bytes, { openHdf5: hdf5With(h5wasm) });
 */
export async function loadModel(bytes: Uint8Array, options: LoadBytesOptions): Promise<Model> {
  const { openHdf5 } = options ?? {};
  if (typeof openHdf5 !== 'function') {
    throw new TypeError(
      'Cannot load a model: openHdf5 is missing. Pass { openHdf5: hdf5With(h5wasm) }, with the package h5wasm.',
    );
  }
  const limit = limitOf(options, ['maxBytes', 'openHdf5', 'weights']);
  const { weights } = options;
  return modelFromFile('the model', () =>
    weights
      ? readPair(memoryBytes(bytes), memoryBytes(weights), limit, openHdf5)
      : readModel(memoryBytes(bytes), limit, openHdf5),
  );
}
