import type { Tensor, Tf } from './types';
import type { Heap } from './wasm';

/** The part of the wasm backend that says where the data of tensors is. */
interface Wasm {
  dataIdMap: { has(dataId: object): boolean; get(dataId: object): Data };
  wasm: Heap & {
    tfjs: { registerTensor(id: number, size: number, at: number): void; disposeData(id: number): void };
  };
}

interface Data {
  id: number;
  memoryOffset: number;
  shape: number[];
  dtype: string;
}

/** Tensors that leave and come back together. */
interface Group {
  dataIds: object[];
  bytes: number;
  copy: Uint8Array;
}

/** Bytes of a group. Pieces of this size get pages of their own, which the system has back at once. */
const TOGETHER = 34e6;

/**
 * Takes tensors out of the heap of wasm; they come back when they are first used. This heap only grows: what the large
 * maps of the first layers needed stays taken beside the weights. Where the weights make room for these maps and come
 * back afterwards, the heap need not grow. On other backends nothing happens.
 *
 * @param tensors in the order in which they are used; small ones too, since one that stays would divide the room
 * @returns a function that brings back those that nobody used
 */
export function setAside(tf: Tf, tensors: readonly Tensor[]): () => void {
  if (tf.getBackend() !== 'wasm' || !tensors.length) return () => {};
  const backend = tf.backend() as unknown as Wasm;
  const { dataIdMap, wasm } = backend;
  const outside = new Map<object, Group>();
  const lengthOf = ({ shape }: Data) => 4 * shape.reduce((count, size) => count * size, 1);
  let group: Group | undefined;
  for (const { dataId } of tensors as unknown as { dataId: object }[]) {
    // What another backend holds moves in by itself when it is used.
    if (outside.has(dataId) || !dataIdMap.has(dataId)) continue;
    const data = dataIdMap.get(dataId);
    if (data.dtype !== 'float32') continue;
    if (!group || group.bytes >= TOGETHER) group = { dataIds: [], bytes: 0, copy: new Uint8Array() };
    group.dataIds.push(dataId);
    group.bytes += lengthOf(data);
    outside.set(dataId, group);
  }
  for (const { dataIds, bytes } of new Set(outside.values())) {
    const copy = new Uint8Array(bytes);
    let at = 0;
    for (const dataId of dataIds) {
      const data = dataIdMap.get(dataId);
      const length = lengthOf(data);
      copy.set(wasm.HEAPU8.subarray(data.memoryOffset, data.memoryOffset + length), at);
      wasm._free(data.memoryOffset);
      wasm.tfjs.disposeData(data.id);
      at += length;
    }
    outside.get(dataIds[0]!)!.copy = copy;
  }
  const find = dataIdMap.get;
  const free = freer();
  const bringBack = ({ dataIds, copy }: Group) => {
    let at = 0;
    for (const dataId of dataIds) {
      const data = find.call(dataIdMap, dataId);
      const length = lengthOf(data);
      if (outside.has(dataId)) {
        data.memoryOffset = wasm._malloc(length);
        wasm.HEAPU8.set(copy.subarray(at, at + length), data.memoryOffset);
        wasm.tfjs.registerTensor(data.id, length / 4, data.memoryOffset);
        outside.delete(dataId);
      }
      at += length;
    }
    free(copy.buffer as ArrayBuffer);
  };
  // Each kernel asks here for the data of its inputs.
  dataIdMap.get = (dataId) => {
    const group = outside.get(dataId);
    if (group) bringBack(group);
    return find.call(dataIdMap, dataId);
  };
  return () => {
    // Where the heap is full, the rest comes back when it is used.
    for (const group of new Set(outside.values())) bringBack(group);
    dataIdMap.get = find;
  };
}

/** Frees memory at once, by sending it to a closed port. V8 would leave it until it collects garbage. */
function freer(): (memory: ArrayBuffer) => void {
  const { port1 } = new MessageChannel();
  port1.close();
  return (memory) => port1.postMessage(undefined, [memory]);
}
