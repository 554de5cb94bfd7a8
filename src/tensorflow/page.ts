import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { BackendError } from '../errors';
import { useTensorFlow } from './running';
import { startWasm } from './wasm';

const FILES = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];

/** A wasm module without contents. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/**
 * Starts TensorFlow.js in a page that loads nothing: the backend gets the bytes of its wasm file handed over. It runs
 * on one thread, since pages of files have no shared memory.
 *
 * @param wasm the bytes of tfjs-backend-wasm-simd.wasm
 * @throws {BackendError} when the browser refuses wasm or lacks its vector instructions
 */
export async function startPageTensorFlow(wasm: Uint8Array): Promise<void> {
  const environment = tf.env();
  // Outside of a browser, where a page is tried before it is written, there is no platform yet.
  const platform = (environment.platform ?? {}) as object;
  const type = 'application/wasm';
  environment.platform = Object.assign(Object.create(platform), {
    fetch: async () => new Response(wasm as never, { headers: { 'content-type': type } }),
  });
  environment.set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await environment.getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new BackendError(
      'Cannot start TensorFlow: this browser lacks the vector instructions of WebAssembly.',
    );
  }
  try {
    // The backend would wait for ever where a page may not run wasm.
    await WebAssembly.compile(EMPTY);
  } catch (cause) {
    throw new BackendError(`Cannot start TensorFlow: this page may not run WebAssembly (${cause}).`, {
      cause,
    });
  }
  setWasmPaths(Object.fromEntries(FILES.map((name) => [`${name}.wasm`, name])), true);
  let running = false;
  const start = startWasm(tf).then((started) => {
    running = started;
    if (!started) throw new BackendError('Cannot start TensorFlow: WebAssembly does not start here.');
  });
  useTensorFlow({
    ready: () => start,
    startSync: () => running,
    tf: () => tf,
    layers: () => layers,
    availableMemory: () => Number.POSITIVE_INFINITY,
  });
  await start;
}
