import { join } from 'node:path';
import { workerEnvironment } from '../workers/threads';
import { connect, QUEUE, queueLibraries } from './connect';

/** A lost machine's jobs go to another after this, in ms. */
const LOCK = 30_000;

/**
 * Takes shards from a queue until it is told to stop, each in a process of its own.
 *
 * @param workers how many at a time
 * @param log what happens, in lines
 * @param signal stops after the shards that are computed now
 * @param lock after how many ms a lost worker's jobs go to another
 * @throws {AtlasError} when Redis does not answer
 */
export async function serveQueue(
  url: string,
  workers: number,
  log: (line: string) => void,
  signal: AbortSignal,
  lock = LOCK,
): Promise<void> {
  const { bullmq } = await queueLibraries();
  const connection = await connect(url);
  Object.assign(process.env, workerEnvironment(workers));
  const worker = new bullmq.Worker(QUEUE, join(__dirname, 'processor.js'), {
    connection,
    concurrency: workers,
    // Node's own options, such as -e, would start this worker again in each process.
    workerForkOptions: { execArgv: [] },
    lockDuration: lock,
    stalledInterval: lock / 3,
    maxStalledCount: 3,
  });
  worker.on('completed', ({ data }) => log(`shard ${data.shard} of ${data.out} done`));
  worker.on('failed', (job, error) =>
    log(`shard ${job?.data.shard} of ${job?.data.out} failed: ${error.message}`),
  );
  worker.on('stalled', (id) => log(`job ${id} was lost by its worker, and is computed again`));
  worker.on('error', (error) => log(error.message));
  await worker.waitUntilReady();
  log(`waits for shards, ${workers} at a time`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await worker.close();
  connection.disconnect();
}
