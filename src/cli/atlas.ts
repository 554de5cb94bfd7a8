import { relative } from 'node:path';
import { atlas } from '../atlas/atlas';
import type { AtlasOptions } from '../atlas/atlas-options';
import { mergeAtlas } from '../atlas/finish-run';
import { serveQueue } from '../atlas/queue/serve-queue';
import { runSlice } from '../atlas/slice';
import { fittingWorkers } from '../atlas/workers/threads';
import { showProgress } from '../cell/progress';
import { AtlasError } from '../errors';
import type { Atlas } from '../maps/atlas';
import { atlasRows } from '../maps/atlas-channel';
import { PictureProgress } from './picture-progress';

/** Options of `convlens atlas`. */
export interface AtlasCommandOptions {
  out: string;
  layers?: string[];
  top?: number;
  batch?: number;
  preprocess?: string;
  interpolation?: string;
  size?: [number, number];
  labels?: string | boolean;
  together: boolean;
  stopAfter?: number;
  shardSize?: number;
  workers?: number;
  queue?: string;
  shard?: [index: number, count: number];
  resume?: boolean;
  backend?: string;
}

/** `convlens atlas`: what the channels of a model respond to over a set of pictures. @returns the exit code */
export async function atlasCommand(
  model: string,
  pictures: string,
  { shard, backend, workers, labels, ...given }: AtlasCommandOptions,
): Promise<number> {
  if (backend) process.env['CONVLENS_BACKEND'] = backend;
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Stopped());
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  showProgress();
  const progress = new PictureProgress();
  const options = {
    ...given,
    ...(labels !== undefined && labels !== true && { labels }),
    signal: stop.signal,
    onProgress: ({ done, total }) => progress.show(done, total),
  } as AtlasOptions;
  try {
    if (shard) {
      const done = await runSlice(model, pictures, options, shard);
      progress.end();
      console.log(
        `slice ${shard[0]} of ${shard[1]}: ${done} parts are done. When all are: convlens atlas merge ${given.out}`,
      );
      return 0;
    }
    const made = await atlas(model, pictures, { ...options, workers: workers ?? fittingWorkers() });
    progress.end();
    report(made, given.out);
    return 0;
  } catch (error) {
    progress.end();
    if (!(error instanceof Stopped)) throw error;
    console.error(`stopped after ${progress.words}. Go on with --resume.`);
    return 130;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** `convlens atlas worker`: computes parts for others until it is told to stop. @returns the exit code */
export async function workerCommand({
  queue,
  workers,
  backend,
}: {
  queue?: string;
  workers?: number;
  backend?: string;
}): Promise<number> {
  if (!queue)
    throw new AtlasError('Cannot work: no queue is given. Give one with --queue redis://host:6379.');
  if (backend) process.env['CONVLENS_BACKEND'] = backend;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  await serveQueue(queue, workers ?? fittingWorkers(), console.log, stop.signal);
  // A connection that BullMQ keeps must not keep the process.
  process.exit(0);
}

/** `convlens atlas merge`: puts the parts of several machines together. @returns the exit code */
export async function mergeCommand(out: string): Promise<number> {
  showProgress();
  report(await mergeAtlas(out), out);
  return 0;
}

class Stopped extends Error {}

function report(made: Atlas, out: string): void {
  const rows = atlasRows(made);
  const dead = rows.filter((row) => row.dead).length;
  console.log(
    `${made.pictures.length - made.skipped.length} pictures, ${made.layers.length} ${made.layers.length === 1 ? 'layer' : 'layers'}, ${rows.length} channels, ${dead} of them dead over all pictures`,
  );
  const { length } = made.skipped;
  if (length) {
    console.log(`${length} could not be read:`);
    for (const { picture, reason } of made.skipped.slice(0, 10))
      console.log(`  ${made.pictures[picture]}: ${reason}`);
    if (length > 10) console.log('  … all are listed in atlas.json');
  }
  console.log(`atlas: ${relative('', out) || out}`);
}
