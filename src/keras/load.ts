import { existsSync, statSync } from 'node:fs';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkOptions } from '../check-options';
import { BackendError, ModelError } from '../errors';
import { localPath } from '../files/local-path';
import { kindOf } from '../kind-of';
import { useNodeTensorFlow } from '../tensorflow/backend';
import { direct } from '../tensorflow/native';
import { ready, running, tf as tensorflow } from '../tensorflow/running';
import type { Tf, TfLayers } from '../tensorflow/types';
import { disposeUnused, disposeWhole } from './build/dispose';
import { buildModel } from './build/model';
import { type Filling, fillWeights, leavesOf, type ModelInFile } from './build/weights';
import { stringsOf, weightsInH5 } from './build/weights-h5';
import { weightsInKeras } from './build/weights-keras';
import { type Bytes, memoryBytes } from './file/bytes';
import { withChannelsLast } from './file/channels-first';
import { MOST_CONFIG, parseConfig } from './file/config';
import { fileBytes } from './file/file-bytes';
import type { Dialect, GraphSpec, LayerSpec } from './file/graph';
import { type Hdf5, isHdf5 } from './file/hdf5/opener';
import { openHdf5, prepareHdf5 } from './file/hdf5/reader';
import type { Group } from './file/hdf5/tree';
import { openZip } from './file/zip';
import type { Prepared } from './layers/make';
import type { Model } from './model';
import { readTfjsModel } from './tfjs-model';

/** Options of `loadModel`. */
export interface LoadOptions {
  /** The most bytes that the file's contents may take in memory. Default 4 GB. */
  maxBytes?: number;
}

useNodeTensorFlow();

const FOUR_GB = 4 * 1024 ** 3;

/**
 * Loads a Keras model: an .h5 of Keras 2 or 3, a .keras, or a model.json of
 * TensorFlow.js. Nothing in the file is executed.
 *
 * @param source a path, a `file:` URL, or the file's bytes
 * @param options how large it may be
 * @returns a `tf.LayersModel`, ready to predict
 * @throws {ModelError} when the file is missing, damaged, holds weights only, or holds what is refused: a
 *   Lambda, a class of one's own that `registerLayer` does not know, a subclassed model
 * @throws {BackendError} when no TensorFlow can be had
 * @example
 * const model = await loadModel('dogcat_v1.h5');
 */
export async function loadModel(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Model> {
  checkOptions('load a model', options, ['maxBytes']);
  const isBytes = source instanceof Uint8Array;
  if (typeof source !== 'string' && !(source instanceof URL) && !isBytes) {
    throw new TypeError(
      `Cannot load a model: the source is ${kindOf(source)}. Give a path, a file: URL or bytes.`,
    );
  }
  const limit = options.maxBytes ?? FOUR_GB;
  if (typeof limit !== 'number') {
    throw new TypeError(`Cannot load a model: maxBytes is ${kindOf(limit)}. Give a number of bytes.`);
  }
  if (!(limit > 0))
    throw new RangeError(`Cannot load a model: maxBytes is ${limit}. Give a number of bytes.`);
  const name = isBytes ? 'the model' : localPath(source, ModelError);
  const bytes = open(source, name);
  try {
    return whole(await load(bytes, limit, isBytes ? undefined : name));
  } catch (cause) {
    const known = cause instanceof ModelError ? cause : misfit(cause);
    throw new ModelError(`Cannot load ${name}: ${known.message}`, { cause: known.cause ?? undefined });
  } finally {
    bytes.close();
  }
}

function whole(model: Model): Model {
  disposeWhole(model as unknown as tfl.LayersModel);
  return model;
}

/**
 * What the layers of TensorFlow.js say about a configuration that no Keras wrote.
 *
 * @throws what is no matter of the file: a missing TensorFlow, a disk that cannot be read
 */
function misfit(cause: unknown): ModelError {
  if (cause instanceof BackendError || !(cause instanceof Error) || 'code' in cause) throw cause;
  const [words] = cause.message.split('\n');
  return new ModelError(`its layers do not fit together (${words}). Save it again with model.save().`, {
    cause,
  });
}

function open(source: string | URL | Uint8Array, name: string): Bytes {
  if (source instanceof Uint8Array) return memoryBytes(source);
  if (!existsSync(name)) {
    throw new ModelError(
      `Cannot load ${name}: there is no such file. Check the path, relative to ${process.cwd()}.`,
    );
  }
  if (statSync(name).isDirectory()) {
    throw new ModelError(`Cannot load ${name}: it is a folder. Give an .h5 or a .keras file.`);
  }
  return fileBytes(name);
}

/** @param path none when the bytes came without a file, and so without others beside it */
async function load(bytes: Bytes, limit: number, path: string | undefined): Promise<Model> {
  if (isJson(bytes)) {
    if (!path) {
      throw new ModelError(
        'it is a model.json, whose weights are other files. Give the path of the model.json.',
      );
    }
    const inFile = readTfjsModel(path, limit);
    await ready();
    return assemble(inFile);
  }
  if (isHdf5(bytes)) {
    return withHdf5(bytes, limit, async (opening) => {
      const { root } = await opening;
      const config = stringsOf(root, 'model_config')?.join('');
      if (!config) {
        throw new ModelError(
          'it holds weights only (no model_config). Save the whole model with model.save().',
        );
      }
      const dialect = dialectOf(stringsOf(root, 'keras_version')?.[0]);
      const graph = parseConfig(config, dialect);
      const weightsIn: WeightsIn = (root, graph, made) => weightsInH5(root, leavesOf(graph, made));
      return assemble({ graph, dialect, fill: fillFrom(opening, weightsIn) });
    });
  }
  if (bytes.size > 4 && bytes.at(0, 2).join() === '80,75') {
    const entries = await openZip(bytes, limit);
    const config = await entries.entry('config.json');
    const weights = await entries.entry('model.weights.h5');
    if (!config || !weights) {
      throw new ModelError(
        'it is a zip without config.json and model.weights.h5. Save the model with model.save().',
      );
    }
    if (config.size > MOST_CONFIG) throw new ModelError('its configuration is larger than any model has.');
    const metadata = await entries.entry('metadata.json');
    const version = metadata && /"keras_version":\s*"([^"]*)"/.exec(textOf(metadata))?.[1];
    const dialect = dialectOf(version);
    return withHdf5(weights, limit, async (opening) => {
      const graph = parseConfig(textOf(config), dialect);
      return assemble({ graph, dialect, fill: fillFrom(opening, weightsInKeras) });
    });
  }
  throw new ModelError('it is neither an HDF5 file (.h5) nor a Keras archive (.keras) nor a model.json.');
}

/** Whether the first character that is no white space opens an object of JSON. */
function isJson(bytes: Bytes): boolean {
  const start = new TextDecoder().decode(bytes.at(0, Math.min(bytes.size, 64)));
  return start.trimStart().startsWith('{');
}

/** Opens the file in its thread, while TensorFlow starts and as much is done in this one as can be. */
async function withHdf5(
  bytes: Bytes,
  limit: number,
  use: (opening: Promise<Hdf5>) => Promise<Model>,
): Promise<Model> {
  const opening = openHdf5(bytes, limit);
  // What fails is told to whoever waits for the file; nobody does when something else has failed before.
  const closed = opening.then(
    (file) => () => file.close(),
    () => () => {},
  );
  try {
    await ready();
    tfLayers();
    return await use(opening);
  } finally {
    (await closed)();
  }
}

const textOf = (bytes: Bytes) => new TextDecoder().decode(bytes.at(0, bytes.size));

function tfLayers(): TfLayers {
  return running().layers();
}

function dialectOf(version: string | undefined): Dialect {
  return version && Number.parseInt(version, 10) >= 3 ? 3 : 2;
}

type WeightsIn = (root: Group, graph: GraphSpec, made: Map<LayerSpec, tfl.layers.Layer>) => Filling[];

/** Fills weights from an HDF5 file that may still be opening. */
function fillFrom(opening: Promise<Hdf5>, weightsIn: WeightsIn): ModelInFile['fill'] {
  return async (tf, graph, made) => {
    const file = await opening;
    await fillWeights(tf, file, weightsIn(file.root, graph, made));
  };
}

async function assemble({ graph: inFile, dialect, fill }: ModelInFile): Promise<Model> {
  const tf = direct(tensorflow() as unknown as Tf);
  const made = new Map<LayerSpec, tfl.layers.Layer>();
  const graph = withChannelsLast(inFile);
  try {
    sayWhatDiffers(inFile, graph !== inFile);
    const model = buildModel(graph, { tf, layers: tfLayers(), dialect, made });
    await fill(tf, graph, made);
    const leaves = leavesOf(graph, made).map(({ layer }) => layer);
    for (const layer of leaves) (layer as Partial<Prepared>).prepare?.();
    disposeUnused(model, leaves);
    return model as unknown as Model;
  } catch (error) {
    for (const { layer } of leavesOf(graph, made)) {
      for (const weight of layer.weights) weight.dispose();
    }
    throw error;
  }
}

const said = new Set<string>();

/** Says, once in a process, what is computed in another way than Keras would. */
function sayWhatDiffers(graph: GraphSpec, transposed: boolean): void {
  const text = JSON.stringify(graph.layers.map(({ config }) => config['dtype']));
  const notes = [
    /mixed_b?float16|"b?float16"/.test(text) &&
      'This model was made for 16-bit floats; it is computed in float32.',
    transposed &&
      'This model has its channels first; it runs with its channels last, and its layers give their maps so.',
  ];
  for (const note of notes) {
    if (!note || said.has(note)) continue;
    said.add(note);
    console.warn(note);
  }
}

/** Starts the HDF5 library's thread, before the first model needs it. */
export function preload(): void {
  prepareHdf5();
}
