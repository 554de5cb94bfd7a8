import { readFileSync } from 'node:fs';

/** The wasm file of TensorFlow.js that a page carries: the one for a single thread. */
export function wasmFile(): Uint8Array {
  return readFileSync(require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm'));
}
