import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AtlasError } from '../errors';
import type { Fields } from '../explain/receptive-field';
import { makeFolder, writeWhole } from '../files/whole-file';
import type { AtlasPlan } from './plan';
import { keyOf } from './store/folder-store';

/** All that another process needs to compute shards of an atlas, or to finish it. */
export interface AtlasRun {
  readonly plan: AtlasPlan;
  /** The receptive fields of each layer. */
  readonly fields: readonly Fields[];
  readonly together: boolean;
  /** Where the model is; undefined if it was not loaded from a file. */
  readonly model?: ModelFile;
  /** The pictures as they were given. */
  readonly pictures: string;
}

/** The files of a model. */
export interface ModelFile {
  readonly path: string;
  readonly weights?: string;
}

/** The folder of an atlas with the results of its shards. */
export const partsOf = (out: string) => join(out, 'parts');

const fileOf = (out: string) => join(partsOf(out), 'run.json');

/**
 * Writes what a run is, unless another has done so.
 *
 * @param goesOn whether parts may be there already
 * @throws {AtlasError} when the folder holds parts of another run, or of one that has not ended
 */
export function writeRun(out: string, run: AtlasRun, goesOn: boolean): void {
  const path = fileOf(out);
  if (existsSync(path)) {
    if (!goesOn) {
      throw new AtlasError(
        `Cannot make an atlas in ${out}: a run that has not ended has left its parts there. Go on with resume, or delete ${partsOf(out)}.`,
      );
    }
    if (keyOf(readRun(out).plan) !== keyOf(run.plan)) {
      throw new AtlasError(
        `Cannot go on in ${out}: its parts are of another model, other pictures or other options. Use the same, or delete ${partsOf(out)}.`,
      );
    }
    return;
  }
  makeFolder(path, AtlasError);
  writeWhole(path, JSON.stringify(run), AtlasError);
}

/** @throws {AtlasError} when the folder holds no parts */
export function readRun(out: string): AtlasRun {
  const path = fileOf(out);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new AtlasError(
      `Cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}. Give the folder that convlens atlas --shard wrote into.`,
      { cause },
    );
  }
}
