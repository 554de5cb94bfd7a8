import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Model } from '../keras/model';
import type { Atlas } from '../maps/atlas';
import { lateBar } from '../progress';
import type { AtlasOptions } from './atlas-options';
import { finished } from './finish-run';
import { openLog } from './log';
import { writeAtlas } from './output/write';
import { rememberSource } from './picture-source';
import { openPictures, readerOf } from './pictures/open';
import { picturesOf, shardsOf } from './plan';
import { prepareRun } from './prepare-run';
import { runQueue } from './queue/run-queue';
import { type AtlasRun, writeRun } from './run-file';
import { type ReadPicture, runShard } from './run-shard';
import { memoryStore } from './shard';
import { computerOf } from './workers/compute';
import { runPool } from './workers/pool';

/** What `atlas` does; in a module of its own, since most cells that import convlens make no atlas. */
export async function runAtlas(
  model: Model | string | URL,
  pictures: string | URL,
  options: AtlasOptions = {},
): Promise<Atlas> {
  const isPath = typeof model === 'string' || model instanceof URL;
  const { out, resume = false, onProgress, signal, workers = 1, queue } = options ?? {};
  const { run, model: loaded, release } = await prepareRun(model, pictures, options);
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
    if (out === undefined && workers === 1) {
      const store = memoryStore();
      const read = readerOf(await openPictures(run.pictures), plan);
      for (let shard = 0; shard < shardsOf(plan); shard++) {
        const { result, maxima } = await runShard(loaded, plan, shard, read, { onPictures, signal });
        store.put(shard, result, maxima);
      }
      return rememberSource(await finished(run, store, signal), {
        read,
        ...(!isPath && { model: loaded }),
      });
    }
    const folder = resolve(out ?? mkdtempSync(join(tmpdir(), 'convlens-')));
    try {
      const { made, read } = await inFolder(folder, run, loaded, {
        workers,
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
    release();
  }
}

/** Computes a run's shards into a folder, and merges them. */
async function inFolder(
  folder: string,
  run: AtlasRun,
  model: Model,
  given: {
    workers: number;
    queue: string | undefined;
    resume: boolean;
    onPictures: (count: number) => void;
    signal: AbortSignal | undefined;
    writes: boolean;
  },
): Promise<{ made: Atlas; read: ReadPicture }> {
  const { workers, queue, onPictures, signal } = given;
  writeRun(folder, run, given.resume);
  const { store, compute, read } = await computerOf(folder, model);
  const log = openLog(given.writes ? folder : undefined);
  const missing = store.missing();
  const there = run.plan.pictures.length - missing.reduce((sum, shard) => sum + sizeOf(run, shard), 0);
  if (there) onPictures(there);
  log.line(
    `${run.plan.pictures.length} pictures, ${there} of them done, ${queue === undefined ? `${workers} workers` : 'by a queue'}`,
  );
  if (queue !== undefined) {
    await runQueue(queue, folder, run, missing, { onPictures, log: log.line, signal });
  } else if (workers > 1) await runPool(folder, missing, { workers, onPictures, log: log.line, signal });
  else for (const shard of missing) await compute(shard, onPictures, signal);
  log.line('all shards done');
  const made = await finished(run, store, signal);
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
