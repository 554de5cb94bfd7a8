import type * as tfl from '@tensorflow/tfjs-layers';
import { isObject } from '../checks/is-object';
import { ModelError } from '../errors';
import type { FilledWeight } from './build/filled-weight';
import { fillWeights, layersWithPaths, type ModelInFile } from './build/weights';
import { stringsOf, weightsInH5 } from './build/weights-h5';
import { weightsInFile } from './build/weights-in-file';
import { weightsInKeras } from './build/weights-keras';
import type { Bytes } from './file/bytes';
import { MOST_CONFIG, parseConfig } from './file/config';
import type { Dialect, GraphSpec, Json, LayerSpec } from './file/graph';
import { type Hdf5, isHdf5, type OpenHdf5 } from './file/hdf5/opener';
import type { Group } from './file/hdf5/tree';
import { otherKind } from './file/other-kinds';
import {
  type Architecture,
  architectureOf,
  dialectOf,
  isConfig,
  isJson,
  jsonOf,
  textOf,
} from './file/read-config';
import type { Zip } from './file/zip';

/**
 * Reads the layers of an .h5 or a .keras. The weights are read later, by `fill`.
 *
 * @param limit how many bytes its contents may take in memory
 * @throws {ModelError} when it is damaged, holds weights only, or is of another kind
 */
export async function readModel(bytes: Bytes, limit: number, openHdf5: OpenHdf5): Promise<ModelInFile> {
  if (isHdf5(bytes)) return readH5(await openHdf5(bytes, limit));
  if (isZip(bytes)) return readKeras(bytes, limit, openHdf5);
  throw new ModelError(isJson(bytes) ? reasonOfJson(jsonOf(bytes)) : unknown(bytes));
}

const unknown = (bytes: Bytes) =>
  otherKind(bytes) ??
  'it is neither an HDF5 file (.h5) nor a Keras archive (.keras) nor a model.json nor the folder of a SavedModel.';

const PAIR = "loadModel('model.json', { weights: 'model.weights.h5' })";

/** Why a JSON file alone is no model. */
function reasonOfJson(json: Json): string {
  return isConfig(json)
    ? NO_WEIGHTS
    : 'it is a model.json, whose weights are other files. Give the path of the model.json.';
}

/** What a configuration without weights needs. */
export const NO_WEIGHTS = `it is a configuration without weights (model.to_json()). Give the file of its weights too: ${PAIR}.`;

const ONLY_WEIGHTS = `it holds weights only (no model_config). Give the model's configuration too, which model.to_json() writes: ${PAIR}. Or save the whole model with model.save().`;

/**
 * Reads a model whose weights are in another file.
 *
 * @param model a configuration, or a model whose own weights are not read
 * @param weights what `save_weights` writes, or a whole model
 * @throws {ModelError} when one of them is damaged or of another kind
 */
export async function readPair(
  model: Bytes,
  weights: Bytes,
  limit: number,
  openHdf5: OpenHdf5,
): Promise<ModelInFile> {
  const { graph, dialect } = await readArchitecture(model, limit, openHdf5);
  const file = isZip(weights) ? await weightsOfKeras(weights, limit) : weights;
  if (!isHdf5(file)) {
    throw new ModelError(
      `its weights are no HDF5 file: ${otherKind(weights) ?? 'give what model.save_weights("model.weights.h5") writes.'}`,
    );
  }
  return withWeights(graph, dialect, openHdf5(file, limit), weightsInFile);
}

async function weightsOfKeras(bytes: Bytes, limit: number): Promise<Bytes> {
  const weights = await (await openZip(bytes, limit)).entry('model.weights.h5');
  if (weights) return weights;
  throw new ModelError(
    'its weights are a zip without model.weights.h5. Save them with model.save_weights().',
  );
}

/** The layers of a configuration or of a whole model. */
export async function readArchitecture(
  bytes: Bytes,
  limit: number,
  openHdf5: OpenHdf5,
): Promise<Architecture> {
  if (isHdf5(bytes)) {
    const file = await openHdf5(bytes, limit);
    try {
      return architectureInH5(file);
    } finally {
      file.close();
    }
  }
  if (isZip(bytes)) {
    const entries = await openZip(bytes, limit);
    const config = await entries.entry('config.json', MOST_CONFIG);
    if (!config) throw new ModelError(NO_ENTRIES);
    return architectureInKeras(entries, config);
  }
  if (!isJson(bytes)) throw new ModelError(unknown(bytes));
  const json = jsonOf(bytes);
  const topology = json['modelTopology'];
  const config = isObject(topology) ? (topology['model_config'] ?? topology) : json;
  if (!isObject(config) || !isConfig(config)) {
    throw new ModelError('its JSON is not the configuration of a model, as model.to_json() writes it.');
  }
  return architectureOf(config);
}

function architectureInH5({ root }: Hdf5): Architecture {
  const config = stringsOf(root, 'model_config')?.join('');
  if (!config) throw new ModelError(ONLY_WEIGHTS);
  const dialect = dialectOf(stringsOf(root, 'keras_version')?.[0]);
  return { graph: parseConfig(config, dialect), dialect };
}

function readH5(file: Hdf5): ModelInFile {
  try {
    const { graph, dialect } = architectureInH5(file);
    return withWeights(graph, dialect, Promise.resolve(file), (root, graph, made) =>
      weightsInH5(root, layersWithPaths(graph, made)),
    );
  } catch (error) {
    file.close();
    throw error;
  }
}

const NO_ENTRIES =
  'it is a zip or a folder without config.json and model.weights.h5. Save the model with model.save().';

async function architectureInKeras(entries: Entries, config: Bytes): Promise<Architecture> {
  const metadata = await entries.entry('metadata.json', MOST_CONFIG);
  const version = metadata && /"keras_version":\s*"([^"]*)"/.exec(textOf(metadata))?.[1];
  const dialect = dialectOf(version);
  return { graph: parseConfig(textOf(config), dialect), dialect };
}

/** The weights are opened while the configuration is read and the layers are made. */
async function readKeras(bytes: Bytes, limit: number, openHdf5: OpenHdf5): Promise<ModelInFile> {
  const entries = await openZip(bytes, limit);
  const kind = otherKind(bytes, entries.names);
  if (kind) throw new ModelError(kind);
  return readArchive(entries, limit, openHdf5);
}

/**
 * Reads the entries of a .keras, packed or unpacked.
 *
 * @throws {ModelError} when one is missing or damaged
 */
export async function readArchive(entries: Entries, limit: number, openHdf5: OpenHdf5): Promise<ModelInFile> {
  const config = await entries.entry('config.json', MOST_CONFIG);
  const weights = await entries.entry('model.weights.h5');
  if (!config || !weights) throw new ModelError(NO_ENTRIES);
  const { graph, dialect } = await architectureInKeras(entries, config);
  return withWeights(graph, dialect, openHdf5(weights, limit), weightsInKeras);
}

type WeightsIn = (root: Group, graph: GraphSpec, made: Map<LayerSpec, tfl.layers.Layer>) => FilledWeight[];

/** @param opening the file with the weights, which may still be opening */
function withWeights(
  graph: GraphSpec,
  dialect: Dialect,
  opening: Promise<Hdf5>,
  weightsIn: WeightsIn,
): ModelInFile {
  // If opening fails, `fill` reports it; nobody calls `fill` when building has failed before.
  opening.catch(() => {});
  return {
    graph,
    dialect,
    async fill(tf, graph, made) {
      const file = await opening;
      await fillWeights(tf, file, weightsIn(file.root, graph, made));
    },
    close: () =>
      opening.then(
        (file) => file.close(),
        () => {},
      ),
  };
}

function isZip(bytes: Bytes): boolean {
  return bytes.size > 4 && bytes.at(0, 2).join() === '80,75';
}

/** Files by name: of a zip, or of a folder. */
type Entries = Pick<Zip, 'names' | 'entry'>;

/** What reads zips is loaded for the first one. */
async function openZip(bytes: Bytes, limit: number): Promise<Zip> {
  const zip = await import('./file/zip.js');
  return zip.openZip(bytes, limit);
}
