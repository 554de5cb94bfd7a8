import { AtlasError } from '../errors';
import type { Atlas } from '../maps/atlas';
import { finish } from './finish/finish';
import { openLog } from './log';
import { writeAtlas } from './output/write';
import { type AtlasRun, partsOf } from './run-file';
import type { ShardStore } from './shard';
import { computerOf } from './workers/compute';

/** Merges the shards of a run. @param onLayer called before each layer */
export function finished(
  { plan, fields, together }: AtlasRun,
  store: ShardStore,
  onLayer?: (done: number) => void,
): Promise<Atlas> {
  return finish(plan, store, {
    fields,
    together,
    async onLayer(done) {
      onLayer?.(done);
      // Lets messages and interrupts through.
      await new Promise((resolve) => setTimeout(resolve));
    },
  });
}

/**
 * Merges the parts that several processes or machines have written into a folder, writes the atlas, and deletes the parts.
 *
 * @throws {AtlasError} when parts are missing
 */
export async function mergeAtlas(
  out: string,
  onLayer?: (done: number, total: number) => void,
): Promise<Atlas> {
  const { run, store, read } = await computerOf(out);
  const missing = store.missing();
  if (missing.length) {
    throw new AtlasError(
      `Cannot merge ${partsOf(out)}: ${missing.length} parts are missing: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ' …' : ''}. Run the same command again, with the same --shard, for those that did not end.`,
    );
  }
  const log = openLog(out);
  const atlas = await finished(run, store, (done) => onLayer?.(done, run.plan.layers.length));
  await writeAtlas(atlas, out, read);
  store.remove();
  log.line(`merged ${run.plan.pictures.length} pictures`);
  log.write();
  return atlas;
}
