import { takesGradient } from './native';
import type { Tensor, Tf } from './types';

/** The part of the wasm backend that calls one of its functions. */
interface Wasm {
  dataIdMap: { get(dataId: object): { id: number } };
  wasm: { cwrap(name: string, result: null, parameters: readonly string[]): Multiply };
}

type Multiply = (
  a: number,
  shapeOfA: Uint8Array,
  rankOfA: number,
  b: number,
  shapeOfB: Uint8Array,
  rankOfB: number,
  type: number,
  result: number,
) => void;

const PARAMETERS = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number'];
/** How the backend numbers its types. */
const FLOAT32 = 0;

const functions = new WeakMap<object, Multiply>();

/** x * sigmoid(x). On wasm the product takes the place of the sigmoid: of a large map, a third one would not fit. */
export function timesSigmoid(tf: Tf, x: Tensor): Tensor {
  const gate = tf.sigmoid(x);
  const inPlace = tf.getBackend() === 'wasm' && x.dtype === 'float32' && x.size && !takesGradient(tf);
  if (!inPlace) return tf.mul(x, gate);
  const backend = tf.backend() as unknown as Wasm;
  const multiply = functions.get(backend) ?? backend.wasm.cwrap('Multiply', null, PARAMETERS);
  functions.set(backend, multiply);
  const idOf = (tensor: Tensor) => backend.dataIdMap.get(tensor.dataId).id;
  const shape = new Uint8Array(Int32Array.from(x.shape).buffer);
  multiply(idOf(x), shape, x.rank, idOf(gate), shape, x.rank, FLOAT32, idOf(gate));
  return gate;
}
