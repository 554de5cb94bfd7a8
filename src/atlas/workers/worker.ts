import { ready } from '../../tensorflow/backend';
import { type Computer, computerOf } from './compute';
import type { FromWorker, ToWorker } from './messages';

/** A process that does the jobs that its parent names, one after the other. usage: worker.js */
let computer: Promise<Computer> | undefined;

const tell = (message: FromWorker) => process.send?.(message);

process.on('message', async ({ out, ...job }: ToWorker) => {
  try {
    computer ??= computerOf(out);
    const { compute, relations } = await computer;
    if ('layer' in job) {
      tell({ kind: 'done', relations: relations(job.layer) });
      return;
    }
    await compute(job.shard, (count) => tell({ kind: 'pictures', count }));
    tell({ kind: 'done' });
  } catch (error) {
    const { name, message } = error as Error;
    tell({ kind: 'failed', name, message });
  }
});
// Its parent has ended.
process.on('disconnect', () => process.exit());
// The first job waits less. A failure is told with it.
ready().catch(() => {});
