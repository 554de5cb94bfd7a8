import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Model } from '../keras/model';
import type { Atlas } from '../maps/atlas';
import { lateBar } from '../progress';
import { runningBackend } from '../tensorflow/backend';
import type { AtlasOptions } from './atlas-options';
import { type AtlasRun, writeRun } from './atlas-run';
import { computeShard } from './compute-shard';
import { finishRun } from './finish-run';
import { openLog } from './log';
import { writeAtlas } from './output/write';
import { rememberSource } from './picture-source';
import { openPictures, readerOf } from './pictures/open';
import { picturesOf, shardsOf } from './plan';
import { prepareRun } from './prepare-run';
import { runQueue } from './queue/run-queue';
import type { ReadPicture } from './read-batches';
import { memoryStore } from './shard';
import { computerOf } from './workers/compute';
import { Pool } from './workers/pool';

/** What `atlas` does; in a module of its own, since most cells that import convlens make no atlas. */
export async function makeAtlas(
  model: Model | string | URL,
  pictures: string | URL,
  options: AtlasOptions = {},
): Promise<Atlas> {
  const isPath = typeof model === 'string' || model instanceof URL;
  const { out, resume = false, onProgress, signal, workers = 1, queue } = options ?? {};
  let pool: Pool | undefined;
  const {
    run,
    model: loaded,
    release,
  } = await prepareRun(model, pictures, options, (shards) => {
    // They start while the model is loaded and the run is planned.
    if (workers > 1 && queue === undefined) pool = new Pool(Math.min(workers, shards), runningBackend());
  }).catch((error) => {
    pool?.end();
    throw error;
  });
  const { plan } = run;
  const total = plan.pictures.length;
  // Who asks for progress shows it.
  const bar = onProgress ? undefined : lateBar('atlas, pictures', total);
  try {
    let done = 0;
    const onPictures = (more: number) => {
      done += more;
      onProgress?.({ done, total });
      bar?.update(done);
      if (done === total) bar?.end();
    };
    if (out === undefined && !pool) {
      const store = memoryStore();
      const read = readerOf(await openPictures(run.pictures), plan);
      for (let shard = 0; shard < shardsOf(plan); shard++) {
        const { result, maxima } = await computeShard(loaded, plan, shard, read, { onPictures, signal });
        store.put(shard, result, maxima);
      }
      return rememberSource(await finishRun(run, store, { signal }), {
        read,
        ...(!isPath && { model: loaded }),
      });
    }
    const folder = resolve(out ?? mkdtempSync(join(tmpdir(), 'convlens-')));
    try {
      const { made, read } = await inFolder(folder, run, loaded, {
        pool,
        queue,
        resume,
        onPictures,
        signal,
        writes: out !== undefined,
      });
      return rememberSource(made, { read, ...(!isPath && { model: loaded }) });
    } finally {
      if (out === undefined) rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    bar?.end();
    pool?.end();
    release();
  }
}

/** Computes a run's shards into a folder, and merges them. */
async function inFolder(
  folder: string,
  run: AtlasRun,
  model: Model,
  given: {
    pool: Pool | undefined;
    queue: string | undefined;
    resume: boolean;
    onPictures: (count: number) => void;
    signal: AbortSignal | undefined;
    writes: boolean;
  },
): Promise<{ made: Atlas; read: ReadPicture }> {
  const { pool, queue, onPictures, signal } = given;
  writeRun(folder, run, given.resume);
  const { store, compute, read } = await computerOf(folder, model);
  const log = openLog(given.writes ? folder : undefined);
  const missing = store.missing();
  const there = run.plan.pictures.length - missing.reduce((sum, shard) => sum + sizeOf(run, shard), 0);
  if (there) onPictures(there);
  log.line(
    `${run.plan.pictures.length} pictures, ${there} of them done, ${queue === undefined ? `${pool?.size ?? 1} workers` : 'by a queue'}`,
  );
  if (queue !== undefined) {
    await runQueue(queue, folder, run, missing, { onPictures, log: log.line, signal });
  } else if (pool) {
    const jobs = missing.map((shard) => ({ shard }));
    await pool.run(folder, jobs, { onPictures, log: log.line }, signal);
  } else for (const shard of missing) await compute(shard, onPictures, signal);
  log.line('all shards done');
  const share = pool && { out: folder, pool, log: log.line };
  const made = await finishRun(run, store, { share, signal });
  pool?.end();
  log.line('merged');
  if (given.writes) {
    await writeAtlas(made, folder, read);
    log.line('written');
    log.write();
  }
  store.remove();
  return { made, read };
}

function sizeOf({ plan }: AtlasRun, shard: number): number {
  const [from, to] = picturesOf(plan, shard);
  return to - from;
}
