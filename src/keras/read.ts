import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors';
import type { FilledWeight } from './build/filled-weight';
import { fillWeights, layersWithPaths, type ModelInFile } from './build/weights';
import { stringsOf, weightsInH5 } from './build/weights-h5';
import { weightsInKeras } from './build/weights-keras';
import type { Bytes } from './file/bytes';
import { MOST_CONFIG, parseConfig } from './file/config';
import type { Dialect, GraphSpec, LayerSpec } from './file/graph';
import { type Hdf5, isHdf5, type OpenHdf5 } from './file/hdf5/opener';
import type { Group } from './file/hdf5/tree';
import { openZip } from './file/zip';

/**
 * Reads the layers of an .h5 or a .keras. The weights are read later, by `fill`.
 *
 * @param limit how many bytes its contents may take in memory
 * @throws {ModelError} when it is damaged, holds weights only, or is of another kind
 */
export async function readModel(bytes: Bytes, limit: number, openHdf5: OpenHdf5): Promise<ModelInFile> {
  if (isHdf5(bytes)) return readH5(await openHdf5(bytes, limit));
  if (isZip(bytes)) return readKeras(bytes, limit, openHdf5);
  throw new ModelError(
    isJson(bytes)
      ? 'it is a model.json, whose weights are other files. Give the path of the model.json.'
      : 'it is neither an HDF5 file (.h5) nor a Keras archive (.keras) nor a model.json.',
  );
}

function readH5(file: Hdf5): ModelInFile {
  const { root } = file;
  try {
    const config = stringsOf(root, 'model_config')?.join('');
    if (!config) {
      throw new ModelError(
        'it holds weights only (no model_config). Save the whole model with model.save().',
      );
    }
    const dialect = dialectOf(stringsOf(root, 'keras_version')?.[0]);
    const graph = parseConfig(config, dialect);
    return withWeights(graph, dialect, Promise.resolve(file), (root, graph, made) =>
      weightsInH5(root, layersWithPaths(graph, made)),
    );
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The weights are opened while the configuration is read and the layers are made. */
async function readKeras(bytes: Bytes, limit: number, openHdf5: OpenHdf5): Promise<ModelInFile> {
  const entries = await openZip(bytes, limit);
  const config = await entries.entry('config.json', MOST_CONFIG);
  const weights = await entries.entry('model.weights.h5');
  if (!config || !weights) {
    throw new ModelError(
      'it is a zip without config.json and model.weights.h5. Save the model with model.save().',
    );
  }
  const metadata = await entries.entry('metadata.json', MOST_CONFIG);
  const version = metadata && /"keras_version":\s*"([^"]*)"/.exec(textOf(metadata))?.[1];
  const dialect = dialectOf(version);
  const graph = parseConfig(textOf(config), dialect);
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

function dialectOf(version: string | undefined): Dialect {
  return version && Number.parseInt(version, 10) >= 3 ? 3 : 2;
}

const textOf = (bytes: Bytes) => new TextDecoder().decode(bytes.at(0, bytes.size));

function isZip(bytes: Bytes): boolean {
  return bytes.size > 4 && bytes.at(0, 2).join() === '80,75';
}

/** Whether the first character that is no white space opens a JSON object. */
export function isJson(bytes: Bytes): boolean {
  const start = new TextDecoder().decode(bytes.at(0, Math.min(bytes.size, 64)));
  return start.trimStart().startsWith('{');
}
