import { checkKinds } from '../checks/check-kinds';
import type { LayerChoice } from '../keras/model';
import type { Preprocess } from '../pictures/preprocess';
import type { Interpolation } from '../pictures/resample';

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
  /**
   * How many pictures the model computes at once. Default 8, or fewer where a picture's maps take more than 8 MB
   * together. More take more memory, and may change the last digits.
   */
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
  /** How many processes compute. Default 1: this one. Each loads the model from its file, and takes 400 to 600 MB. */
  workers?: number;
  /** Where BullMQ's queue is (redis://host:6379), whose workers compute in place of this process. Needs `out`. */
  queue?: string;
  /** A folder to write the atlas into. */
  out?: string;
  /** Goes on with the parts that a run before has left in `out`. */
  resume?: boolean;
  /** Called while the pictures run. Without it a bar shows how far an atlas is that takes longer than two seconds. */
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
  workers: 'number',
  queue: 'string',
  out: 'string',
  resume: 'boolean',
  onProgress: 'any',
  signal: 'any',
} as const;

export const WHAT = 'make an atlas';

/**
 * @throws {TypeError} for an option that does not exist, or is of the wrong kind
 * @throws {RangeError} for a number out of range
 */
export function checkAtlasOptions(options: AtlasOptions): void {
  checkKinds(WHAT, options, KINDS);
  const ranges = {
    top: [1, 100],
    batch: [1, 1024],
    stopAfter: [1, Number.POSITIVE_INFINITY],
    shardSize: [1, 4096],
    workers: [1, 256],
  } as const;
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = options?.[name as keyof typeof ranges];
    if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) continue;
    throw new RangeError(
      `Cannot ${WHAT}: ${name} is ${value}. Give a whole number from ${low}${high === Number.POSITIVE_INFINITY ? '' : ` to ${high}`}.`,
    );
  }
  if (options?.queue !== undefined && options.out === undefined) {
    throw new TypeError(
      `Cannot ${WHAT}: workers of a queue need a folder that all of them see. Give it with { out }.`,
    );
  }
}
