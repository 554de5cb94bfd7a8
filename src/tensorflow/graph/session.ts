import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelError } from '../../errors';
import { writeWhole } from '../../files/whole-file';
import type { Session } from '../running';
import type { Tensor, Tf } from '../types';
import { type Attribute, KIND, type Node, savedModel } from './graph-def';

type Info = { dataId: object; shape: number[]; dtype: string };

/** The part of tfjs-node's backend that executes operations. */
interface Native {
  binding: {
    TF_FLOAT: number;
    TF_INT32: number;
    TF_BOOL: number;
    loadSavedModel(folder: string, tags: string): number;
    deleteSavedModel(id: number): void;
    runSavedModel(id: number, ids: number[], inputs: string, outputs: string): { id: number }[];
  };
  executeSingleOutput(name: string, attributes: Attribute[], inputs: Info[]): Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: Info[], outputs: number): Tensor[];
  getInputTensorIds(inputs: Info[]): number[];
  createOutputTensor(made: { id: number }): Tensor;
  incRef(dataId: object): void;
  disposeData(dataId: object): boolean;
  readSync(dataId: object): unknown;
}

/**
 * Runs a computation and records its operations as a graph. TensorFlow fuses operations of a graph and runs
 * independent ones in parallel.
 *
 * @param compute synchronous; it may not read a tensor's values
 * @returns undefined when the computation cannot run as a graph
 */
export function recordGraph(tf: Tf, inputs: Tensor[], compute: () => Tensor[]): Session | undefined {
  const backend = tf.backend() as unknown as Native;
  const nodes: Node[] = [];
  const made = new Map<number, string>();
  /** Ids of all outputs but the first: TensorFlow 2.13 mistakes `a * sigmoid(b)` of one operation's outputs for `a * sigmoid(a)`. */
  const others = new Set<number>();
  /** Tensors that no recorded operation makes: the inputs, then constants and weights with their present values. */
  const fed: { dataId: object; name: string }[] = [];
  const types: Record<string, number> = {
    float32: backend.binding.TF_FLOAT,
    int32: backend.binding.TF_INT32,
    bool: backend.binding.TF_BOOL,
  };
  let fits = true;

  const feed = (info: Info, id: number) => {
    const name = `f${fed.length}`;
    if (!(info.dtype in types)) fits = false;
    nodes.push({
      name,
      op: 'Placeholder',
      inputs: [],
      attributes: [
        { name: 'dtype', type: KIND.type, value: types[info.dtype] },
        { name: 'shape', type: KIND.shape, value: info.shape },
      ],
    });
    fed.push({ dataId: info.dataId, name: `${name}:0` });
    made.set(id, `${name}:0`);
    return `${name}:0`;
  };
  const note = (op: string, attributes: Attribute[], given: Info[], outputs: Tensor[]) => {
    const ids = backend.getInputTensorIds(given);
    if (ids.some((id) => others.has(id))) fits = false;
    const name = `n${nodes.length}`;
    const known = given.map((info, i) => {
      const name = made.get(ids[i]!);
      if (name) return name;
      // Keeps the data, even if the computation frees it.
      backend.incRef(info.dataId);
      return feed(info, ids[i]!);
    });
    nodes.push({ name, op, inputs: known, attributes });
    for (const [i, id] of backend.getInputTensorIds(outputs as never).entries()) {
      made.set(id, `${name}:${i}`);
      if (i > 0) others.add(id);
    }
  };

  for (const [i, id] of backend.getInputTensorIds(inputs as never).entries()) feed(inputs[i] as never, id);
  const free = () => {
    for (const { dataId } of fed.slice(inputs.length)) {
      if (backend.disposeData(dataId)) tf.engine().removeDataId(dataId, backend as never);
    }
  };
  const { executeSingleOutput: single, executeMultipleOutputs: multiple } = backend;
  const own = backend as Partial<Native>;
  own.executeSingleOutput = function (this: Native, op, attributes, given) {
    const result = single.call(this, op, attributes, given);
    note(op, attributes, given, [result]);
    return result;
  };
  own.executeMultipleOutputs = function (this: Native, op, attributes, given, count) {
    const result = multiple.call(this, op, attributes, given, count);
    note(op, attributes, given, result);
    return result;
  };
  const { readSync } = backend;
  own.readSync = function (this: Native, dataId) {
    fits = false;
    return readSync.call(this, dataId);
  };
  let outputs: Tensor[];
  try {
    outputs = compute();
  } catch (error) {
    free();
    throw error;
  } finally {
    delete own.executeSingleOutput;
    delete own.executeMultipleOutputs;
    delete own.readSync;
  }
  const ids = backend.getInputTensorIds(outputs as never);
  if (ids.some((id) => others.has(id))) fits = false;
  const ends = ids.map((id) => made.get(id));
  // A fed tensor cannot be fetched, and a tensor given twice may be two different ones next time.
  const same = new Set(inputs.map(({ dataId }) => dataId)).size < inputs.length;
  if (!fits || same || ends.some((end) => !end?.startsWith('n'))) {
    free();
    return undefined;
  }
  let id: number;
  try {
    id = load(backend, savedModel(nodes));
  } catch {
    // The folder is read-only, or TensorFlow is another version: the operations run one by one.
    free();
    return undefined;
  }
  const names = fed.map(({ name }) => name).join(',');
  // By their data: a weight that was set aside has another id afterwards.
  const constants = fed.slice(inputs.length);
  return {
    run: (given) =>
      backend.binding
        .runSavedModel(
          id,
          backend.getInputTensorIds([...given, ...constants] as never),
          names,
          ends.join(','),
        )
        .map((tensor) => backend.createOutputTensor(tensor)),
    dispose() {
      backend.binding.deleteSavedModel(id);
      free();
    },
  };
}

function load(backend: Native, content: Buffer): number {
  const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
  try {
    writeWhole(join(folder, 'saved_model.pb'), content, ModelError);
    return backend.binding.loadSavedModel(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
