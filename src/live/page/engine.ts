import type { Answer } from '../explorer-messages';

/** A worker as an object whose calls return promises. */
export type Remote<Calls> = {
  [Name in keyof Calls]: Calls[Name];
} & { end(): void };

/** Starts a worker from a script's text; it has neither the page nor a network. */
export function startEngine<Calls extends object>(script: BlobPart): Remote<Calls> {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  const fail = (message: string) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data?.id);
    if (!asked) return;
    waiting.delete(data.id);
    if ('result' in data) asked.resolve(data.result);
    else asked.reject(Object.assign(new Error(data.error.message), { name: data.error.name }));
  };
  worker.onerror = (event) => fail(event.message || 'the worker does not start');
  const call =
    (name: string) =>
    (...given: unknown[]) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        worker.postMessage({ id: last, call: name, arguments: given });
      });
  const end = () => {
    worker.terminate();
    URL.revokeObjectURL(url);
    fail('it was stopped');
  };
  return new Proxy({} as Remote<Calls>, {
    get: (_, name) => (name === 'end' ? end : name === 'then' ? undefined : call(String(name))),
  });
}
