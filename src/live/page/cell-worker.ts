import type { Answer } from '../protocol';
import type { OutputMessage } from '../protocol-notebook';

/** A worker that runs cells, and can be ended and started anew. */
export interface CellWorker<Calls> {
  calls: Calls;
  /**
   * Starts a fresh worker.
   *
   * @throws {Error} when none is left
   */
  start(script: string): void;
  end(): void;
}

/**
 * @param workers that evaluate the first text that they get
 * @param onOutput is called with each output of the running cell
 */
export function cellWorker<Calls extends object>(
  workers: Worker[],
  onOutput: (message: OutputMessage) => void,
): CellWorker<Calls> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let last = 0;
  const fail = (why: string) => {
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };
  const hear = ({ data }: MessageEvent<Answer | OutputMessage | { broken: string }>) => {
    if (typeof data !== 'object' || data === null) return;
    if ('broken' in data) return fail(String(data.broken));
    if ('output' in data) return onOutput(data);
    const asked = waiting.get(data.id);
    if (!asked) return;
    waiting.delete(data.id);
    if ('result' in data) asked.resolve(data.result);
    else
      asked.reject(Object.assign(new Error(String(data.error?.message)), { name: String(data.error?.name) }));
  };
  const calls = new Proxy({} as Calls, {
    get:
      (_, name) =>
      (...given: unknown[]) =>
        new Promise((resolve, reject) => {
          waiting.set(++last, { resolve, reject });
          worker!.postMessage({ id: last, call: name, arguments: given });
        }),
  });
  return {
    calls,
    start(script) {
      worker = workers.shift();
      if (!worker) throw new Error('this page was stopped too often. Load it again: your edits are kept.');
      worker.onmessage = hear;
      worker.onerror = ({ message }) => fail(message);
      worker.postMessage(script);
    },
    end() {
      worker?.terminate();
      worker = undefined;
      fail('it was stopped');
    },
  };
}
