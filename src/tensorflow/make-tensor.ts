import type * as tfc from '@tensorflow/tfjs-core';
import { running, tf } from './running';

/**
 * Makes a float32 tensor synchronously, even while TensorFlow is starting. Native starts synchronously. Until wasm
 * runs, the values are kept in JavaScript, and TensorFlow.js's engine moves them when the tensor is first used.
 *
 * @param values row after row; the tensor keeps them
 * @returns a tensor of that shape; the caller disposes of it
 */
export function makeTensor(values: Float32Array, shape: number[]): tfc.Tensor {
  const backend = running().startSync() ? undefined : valueStore();
  return tf().engine().makeTensor(values, shape, 'float32', backend) as unknown as tfc.Tensor;
}

let store: tfc.KernelBackend | undefined;

/** A backend that only keeps values. TensorFlow.js's cpu backend works, too, but loads slower and logs an advertisement. */
function valueStore(): tfc.KernelBackend {
  if (store) return store;
  const { KernelBackend } = tf();
  const kept = new Map<object, { values: tfc.BackendValues; count: number }>();
  const entry = (dataId: object) => {
    const found = kept.get(dataId);
    if (!found) throw new Error('the values have moved to the backend that runs');
    return found;
  };
  class ValueStore extends KernelBackend {
    override write(values: tfc.BackendValues): object {
      const dataId = {};
      kept.set(dataId, { values, count: 1 });
      return dataId;
    }
    override readSync(dataId: object): tfc.BackendValues {
      return entry(dataId).values;
    }
    override async read(dataId: object): Promise<tfc.BackendValues> {
      return entry(dataId).values;
    }
    override refCount(dataId: object): number {
      return kept.get(dataId)?.count ?? 0;
    }
    override incRef(dataId: object): void {
      entry(dataId).count++;
    }
    override disposeData(dataId: object, force = false): boolean {
      const found = kept.get(dataId);
      if (found && --found.count > 0 && !force) return false;
      return kept.delete(dataId);
    }
    override numDataIds(): number {
      return kept.size;
    }
    override timerAvailable(): boolean {
      return false;
    }
  }
  store = new ValueStore();
  return store;
}
