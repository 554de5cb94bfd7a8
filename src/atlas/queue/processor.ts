import { hostname } from 'node:os';
import { type Computer, computerOf } from '../workers/compute';
import type { ShardJob } from './connect';
import { isCancelled } from './run-queue';

/** A job as BullMQ gives it to the process that computes. */
interface Job {
  readonly data: ShardJob;
  updateProgress(count: number): Promise<void>;
}

/** The last run: a worker has one model in memory. */
let last: { out: string; computer: Promise<Computer> } | undefined;

/** Computes a shard, in a process of its own: BullMQ's worker renews the job's lock while this one is busy. */
module.exports = async ({ data: { out, shard }, ...job }: Job): Promise<{ worker: string }> => {
  const stop = new AbortController();
  const check = () => {
    if (isCancelled(out)) stop.abort(new Error('the run was cancelled'));
  };
  check();
  stop.signal.throwIfAborted();
  if (last?.out !== out) {
    await last?.computer.then(({ release }) => release());
    last = { out, computer: computerOf(out) };
  }
  let done = 0;
  try {
    const { compute } = await last.computer;
    await compute(
      shard,
      (count) => {
        done += count;
        void job.updateProgress(done).catch(() => {});
        check();
      },
      stop.signal,
    );
  } catch (error) {
    last = undefined;
    throw error;
  }
  return { worker: `${hostname()} ${process.pid}` };
};
