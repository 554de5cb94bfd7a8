/**
 * The thread of the type checker: reading the types of Node takes it a second, in which the engine's own thread
 * loads what cells will need. It answers one question after the other; who asks waits (see converter.ts).
 */
import { join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Answer, Question } from './converter';
import { type Emitted, patchTypeScript } from './typescript';

const { port, answered, dist } = workerData as { port: MessagePort; answered: Int32Array; dist: string };

let emitted: Emitted[] = [];
const lookAtFiles = patchTypeScript(dist, (code) => emitted.push(code));
const { createConverter } = require(join(dist, 'converter'));
const converter = createConverter({});

function answerTo({ method, args }: Question): Answer {
  emitted = [];
  try {
    lookAtFiles();
    const value = converter[method](...args);
    // The rest of what TypeScript knows of a completion is no plain data.
    const plain =
      method === 'complete' ? { start: value.start, end: value.end, candidates: value.candidates } : value;
    return { value: plain, emitted };
  } catch (error) {
    return { failure: (error as Error).stack ?? String(error), emitted };
  }
}

port.on('message', (question: Question) => {
  port.postMessage(answerTo(question));
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});

parentPort!.postMessage('ready');
