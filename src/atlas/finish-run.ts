import { AtlasError } from '../errors';
import type { Atlas } from '../maps/atlas';
import { lateBar } from '../progress';
import { finish } from './finish/finish';
import { openLog } from './log';
import { writeAtlas } from './output/write';
import { type AtlasRun, partsOf } from './run-file';
import type { ShardStore } from './shard';
import { computerOf } from './workers/compute';

/** Merges the shards of a run. @param signal ends it before the next layer */
export async function finished(
  { plan, fields, together }: AtlasRun,
  store: ShardStore,
  signal?: AbortSignal,
): Promise<Atlas> {
  const bar = lateBar('atlas, merging layers', plan.layers.length);
  try {
    const made = await finish(plan, store, {
      fields,
      together,
      async onLayer(done) {
        signal?.throwIfAborted();
        bar.update(done);
        // Lets messages and interrupts through.
        await new Promise((resolve) => setTimeout(resolve));
      },
    });
    bar.update(plan.layers.length);
    return made;
  } finally {
    bar.end();
  }
}

/**
 * Merges the parts that several processes or machines have written into a folder, writes the atlas, and deletes the parts.
 *
 * @throws {AtlasError} when parts are missing
 */
export async function mergeAtlas(out: string): Promise<Atlas> {
  const { run, store, read } = await computerOf(out);
  const missing = store.missing();
  if (missing.length) {
    throw new AtlasError(
      `Cannot merge ${partsOf(out)}: ${missing.length} parts are missing: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ' …' : ''}. Run the same command again, with the same --shard, for those that did not end.`,
    );
  }
  const log = openLog(out);
  const atlas = await finished(run, store);
  await writeAtlas(atlas, out, read);
  store.remove();
  log.line(`merged ${run.plan.pictures.length} pictures`);
  log.write();
  return atlas;
}
