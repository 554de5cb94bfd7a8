import { AtlasError } from '../errors';
import type { Atlas } from '../maps/atlas';
import { lateBar } from '../progress';
import { type AtlasRun, partsOf } from './atlas-run';
import { atlasOfShards } from './finish/atlas-of-shards';
import { type Relations, relationsOf, workOfRelations } from './finish/relations';
import { openLog } from './log';
import { writeAtlas } from './output/write';
import type { ShardStore } from './shard';
import { computerOf } from './workers/compute';
import { Pool } from './workers/pool';
import { fittingWorkers } from './workers/threads';

/** Products of relations above which they are shared out: among processes that run already, and with the start of new ones. */
const MUCH = { running: 5e8, started: 4e9 };

/** How the shards of a run are merged. */
interface MergeOptions {
  /** Processes that share the work with the folder of the run, where it is much: running ones, or how to start them. */
  readonly share?: {
    readonly out: string;
    readonly pool: Pool | (() => Pool);
    readonly log: (line: string) => void;
  };
  /** Ends it before the next layer. */
  readonly signal?: AbortSignal | undefined;
}

/** Merges the shards of a run. */
export async function finishRun(
  { plan, fields, together }: AtlasRun,
  store: ShardStore,
  { share, signal }: MergeOptions = {},
): Promise<Atlas> {
  const { length } = plan.layers;
  const found = new Map<number, Relations>();
  const much = share?.pool instanceof Pool ? MUCH.running : MUCH.started;
  if (share && workOfRelations(plan, together) > much) {
    const pool = share.pool instanceof Pool ? share.pool : share.pool();
    const bar = lateBar('atlas, relating channels', length);
    const jobs = Array.from({ length }, (_, layer) => ({ layer }));
    const onRelations = (layer: number, relations: Relations) => {
      found.set(layer, relations);
      bar.update(found.size);
    };
    try {
      await pool.run(share.out, jobs, { onRelations, log: share.log }, signal);
    } finally {
      bar.end();
    }
  }
  const bar = lateBar('atlas, merging layers', length);
  try {
    const made = await atlasOfShards(plan, store, {
      fields,
      relations: (layer) => found.get(layer) ?? relationsOf(plan, store, layer, together),
      async onLayer(done) {
        signal?.throwIfAborted();
        bar.update(done);
        // Lets messages and interrupts through.
        await new Promise((resolve) => setTimeout(resolve));
      },
    });
    bar.update(length);
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
  let pool: Pool | undefined;
  try {
    const makePool = () => {
      pool = new Pool(fittingWorkers());
      return pool;
    };
    const atlas = await finishRun(run, store, { share: { out, pool: makePool, log: log.line } });
    await writeAtlas(atlas, out, read);
    store.remove();
    log.line(`merged ${run.plan.pictures.length} pictures`);
    log.write();
    return atlas;
  } finally {
    pool?.end();
  }
}
