import type { Answer } from '../explorer-messages';
import type { OutputMessage } from '../notebook-messages';
import type { CellFrame, WorkerPorts } from './cell-frame';

/** A worker that runs cells, and can be ended and started anew. */
export interface CellWorker<Calls> {
  /**
   * Starts an engine.
   *
   * @returns its calls, which fail when it is ended
   * @throws {Error} when it is ended meanwhile, or the browser starts no worker
   */
  start(script: Promise<string>): Promise<Calls>;
  end(): void;
}

/**
 * @param frame whose workers evaluate the first text that they get
 * @param onOutput is called with each output of the running cell
 */
export function cellWorker<Calls extends object>(
  frame: CellFrame,
  onOutput: (message: OutputMessage) => void,
): CellWorker<Calls> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
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
  return {
    async start(script) {
      const { fresh } = frame;
      const [{ worker, errors }, text] = await Promise.all([fresh, script]);
      const check = () => {
        if (fresh !== frame.fresh) throw new Error('it was stopped');
      };
      check();
      worker.onmessage = hear;
      errors.onmessage = ({ data }) => fail(String(data));
      worker.postMessage(text);
      return new Proxy({} as Calls, {
        get: (_, name) =>
          // A promise gives this object on, and asks whether it is one.
          name === 'then'
            ? undefined
            : async (...given: unknown[]) => {
                check();
                return new Promise((resolve, reject) => {
                  waiting.set(++last, { resolve, reject });
                  worker.postMessage({ id: last, call: name, arguments: given });
                });
              },
      });
    },
    end() {
      frame.fresh.then(close, () => {});
      frame.renew();
      fail('it was stopped');
    },
  };
}

/** What a worker has sent and the page has not yet heard is not heard any more. */
function close({ worker, errors }: WorkerPorts): void {
  worker.close();
  errors.close();
}
