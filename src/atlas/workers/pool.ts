import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { AtlasError, BackendError, ModelError } from '../../errors';
import { ready } from '../../tensorflow/backend';
import type { FromWorker, ToWorker } from './messages';
import { workerEnvironment } from './threads';

/** How often a shard may end its worker before the run fails. */
const DEATHS = 3;

/** What happens while workers compute. */
export interface PoolOptions {
  /** How many processes. */
  readonly workers: number;
  /** Pictures that are done; fewer where a worker has died with a shard half done. */
  readonly onPictures: (count: number) => void;
  /** A line for the log. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Computes shards in processes of this machine. One that dies is replaced, and its shard computed again.
 *
 * @param out the folder of the run
 * @throws {AtlasError} when workers keep dying
 * @throws {ModelError} when a layer fails, or the model cannot be loaded
 */
export async function runPool(
  out: string,
  shards: readonly number[],
  { workers, onPictures, log, signal }: PoolOptions,
): Promise<void> {
  const { name: backend } = await ready();
  const waiting = [...shards];
  const deaths = new Map<number, number>();
  const children = new Set<ChildProcess>();
  const count = Math.min(workers, shards.length);
  try {
    await new Promise<void>((resolve, reject) => {
      let running = 0;
      const start = () => {
        running++;
        let shard: number | undefined;
        let seen = 0;
        let last = '';
        const child = fork(join(__dirname, 'worker.js'), [out], {
          env: { ...process.env, ...workerEnvironment(count), CONVLENS_BACKEND: backend },
          execArgv: [],
          stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        });
        children.add(child);
        const next = () => {
          shard = waiting.shift();
          seen = 0;
          if (shard === undefined) child.disconnect();
          else child.send({ shard } satisfies ToWorker);
        };
        child.stderr!.on('data', (data) => {
          last = (last + data).slice(-500);
        });
        child.on('message', (message: FromWorker) => {
          if (message.kind === 'failed') reject(errorOf(message));
          else if (message.kind === 'pictures') {
            seen += message.count;
            onPictures(message.count);
          } else {
            if (message.kind === 'done') log(`worker ${child.pid}: shard ${message.shard} done`);
            next();
          }
        });
        child.on('error', reject);
        child.on('exit', (code, ended) => {
          children.delete(child);
          running--;
          if (shard === undefined && code === 0) {
            if (running === 0) resolve();
            return;
          }
          log(
            `worker ${child.pid} ended (${ended ?? `code ${code}`}) ${shard === undefined ? 'before its first shard' : `in shard ${shard}`}`,
          );
          onPictures(-seen);
          const times = (deaths.get(shard ?? -1) ?? 0) + 1;
          deaths.set(shard ?? -1, times);
          if (times >= DEATHS) {
            reject(
              new AtlasError(
                `Cannot make an atlas: ${times} worker processes ended (${ended ?? `code ${code}`})${shard === undefined ? '' : ` on the pictures of shard ${shard}`}. ${last.trim().split('\n').at(-1) || 'Perhaps memory is short: use fewer workers, or a smaller batch'}.`,
              ),
            );
            return;
          }
          if (shard !== undefined) waiting.unshift(shard);
          start();
        });
      };
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      signal?.throwIfAborted();
      for (let i = 0; i < count; i++) start();
      if (!count) resolve();
    });
  } finally {
    for (const child of children) {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    }
  }
}

const KINDS: Record<string, new (message: string) => Error> = {
  AtlasError,
  BackendError,
  ModelError,
  RangeError,
  TypeError,
};

function errorOf({ name, message }: { name: string; message: string }): Error {
  return new (KINDS[name] ?? Error)(message);
}
