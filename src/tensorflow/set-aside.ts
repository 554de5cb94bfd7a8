import type { Tensor, Tf } from './types';
import type { Heap } from './wasm';

/** Where a backend keeps the data of tensors. */
interface Store<Data extends { shape: number[] }> {
  /** Its kernels ask here for the data of each input. */
  map: { has(dataId: object): boolean; get(dataId: object): Data };
  /** Whether a tensor is of numbers that can leave. */
  canLeave(data: Data): boolean;
  /** Moves a tensor's numbers out of its memory. */
  take(data: Data, to: Float32Array): void;
  /** Copies the numbers back. */
  put(data: Data, numbers: Float32Array): void;
}

type Free = (memory: ArrayBuffer) => void;

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
  const backend = tf.getBackend();
  if (!tensors.length || !['wasm', 'tensorflow'].includes(backend)) return () => {};
  const free = freer();
  return backend === 'wasm'
    ? moveOut(storeOfWasm(tf), tensors, free)
    : moveOut(storeOfNative(tf, free), tensors, free);
}

function moveOut<Data extends { shape: number[] }>(
  store: Store<Data>,
  tensors: readonly Tensor[],
  free: Free,
): () => void {
  const find = store.map.get;
  const dataOf = (dataId: object) => find.call(store.map, dataId);
  const outside = new Map<object, Group>();
  let group: Group | undefined;
  for (const { dataId } of tensors as unknown as { dataId: object }[]) {
    // What another backend holds moves in by itself when it is used.
    if (outside.has(dataId) || !store.map.has(dataId)) continue;
    const data = dataOf(dataId);
    if (!store.canLeave(data)) continue;
    const count = data.shape.reduce((product, size) => product * size, 1);
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
      store.take(dataOf(dataId), group.copy.subarray(start, start + count));
  }
  const bringBack = ({ members, copy }: Group) => {
    for (const { dataId, start, count } of members) {
      if (outside.delete(dataId)) store.put(dataOf(dataId), copy.subarray(start, start + count));
    }
    free(copy.buffer as ArrayBuffer);
  };
  store.map.get = (dataId) => {
    const group = outside.get(dataId);
    if (group) bringBack(group);
    return dataOf(dataId);
  };
  return () => {
    // Where the memory is full, the rest comes back when it is used.
    for (const group of new Set(outside.values())) bringBack(group);
    store.map.get = find;
  };
}

interface WasmData {
  id: number;
  memoryOffset: number;
  shape: number[];
  dtype: string;
}

/** The part of the wasm backend that says where the data of tensors is. */
interface Wasm {
  dataIdMap: Store<WasmData>['map'];
  wasm: Heap & {
    tfjs: { registerTensor(id: number, size: number, at: number): void; disposeData(id: number): void };
  };
}

function storeOfWasm(tf: Tf): Store<WasmData> {
  const { dataIdMap, wasm } = tf.backend() as unknown as Wasm;
  return {
    map: dataIdMap,
    canLeave: ({ dtype }) => dtype === 'float32',
    take({ id, memoryOffset }, to) {
      to.set(new Float32Array(wasm.HEAPU8.buffer, memoryOffset, to.length));
      wasm._free(memoryOffset);
      wasm.tfjs.disposeData(id);
    },
    put(data, numbers) {
      data.memoryOffset = wasm._malloc(numbers.byteLength);
      // Before this line the heap may have grown into another buffer.
      new Float32Array(wasm.HEAPU8.buffer, data.memoryOffset, numbers.length).set(numbers);
      wasm.tfjs.registerTensor(data.id, numbers.length, data.memoryOffset);
    },
  };
}

interface NativeData {
  id: number;
  shape: number[];
  dtype: number;
  /** Values that are not in TensorFlow yet. */
  values: Float32Array | null;
}

/** The part of tfjs-node's backend that says where the data of tensors is. */
interface Native {
  tensorMap: Store<NativeData>['map'];
  binding: {
    TF_FLOAT: number;
    createTensor(shape: number[], dtype: number, values: Float32Array): number;
    deleteTensor(id: number): void;
    tensorDataSync(id: number): Float32Array;
  };
}

function storeOfNative(tf: Tf, free: Free): Store<NativeData> {
  const { tensorMap, binding } = tf.backend() as unknown as Native;
  return {
    map: tensorMap,
    canLeave: ({ dtype, values }) => dtype === binding.TF_FLOAT && !values,
    take({ id }, to) {
      const numbers = binding.tensorDataSync(id);
      to.set(numbers);
      free(numbers.buffer as ArrayBuffer);
      binding.deleteTensor(id);
    },
    put(data, numbers) {
      data.id = binding.createTensor(data.shape, data.dtype, numbers);
    },
  };
}

/** Frees memory at once, by sending it to a closed port. V8 would leave it until it collects garbage. */
function freer(): Free {
  const { port1 } = new MessageChannel();
  port1.close();
  return (memory) => port1.postMessage(undefined, [memory]);
}
