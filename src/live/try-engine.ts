import { Worker } from 'node:worker_threads';
import type { Activation } from '../maps/activation';
import { wasmFile } from '../tensorflow/wasm-file';
import { bundle } from './bundles';
import type { Answer, EngineParts, ExplorerCalls, Question, TrialCalls } from './explorer-messages';
import type { PackedModel } from './model/packed-model';

/**
 * What makes a thread of Node look like a browser's worker to the engine: it finds nothing of Node. What the engine
 * imports is only in its bundle.
 */
const AS_WORKER = `
const { parentPort } = require('node:worker_threads');
const { runInThisContext } = require('node:vm');
globalThis.self = globalThis;
globalThis.WorkerGlobalScope = class {};
globalThis.importScripts = () => {};
globalThis.location = { href: 'blob:convlens' };
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
const { workerData } = require('node:worker_threads');
globalThis.process = undefined;
runInThisContext(workerData, 'engine.js');
`;

/** The very engine that a page will run, in a thread of Node: so a page is tried before it is written. */
export function engineInThread(): ExplorerCalls & TrialCalls & { end(): Promise<number> } {
  const worker = new Worker(AS_WORKER, { eval: true, workerData: bundle('engine') });
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  let broken: Error | undefined;
  worker.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  worker.on('error', (error) => {
    broken = error;
    for (const [id, settle] of waiting) settle({ id, error });
  });
  const call =
    (name: string) =>
    (...given: unknown[]) =>
      new Promise((resolve, reject) => {
        const question: Question = { id: ++last, call: name, arguments: given };
        if (broken) return reject(broken);
        waiting.set(question.id, (answer) => {
          waiting.delete(question.id);
          if ('result' in answer) resolve(answer.result);
          else reject(Object.assign(new Error(answer.error.message), { name: answer.error.name }));
        });
        worker.postMessage(question);
      });
  return {
    start: call('start') as ExplorerCalls['start'],
    look: call('look') as ExplorerCalls['look'],
    maps: call('maps') as ExplorerCalls['maps'],
    heatmap: call('heatmap') as ExplorerCalls['heatmap'],
    tryModel: call('tryModel') as TrialCalls['tryModel'],
    end: () => worker.terminate(),
  };
}

/**
 * Runs a model once by the engine of pages.
 *
 * @param most milliseconds, after which it is ended
 * @returns whether it came to its end in that time
 * @throws {Error} when the engine cannot compute a layer, which its message names
 */
export async function tryModel(model: PackedModel, most: number): Promise<boolean> {
  const engine = engineInThread();
  let timer: NodeJS.Timeout | undefined;
  try {
    const ended = engine.tryModel({ wasm: wasmFile(), model }).then(() => true);
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), most);
    });
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
    await engine.end();
  }
}

/** How far the engine's maps are from given ones, relative to the largest value of each layer. */
export interface Difference {
  /** How many layers were compared. */
  layers: number;
  /** The largest, 0..1 and above; 0 if none was compared. */
  worst: number;
  /** The layer where it is. */
  layer: string;
}

/** Runs the engine on a picture and compares it with what the author saw of the same layers. */
export async function compareEngine(
  engine: ExplorerCalls,
  picture: Parameters<ExplorerCalls['look']>[1],
  preprocess: EngineParts['preprocess'],
  activations: readonly Activation[],
): Promise<Difference> {
  const { layers } = await engine.look(0, picture, preprocess);
  const result: Difference = { layers: 0, worst: 0, layer: '' };
  for (const { layer, shape, data } of activations) {
    const at = layers.findIndex(({ name }) => name === layer);
    if (at < 0 || shape[0] !== 1) continue;
    const maps = await engine.maps(0, at);
    if (maps.data.length !== data.length) continue;
    const difference = relativeDifference(maps.data, data);
    result.layers++;
    if (difference >= result.worst) Object.assign(result, { worst: difference, layer });
  }
  return result;
}

function relativeDifference(got: Float32Array, wanted: Float32Array): number {
  let [most, worst] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(got[i], wanted[i]) || (Number.isNaN(got[i]!) && Number.isNaN(wanted[i]!))) continue;
    worst = Math.max(worst, Math.abs(got[i]! - wanted[i]!) || 0);
    most = Math.max(most, Math.abs(wanted[i]!) || 0);
  }
  return most ? worst / most : worst;
}
