import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Answer, Converter, Question } from './checker';
import type { Emitted } from './typescript';

/** A check of a huge cell may take long; one that takes longer has died of it. */
const PATIENCE_MS = 120_000;

/**
 * tslab's converter in a thread of its own. Its methods wait for the answer, as those of a converter in this
 * thread would; until the first is called, this thread is free.
 *
 * @returns the converter, and when it will answer without delay
 * @param emitted told of each file that was transpiled for the answer
 */
export function converterThread(
  dist: string,
  emitted: (code: Emitted) => void,
): { converter: Converter; ready: Promise<void> } {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(__dirname, 'converter-thread.js'), {
    workerData: { port: port2, answered, dist },
    transferList: [port2],
  });
  const ready = new Promise<void>((resolve) => {
    worker.once('message', () => {
      worker.unref();
      resolve();
    });
  });
  port1.unref();
  const ask =
    (method: Question['method']) =>
    (...args: unknown[]) => {
      Atomics.store(answered, 0, 0);
      port1.postMessage({ method, args } satisfies Question);
      if (Atomics.wait(answered, 0, 0, PATIENCE_MS) === 'timed-out') {
        throw new Error('Cannot check the cell: the type checker does not answer. Restart the kernel.');
      }
      const { value, failure, emitted: files } = receiveMessageOnPort(port1)!.message as Answer;
      if (failure !== undefined) throw new Error(failure);
      for (const file of files) emitted(file);
      return value;
    };
  const converter = {
    convert: ask('convert'),
    inspect: ask('inspect'),
    complete: ask('complete'),
    addModule: ask('addModule'),
    close: () => void worker.terminate(),
  };
  return { converter, ready };
}
