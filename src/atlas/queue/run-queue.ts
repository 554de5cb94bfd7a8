import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AtlasError } from '../../errors';
import { writeWhole } from '../../files/whole-file';
import { type AtlasRun, partsOf } from '../atlas-run';
import { picturesOf } from '../plan';
import { connect, QUEUE, queueLibraries, type ShardJob } from './connect';

/** How often a shard is tried. */
const ATTEMPTS = 3;

/** Workers stop where this file is. */
const cancelledFile = (out: string) => join(partsOf(out), 'cancelled');

/** Whether a run was cancelled. @param out its folder */
export const isCancelled = (out: string) => existsSync(cancelledFile(out));

/**
 * Has shards computed by the workers of a queue, and waits until all are done.
 *
 * @param out the folder of the run, which workers see under the same path
 * @param onPictures called with how many more pictures are done
 * @throws {AtlasError} when Redis does not answer, or a shard fails three times
 */
export async function runQueue(
  url: string,
  out: string,
  run: AtlasRun,
  shards: readonly number[],
  {
    onPictures,
    log,
    signal,
  }: { onPictures: (count: number) => void; log: (line: string) => void; signal?: AbortSignal },
): Promise<void> {
  const { bullmq } = await queueLibraries();
  const connection = await connect(url);
  rmSync(cancelledFile(out), { force: true });
  const queue = new bullmq.Queue<ShardJob>(QUEUE, { connection });
  const listening = connection.duplicate();
  listening.on('error', () => {});
  const events = new bullmq.QueueEvents(QUEUE, { connection: listening });
  // Each job that is waited for listens.
  for (const one of [queue, events]) one.setMaxListeners(0);
  let added: Awaited<ReturnType<typeof queue.addBulk>> = [];
  try {
    await events.waitUntilReady();
    added = await queue.addBulk(
      shards.map((shard) => ({
        name: `shard ${shard} of ${run.plan.model}`,
        data: { out, shard },
        opts: {
          attempts: ATTEMPTS,
          backoff: { type: 'fixed', delay: 1000 },
          removeOnComplete: { age: 86_400, count: 10_000 },
          removeOnFail: { age: 86_400 },
        },
      })),
    );
    const shardOf = new Map(added.map(({ id, data }) => [id!, data.shard]));
    const seen = new Map<string, number>();
    const progress = (id: string, count: number) => {
      onPictures(count - (seen.get(id) ?? 0));
      seen.set(id, count);
    };
    events.on('progress', ({ jobId, data }) => {
      if (shardOf.has(jobId) && typeof data === 'number') progress(jobId, data);
    });
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    signal?.throwIfAborted();
    const all = Promise.all(
      added.map(async (job) => {
        const { worker } = await job.waitUntilFinished(events);
        const [from, to] = picturesOf(run.plan, job.data.shard);
        progress(job.id!, to - from);
        log(`${worker}: shard ${job.data.shard} done`);
      }),
    );
    all.catch(() => {});
    await Promise.race([all, aborted]);
  } catch (error) {
    writeWhole(cancelledFile(out), '', AtlasError);
    // Those that wait go; those that run see the file.
    await Promise.all(added.map((job) => job.remove().catch(() => {})));
    if (signal?.aborted || error instanceof AtlasError) throw error;
    throw new AtlasError(`Cannot make an atlas: a worker of the queue failed: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await events.close();
    await queue.close();
    // BullMQ leaves connections open that it was given.
    for (const one of [connection, listening]) one.disconnect();
  }
}
