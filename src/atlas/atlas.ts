import { join } from 'node:path';
import { checkKinds } from '../check-kinds';
import { AtlasError } from '../errors';
import { localPath } from '../files/local-path';
import type { LayerChoice, Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import type { Atlas } from '../maps/atlas';
import type { Preprocess } from '../pictures/preprocess';
import type { Interpolation } from '../pictures/resample';
import { valueName } from '../value-name';
import { fieldsOfPlan } from './fields-of-plan';
import { fingerprintOf } from './fingerprint';
import { finish } from './finish/finish';
import { makePlan } from './make-plan';
import { writeAtlas } from './output/write';
import { classesOfCsv } from './pictures/label-file';
import { openPictures, readerOf } from './pictures/open';
import { picturesOf, shardsOf } from './plan';
import { runShard } from './run-shard';
import { memoryStore, type ShardStore } from './shard';
import { folderStore } from './store/folder-store';

/** How far an atlas is. */
export interface AtlasProgress {
  /** Pictures that are done. */
  readonly done: number;
  /** All pictures. */
  readonly total: number;
}

/** Options of `atlas`. */
export interface AtlasOptions {
  /** Which layers, as `predict` takes them. Default all whose output is a map or a sequence. */
  layers?: LayerChoice | readonly LayerChoice[];
  /** How many pictures each channel lists, 1 to 100. Default 9. */
  top?: number;
  /** How many pictures the model computes at once. Default 8. More take more memory, and may change the last digits. */
  batch?: number;
  /** How bytes become numbers, as in `toTensor`. Default: as the model needs it. */
  preprocess?: Preprocess;
  /** How pictures reach the model's size. Default 'nearest', as in Keras. */
  interpolation?: Interpolation;
  /** The pictures' size, for a model that takes any. */
  size?: readonly [height: number, width: number];
  /**
   * Where the classes of the pictures are: a CSV with the name of a picture and its label in each row, or false for no
   * classes. Default: the folders, where all pictures lie in two or more; the labels of a data set.
   */
  labels?: string | false;
  /** Whether to compute which channels respond together. Default true. */
  together?: boolean;
  /** Only the first so many pictures. */
  stopAfter?: number;
  /** Pictures per part, 1 to 4096. Default 128. Another number may change the last digits of means. */
  shardSize?: number;
  /** A folder to write the atlas into. */
  out?: string;
  /** Goes on with the parts that a run before has left in `out`. */
  resume?: boolean;
  /** Called while it runs. */
  onProgress?: (progress: AtlasProgress) => void;
  /** Ends it: then `atlas` throws the signal's reason. With `out`, what is done stays for `resume`. */
  signal?: AbortSignal;
}

const KINDS = {
  layers: 'any',
  top: 'number',
  batch: 'number',
  preprocess: 'any',
  interpolation: 'string',
  size: 'size',
  labels: 'any',
  together: 'boolean',
  stopAfter: 'number',
  shardSize: 'number',
  out: 'string',
  resume: 'boolean',
  onProgress: 'any',
  signal: 'any',
} as const;

/**
 * What the channels of a model respond to over a set of pictures: statistics of each channel, the pictures and places
 * of its largest values, and what tells classes apart. Pictures are read and run in batches, layer by layer; memory does
 * not grow with their number, but for the largest values of each picture (4 bytes per picture and channel), which are
 * kept in `out` where it is given.
 *
 * Pictures that cannot be read are left out and listed in `skipped`.
 *
 * @param model as `loadModel` returns it
 * @param pictures a folder (with all below it), a pattern such as 'pictures/*.jpg', a list (.txt, one path per line), or
 *   a data set in one file: .npz, MNIST's IDX, CIFAR's binary
 * @param options which layers, how many pictures, and where to write
 * @returns the atlas, as plain data
 * @throws {TypeError} when the model was disposed, or an option is of the wrong kind
 * @throws {RangeError} when a layer does not exist, or an option is out of range
 * @throws {AtlasError} when there are no pictures, or `out` cannot be written to
 * @throws {ModelError} when a layer fails
 * @example
 * const a = await atlas(model, 'drawn.npz', { layers: ['conv2d_1', 'conv2d_3'], stopAfter: 64, out: 'atlas' });
 */
export async function atlas(
  model: Model,
  pictures: string | URL,
  options: AtlasOptions = {},
): Promise<Atlas> {
  checkKinds(WHAT, options, KINDS);
  checkModel(WHAT, model);
  checkNumbers(options);
  const { out, resume, onProgress, signal, together = true } = options;
  if (typeof pictures !== 'string' && !(pictures instanceof URL)) {
    throw new TypeError(
      `Cannot ${WHAT}: the pictures are ${valueName(pictures)}. Give the path of a folder.`,
    );
  }
  const set = await openPictures(pictures);
  const count = Math.min(set.names.length, options.stopAfter ?? Number.POSITIVE_INFINITY);
  const names = set.names.slice(0, count);
  const { labels } = options;
  const found =
    labels === false ? undefined : labels ? classesOfCsv(localPath(labels, AtlasError), names) : set.classes;
  const classes = found && { names: found.names, labels: found.labels.slice(0, count) };
  const { top = 9, batch = 8, shardSize = 128, interpolation = 'nearest' } = options;
  const plan = await makePlan(model, out ? fingerprintOf(model) : '', names, classes, {
    ...options,
    ...{ top, batch, shardSize, interpolation },
  });
  const parts = out === undefined ? undefined : folderStore(join(out, 'parts'), plan);
  const store: ShardStore = parts ?? memoryStore();
  const read = readerOf(set, plan);
  let done = 0;
  const advance = (more: number) => {
    done += more;
    onProgress?.({ done, total: names.length });
  };
  for (let shard = 0; shard < shardsOf(plan); shard++) {
    const [from, to] = picturesOf(plan, shard);
    if (resume && store.has(shard)) {
      advance(to - from);
      continue;
    }
    const { result, maxima } = await runShard(model, plan, shard, read, { onPictures: advance, signal });
    store.put(shard, result, maxima);
  }
  const finished = await finish(plan, store, {
    fields: fieldsOfPlan(model, plan),
    together,
    async onLayer() {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve));
    },
  });
  if (out !== undefined) {
    await writeAtlas(finished, out);
    parts!.remove();
  }
  return finished;
}

const WHAT = 'make an atlas';

function checkNumbers(options: AtlasOptions): void {
  const ranges = {
    top: [1, 100],
    batch: [1, 1024],
    stopAfter: [1, Number.POSITIVE_INFINITY],
    shardSize: [1, 4096],
  } as const;
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = options[name as keyof typeof ranges];
    if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) continue;
    throw new RangeError(
      `Cannot ${WHAT}: ${name} is ${value}. Give a whole number from ${low}${high === Number.POSITIVE_INFINITY ? '' : ` to ${high}`}.`,
    );
  }
}
