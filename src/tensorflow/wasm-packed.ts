import type * as tfc from '@tensorflow/tfjs-core';

/** The part of the wasm backend that maps a tensor's data to addresses. */
interface Wasm {
  dataIdNextNumber: number;
  dataIdMap: {
    get(dataId: object): Data;
    set(dataId: object, data: Data): void;
    delete(dataId: object): void;
  };
  wasm: {
    tfjs: { registerTensor(id: number, size: number, at: number): void; disposeData(id: number): void };
  };
}

interface Data {
  id: number;
  memoryOffset: number;
  shape: number[];
  refCount: number;
}

let keeps = true;

/** Computes without keeping packed weights. @param compute synchronous */
export function withoutPacked<T>(compute: () => T): T {
  keeps = false;
  try {
    return compute();
  } finally {
    keeps = true;
  }
}

/**
 * XNNPACK keeps each convolution and matrix product, with a copy of its weights in another order and a list of its
 * windows, until the weights are freed. Inside `withoutPacked` the weights get a second name for one call; freeing the
 * name frees what XNNPACK keeps for it.
 */
export function packing(input: 'filter' | 'b', kernelFunc: tfc.KernelFunc): tfc.KernelFunc {
  return (given) => {
    if (keeps) return kernelFunc(given);
    const backend = given.backend as unknown as Wasm;
    const { dataIdMap, wasm } = backend;
    const weights = given.inputs[input]!;
    const data = dataIdMap.get(weights.dataId);
    const [name, id] = [{}, backend.dataIdNextNumber++];
    dataIdMap.set(name, { ...data, id, refCount: 1 });
    wasm.tfjs.registerTensor(
      id,
      data.shape.reduce((count, size) => count * size, 1),
      data.memoryOffset,
    );
    try {
      return kernelFunc({ ...given, inputs: { ...given.inputs, [input]: { ...weights, dataId: name } } });
    } finally {
      wasm.tfjs.disposeData(id);
      dataIdMap.delete(name);
    }
  };
}
