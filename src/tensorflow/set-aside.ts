import type { Tensor, Tf } from './types';
import type { Heap } from './wasm';

/** Where a backend keeps the data of tensors. */
interface Store {
  /** Its kernels ask here for the data of each input. */
  map: { has(dataId: object): boolean; get(dataId: object): unknown };
  /** The numbers of a tensor, if they can leave. */
  countOf(dataId: object): number | undefined;
  /** Moves a tensor's numbers out of its memory. */
  take(dataId: object, to: Float32Array): void;
  /** Copies the numbers back. */
  put(dataId: object, numbers: Float32Array): void;
}

/** Tensors that leave and come back together. */
interface Group {
  members: { dataId: object; start: number; count: number }[];
  length: number;
  copy: Float32Array;
}

/** Numbers of a group. Memory of this size gets pages of its own, which the system has back at once. */
const TOGETHER = 8.5e6;

/**
 * Takes tensors out of the memory of wasm or native TensorFlow; they come back when they are first used. Neither gives memory
 * back to the system: what the large maps of the first layers needed stays taken beside the weights. Where the weights make
 * room for these maps and come back afterwards, both need not grow. On other backends nothing happens.
 *
 * @param tensors in the order in which they are used; small ones too, since one that stays would divide the room
 * @returns a function that brings back those that nobody used
 */
export function setAside(tf: Tf, tensors: readonly Tensor[]): () => void {
  const free = freer();
  const store =
    tf.getBackend() === 'wasm'
      ? storeOfWasm(tf)
      : tf.getBackend() === 'tensorflow' && storeOfNative(tf, free);
  if (!store || !tensors.length) return () => {};
  const outside = new Map<object, Group>();
  let group: Group | undefined;
  for (const { dataId } of tensors as unknown as { dataId: object }[]) {
    // What another backend holds moves in by itself when it is used.
    if (outside.has(dataId) || !store.map.has(dataId)) continue;
    const count = store.countOf(dataId);
    if (count === undefined) continue;
    if (!group || group.length >= TOGETHER) group = { members: [], length: 0, copy: new Float32Array() };
    // Never at a multiple of 64 bytes, where native TensorFlow would use the numbers in place.
    const start = 16 * Math.ceil(group.length / 16) + 1;
    group.members.push({ dataId, start, count });
    group.length = start + count;
    outside.set(dataId, group);
  }
  for (const group of new Set(outside.values())) {
    group.copy = new Float32Array(group.length);
    for (const { dataId, start, count } of group.members)
      store.take(dataId, group.copy.subarray(start, start + count));
  }
  const find = store.map.get;
  const bringBack = ({ members, copy }: Group) => {
    for (const { dataId, start, count } of members) {
      if (outside.delete(dataId)) store.put(dataId, copy.subarray(start, start + count));
    }
    free(copy.buffer as ArrayBuffer);
  };
  store.map.get = (dataId) => {
    const group = outside.get(dataId);
    if (group) bringBack(group);
    return find.call(store.map, dataId);
  };
  return () => {
    // Where the memory is full, the rest comes back when it is used.
    for (const group of new Set(outside.values())) bringBack(group);
    store.map.get = find;
  };
}

/** The part of the wasm backend that says where the data of tensors is. */
interface Wasm {
  dataIdMap: {
    has(dataId: object): boolean;
    get(dataId: object): { id: number; memoryOffset: number; shape: number[]; dtype: string };
  };
  wasm: Heap & {
    tfjs: { registerTensor(id: number, size: number, at: number): void; disposeData(id: number): void };
  };
}

function storeOfWasm(tf: Tf): Store {
  const { dataIdMap, wasm } = tf.backend() as unknown as Wasm;
  const find = dataIdMap.get;
  const dataOf = (dataId: object) => find.call(dataIdMap, dataId);
  return {
    map: dataIdMap,
    countOf(dataId) {
      const { shape, dtype } = dataOf(dataId);
      return dtype === 'float32' ? product(shape) : undefined;
    },
    take(dataId, to) {
      const { id, memoryOffset } = dataOf(dataId);
      to.set(new Float32Array(wasm.HEAPU8.buffer, memoryOffset, to.length));
      wasm._free(memoryOffset);
      wasm.tfjs.disposeData(id);
    },
    put(dataId, numbers) {
      const data = dataOf(dataId);
      data.memoryOffset = wasm._malloc(numbers.byteLength);
      // Before this line the heap may have grown into another buffer.
      new Float32Array(wasm.HEAPU8.buffer, data.memoryOffset, numbers.length).set(numbers);
      wasm.tfjs.registerTensor(data.id, numbers.length, data.memoryOffset);
    },
  };
}

/** The part of tfjs-node's backend that says where the data of tensors is. */
interface Native {
  tensorMap: {
    has(dataId: object): boolean;
    /** `values` are not in TensorFlow yet. */
    get(dataId: object): { id: number; shape: number[]; dtype: number; values: Float32Array | null };
  };
  binding: {
    TF_FLOAT: number;
    createTensor(shape: number[], dtype: number, values: Float32Array): number;
    deleteTensor(id: number): void;
    tensorDataSync(id: number): Float32Array;
  };
}

function storeOfNative(tf: Tf, free: (memory: ArrayBuffer) => void): Store {
  const { tensorMap, binding } = tf.backend() as unknown as Native;
  const find = tensorMap.get;
  const dataOf = (dataId: object) => find.call(tensorMap, dataId);
  return {
    map: tensorMap,
    countOf(dataId) {
      const { shape, dtype, values } = dataOf(dataId);
      return dtype === binding.TF_FLOAT && !values ? product(shape) : undefined;
    },
    take(dataId, to) {
      const { id } = dataOf(dataId);
      const numbers = binding.tensorDataSync(id);
      to.set(numbers);
      free(numbers.buffer as ArrayBuffer);
      binding.deleteTensor(id);
    },
    put(dataId, numbers) {
      const data = dataOf(dataId);
      data.id = binding.createTensor(data.shape, data.dtype, numbers);
    },
  };
}

const product = (shape: readonly number[]) => shape.reduce((count, size) => count * size, 1);

/** Frees memory at once, by sending it to a closed port. V8 would leave it until it collects garbage. */
function freer(): (memory: ArrayBuffer) => void {
  const { port1 } = new MessageChannel();
  port1.close();
  return (memory) => port1.postMessage(undefined, [memory]);
}
