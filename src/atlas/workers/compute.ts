import { AtlasError } from '../../errors';
import { loadModel } from '../../keras/load';
import type { Model } from '../../keras/model';
import { type AtlasRun, partsOf, readRun } from '../atlas-run';
import { computeShard } from '../compute-shard';
import { fingerprintOf } from '../fingerprint';
import { type Relations, relationsOf } from '../finish/relations';
import { openPictures, readerOf } from '../pictures/open';
import type { ReadPicture } from '../read-batches';
import { type FolderStore, folderStore } from '../store/folder-store';

/** What a process needs to compute shards of one atlas. */
export interface Computer {
  readonly run: AtlasRun;
  readonly store: FolderStore;
  readonly read: ReadPicture;
  /** Computes a shard and stores it, unless it is there. */
  compute(shard: number, onPictures?: (count: number) => void, signal?: AbortSignal): Promise<void>;
  /** The relations of a layer, when all shards are there. */
  relations(layer: number): Relations;
  /** Frees the model, if it was loaded here. */
  release(): void;
}

/**
 * Makes ready to compute shards of the atlas in a folder. The model is loaded with the first shard.
 *
 * @throws {AtlasError} when the model or the pictures are others than those of the run
 */
export async function computerOf(out: string, given?: Model): Promise<Computer> {
  const run = readRun(out);
  const { plan } = run;
  const store = folderStore(partsOf(out), plan);
  const set = await openPictures(run.pictures);
  if (plan.pictures.some((name, i) => name !== set.names[i])) {
    throw new AtlasError(
      `Cannot make an atlas of ${run.pictures}: its pictures are not those with which the run began. Begin anew in another folder.`,
    );
  }
  const read: ReadPicture = readerOf(set, plan);
  let own: Model | undefined;
  return {
    run,
    store,
    read,
    async compute(shard, onPictures, signal) {
      if (store.has(shard)) return;
      if (!given) own ??= await loadAgain(run);
      const model = given ?? own!;
      const { result, maxima } = await computeShard(model, plan, shard, read, { onPictures, signal });
      store.put(shard, result, maxima);
    },
    relations: (layer) => relationsOf(plan, store, layer, run.together),
    release() {
      own?.dispose();
      own = undefined;
    },
  };
}

async function loadAgain({ model: file, plan }: AtlasRun): Promise<Model> {
  if (!file) {
    throw new AtlasError(
      'Cannot make an atlas in several processes: the model was not loaded from a file. Give the path of its file.',
    );
  }
  const model = await loadModel(file.path, file.weights === undefined ? {} : { weights: file.weights });
  if (fingerprintOf(model) === plan.fingerprint) return model;
  throw new AtlasError(
    `Cannot make an atlas in several processes: the model is not that of ${file.path}, or was changed after it was loaded. Save it, and give the path of its file.`,
  );
}
