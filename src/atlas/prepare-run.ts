import { resolve } from 'node:path';
import { valueName } from '../checks/value-name';
import { AtlasError } from '../errors';
import { localPath } from '../files/local-path';
import { fileOfModel, loadModel } from '../keras/load';
import type { Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import { type AtlasOptions, checkAtlasOptions, WHAT } from './atlas-options';
import type { AtlasRun } from './atlas-run';
import { fieldsOfPlan } from './fields-of-plan';
import { fingerprintOf } from './fingerprint';
import { makePlan } from './make-plan';
import { classesOfCsv } from './pictures/label-file';
import { openPictures } from './pictures/open';

/** A run that can begin. */
export interface PreparedRun {
  run: AtlasRun;
  model: Model;
  /** Frees the model, if it was loaded here. */
  release(): void;
}

/**
 * Checks what was asked for, lists the pictures and their classes, and plans.
 *
 * @param onListed called with how many shards there are, before the model is loaded
 * @throws as `atlas` does
 */
export async function prepareRun(
  given: Model | string | URL,
  pictures: string | URL,
  options: AtlasOptions,
  onListed?: (shards: number) => void,
): Promise<PreparedRun> {
  checkAtlasOptions(options);
  const isPath = typeof given === 'string' || given instanceof URL;
  if (!isPath) checkModel(WHAT, given);
  if (typeof pictures !== 'string' && !(pictures instanceof URL)) {
    throw new TypeError(
      `Cannot ${WHAT}: the pictures are ${valueName(pictures)}. Give the path of a folder.`,
    );
  }
  const source = localPath(pictures, AtlasError);
  const set = await openPictures(source);
  const { labels, stopAfter = Number.POSITIVE_INFINITY, together = true } = options;
  const names = set.names.slice(0, Math.min(set.names.length, stopAfter));
  const found =
    labels === false ? undefined : labels ? classesOfCsv(localPath(labels, AtlasError), names) : set.classes;
  const classes = found && { names: found.names, labels: found.labels.slice(0, names.length) };
  const { top = 9, shardSize = 128, interpolation = 'nearest' } = options;
  onListed?.(Math.ceil(names.length / shardSize));
  const model = isPath ? await loadModel(given) : given;
  const release = () => {
    if (isPath) model.dispose();
  };
  try {
    const chosen = { ...options, top, shardSize, interpolation };
    const plan = await makePlan(model, fingerprintOf(model), names, classes, chosen);
    const fields = fieldsOfPlan(model, plan);
    return {
      run: { plan, fields, together, model: fileOfModel(model), pictures: resolve(source) },
      model,
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}
