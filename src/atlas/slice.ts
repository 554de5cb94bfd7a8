import type { Model } from '../keras/model';
import type { AtlasOptions } from './atlas-options';
import { writeRun } from './atlas-run';
import { picturesOf, shardsOf } from './plan';
import { prepareRun } from './prepare-run';
import { computerOf } from './workers/compute';

/**
 * Computes every n-th shard of an atlas, for machines that share a folder: Slurm's arrays, Kubernetes' indexed jobs, GNU
 * parallel. Shards whose parts are there are not computed again. `mergeAtlas` puts all together.
 *
 * @param slice which of how many, 0 first
 * @returns how many shards this slice has
 * @throws as `atlas` does
 */
export async function runSlice(
  given: Model | string | URL,
  pictures: string | URL,
  options: AtlasOptions,
  [index, count]: readonly [index: number, count: number],
): Promise<number> {
  const { run, model, release } = await prepareRun(given, pictures, options);
  try {
    writeRun(options.out!, run, true);
    const { compute, store } = await computerOf(options.out!, model);
    const mine = Array.from({ length: shardsOf(run.plan) }, (_, shard) => shard).filter(
      (shard) => shard % count === index,
    );
    const sizes = mine.map((shard) => {
      const [from, to] = picturesOf(run.plan, shard);
      return to - from;
    });
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let done = 0;
    const onPictures = (more: number) => {
      done += more;
      options.onProgress?.({ done, total });
    };
    for (const [i, shard] of mine.entries()) {
      if (store.has(shard)) onPictures(sizes[i]!);
      else await compute(shard, onPictures, options.signal);
    }
    return mine.length;
  } finally {
    release();
  }
}
