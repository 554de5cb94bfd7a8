import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kindOf } from '../checks/kind-of';
import { ModelError } from '../errors';
import { localPath } from '../files/local-path';
import { useNodeTensorFlow } from '../tensorflow/backend';
import { modelFromFile } from './build/assemble';
import type { ModelInFile } from './build/weights';
import { checkpointAt, withCheckpoint } from './checkpoint';
import { type Bytes, memoryBytes } from './file/bytes';
import { fileBytes } from './file/file-bytes';
import { openHdf5, prepareHdf5 } from './file/hdf5/reader';
import { ONLY_CHECKPOINT } from './file/other-kinds';
import { isJson } from './file/read-config';
import { type LoadOptions, limitOf } from './load-options';
import type { Model } from './model';
import { readArchitecture, readArchive, readModel, readPair } from './read';
import { readSavedModel } from './saved-model';
import { readTfjsModel } from './tfjs-model';

useNodeTensorFlow();

/** See `loadModel` of load-model.ts, which loads this file when it is called. */
export async function loadModel(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Model> {
  const limit = limitOf(options);
  const place = placeOf(source, 'the source');
  const weights = options.weights === undefined ? undefined : placeOf(options.weights, 'weights');
  const opened: Bytes[] = [];
  const open = (from: Place) => {
    const bytes = from.path === undefined ? memoryBytes(from.data!) : fileBytes(from.path);
    opened.push(bytes);
    return bytes;
  };
  try {
    const model = await modelFromFile(place.path ?? 'the model', async () => {
      if (weights && place.isFolder)
        throw new ModelError('it is a folder. Beside weights give what model.to_json() writes.');
      if (weights?.checkpoint) {
        const { graph } = await readArchitecture(open(place), limit, openHdf5);
        return withCheckpoint(graph, weights.checkpoint, limit);
      }
      if (weights) return readPair(open(place), open(weights), limit, openHdf5);
      if (place.isFolder) return readFolder(place.path!, limit, opened);
      const bytes = open(place);
      return place.path !== undefined && isJson(bytes)
        ? readTfjsModel(bytes, place.path, limit)
        : readModel(bytes, limit, openHdf5);
    });
    if (place.path !== undefined && !weights?.data) {
      files.set(model, {
        path: resolve(place.path),
        ...(weights?.path !== undefined && { weights: resolve(weights.path) }),
      });
    }
    return model;
  } finally {
    for (const bytes of opened) bytes.close();
  }
}

const files = new WeakMap<Model, { path: string; weights?: string }>();

/** The files that a model was loaded from; undefined where it came from bytes. Other processes load it again. */
export const fileOfModel = (model: Model) => files.get(model);

/** Where bytes are: in a file or folder, or in memory. */
interface Place {
  path?: string;
  isFolder?: boolean;
  /** The prefix of a checkpoint's files. */
  checkpoint?: string;
  data?: Uint8Array;
}

/** @param what names the argument in errors */
function placeOf(source: unknown, what: string): Place {
  if (source instanceof Uint8Array) return { data: source };
  if (typeof source !== 'string' && !(source instanceof URL)) {
    const is = what === 'weights' ? 'weights is' : `${what} is`;
    throw new TypeError(`Cannot load a model: ${is} ${kindOf(source)}. Give a path, a file: URL or bytes.`);
  }
  const path = localPath(source, ModelError);
  const checkpoint = what === 'weights' ? checkpointAt(path) : undefined;
  if (checkpoint) return { path, checkpoint };
  if (!existsSync(path)) {
    if (checkpointAt(path)) throw new ModelError(`Cannot load ${path}: ${ONLY_CHECKPOINT}`);
    throw new ModelError(
      `Cannot load ${path}: there is no such file. Check the path, relative to ${process.cwd()}.`,
    );
  }
  const isFolder = statSync(path).isDirectory();
  if (isFolder && what === 'weights') {
    throw new ModelError(
      `Cannot load ${path}: it is a folder. Give the file of the weights, or the folder of a checkpoint.`,
    );
  }
  return { path, isFolder };
}

/**
 * Reads a SavedModel, or a .keras that was unpacked.
 *
 * @throws {ModelError} when the folder holds no model
 */
function readFolder(path: string, limit: number, opened: Bytes[]): ModelInFile | Promise<ModelInFile> {
  const names = readdirSync(path);
  if (names.includes('saved_model.pb')) return readSavedModel(path, limit);
  if (!names.includes('config.json')) {
    throw new ModelError(
      names.includes('model.json')
        ? 'it is a folder. Give the path of the model.json in it.'
        : checkpointAt(path)
          ? ONLY_CHECKPOINT
          : 'it is a folder without a model. Give an .h5 or a .keras file.',
    );
  }
  return readArchive(
    {
      names,
      async entry(name) {
        if (!names.includes(name)) return undefined;
        const bytes = fileBytes(join(path, name));
        opened.push(bytes);
        return bytes;
      },
    },
    limit,
    openHdf5,
  );
}

/** Starts the HDF5 library's thread, before the first model needs it. */
export function preload(): void {
  prepareHdf5();
}
