import { computerOf } from './compute';
import type { FromWorker, ToWorker } from './messages';

/** A process that computes the shards that its parent names. usage: worker.js FOLDER */
async function main(out: string): Promise<void> {
  const tell = (message: FromWorker) => process.send?.(message);
  const computer = await computerOf(out);
  process.on('message', async ({ shard }: ToWorker) => {
    try {
      await computer.compute(shard, (count) => tell({ kind: 'pictures', count }));
      tell({ kind: 'done', shard });
    } catch (error) {
      fail(error);
    }
  });
  tell({ kind: 'ready' });
}

function fail(error: unknown): void {
  const { name, message } = error as Error;
  process.send?.({ kind: 'failed', name, message } satisfies FromWorker);
}

// Its parent has ended.
process.on('disconnect', () => process.exit());
main(process.argv[2]!).catch(fail);
