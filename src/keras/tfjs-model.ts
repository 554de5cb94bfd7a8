import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type * as tfc from '@tensorflow/tfjs-core';
import { joinBytes } from '../bytes/join-bytes';
import { isObject } from '../checks/is-object';
import { ModelError } from '../errors';
import type { Tf } from '../tensorflow/types';
import { withMissing } from './build/missing-weights';
import { fillConstants, layersWithPaths, type ModelInFile, writeWeight } from './build/weights';
import { pairByName } from './build/weights-h5';
import type { Bytes } from './file/bytes';
import { graphOf } from './file/config';
import type { Json } from './file/graph';
import type { StoredArray } from './file/hdf5/tree';
import { isConfig, jsonOf } from './file/read-config';
import { NO_WEIGHTS } from './read';

/** A weight of the manifest, with its bytes. */
interface StoredWeight extends StoredArray {
  entry: tfc.io.WeightsManifestEntry;
  bytes: Uint8Array;
}

/** Bytes per number, by type. Strings have no fixed size and are refused. */
const BYTES: Record<string, number> = { float32: 4, float16: 2, int32: 4, uint16: 2, uint8: 1, bool: 1 };

/**
 * Reads a layers model of TensorFlow.js: `model.json` with weight files beside it, written by TensorFlow.js or by its
 * converter from Keras 2 or 3.
 *
 * @param bytes of the model.json
 * @param path of it; its weight files must lie in the same folder or below
 * @param limit how many bytes the weights may take
 * @throws {ModelError} when it is not a layers model, or its weights are missing, outside its folder or too large
 */
export function readTfjsModel(bytes: Bytes, path: string, limit: number): ModelInFile {
  const json = jsonOf(bytes);
  const topology = json['modelTopology'];
  if (
    json['format'] === 'graph-model' ||
    (isObject(topology) && ('node' in topology || 'library' in topology))
  ) {
    throw new ModelError(
      'it is a graph model of TensorFlow.js, which holds operations but no layers. Give the Keras model that it was converted from, or convert that to the format tfjs_layers_model.',
    );
  }
  if (isConfig(json)) throw new ModelError(NO_WEIGHTS);
  if (!isObject(topology) || !Array.isArray(json['weightsManifest'])) {
    throw new ModelError(
      'its JSON has no modelTopology and weightsManifest, as a model of TensorFlow.js has.',
    );
  }
  const model = topology['model_config'] ?? topology;
  if (!isObject(model)) throw new ModelError('its modelTopology is not a model.');
  const version = topology['keras_version'] ?? /^keras v(\d.*)/.exec(String(json['generatedBy']))?.[1];
  const dialect = Number.parseInt(String(version), 10) >= 3 ? 3 : 2;
  const graph = graphOf(model, dialect);
  const groups = json['weightsManifest'].filter(isObject);
  const stored = weightsIn(groups, realpathSync(dirname(resolve(path))), limit);
  return {
    graph,
    dialect,
    async fill(tf, graph, made) {
      const filled = withMissing(pairByName('', layersWithPaths(graph, made), stored));
      for (const { weight, array } of filled) {
        if (array) writeWeight(tf, weight, decoded(tf, array as StoredWeight));
      }
      fillConstants(tf, filled);
    },
  };
}

/** The weights of all groups of the manifest, except those of an optimizer. */
function weightsIn(groups: Json[], folder: string, limit: number): StoredWeight[] {
  const files = groups.map(({ paths }) => listOf(paths).map((name) => inside(folder, String(name))));
  const total = files.flat().reduce((sum, file) => sum + statSync(file).size, 0);
  if (total > limit) {
    throw new ModelError(
      `its weights take ${total} bytes, above the limit of ${limit}. Raise { maxBytes } if you trust it.`,
    );
  }
  return groups.flatMap(({ weights }, i) => {
    const entries = listOf(weights).map(checked);
    const bytes = joinBytes(files[i]!.map((file) => readFileSync(file)));
    let at = 0;
    const stored = entries.map((entry): StoredWeight => {
      const from = at;
      at += sizeOf(entry);
      return { path: entry.name, shape: entry.shape, entry, bytes: bytes.slice(from, at) };
    });
    // Bytes too many in one file would shift all weights of the next.
    if (at !== bytes.length) {
      throw new ModelError(
        `its weights take ${at} bytes and its weight files have ${bytes.length}. Copy or save it again.`,
      );
    }
    return stored.filter(({ entry }) => (entry as { group?: string }).group !== 'optimizer');
  });
}

/** @throws {ModelError} when an entry of the manifest does not describe a weight */
function checked(value: unknown): tfc.io.WeightsManifestEntry {
  const entry = isObject(value) ? value : {};
  const { name, shape, dtype, quantization } = entry;
  const stored = isObject(quantization) ? quantization['dtype'] : dtype;
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const isType = Object.hasOwn(BYTES, String(stored)) && isQuantization(quantization);
  if (typeof name === 'string' && isShape && isType) return entry as never;
  throw new ModelError(
    `its manifest describes a weight as ${JSON.stringify(value)?.slice(0, 200)}, which is not a numeric weight with a name and a shape.`,
  );
}

/** Whether values can be made of what is stored: those of 8 and 16 bits need a scale and a smallest value. */
function isQuantization(given: unknown): boolean {
  if (given === undefined) return true;
  if (!isObject(given)) return false;
  const { dtype, scale, min } = given;
  const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(Math.fround(value));
  return dtype === 'float16' || (isNumber(scale) && isNumber(min));
}

/** Bytes of a weight in its file. */
function sizeOf({ shape, dtype, quantization }: tfc.io.WeightsManifestEntry): number {
  return shape.reduce((product, size) => product * size, BYTES[quantization?.dtype ?? dtype]!);
}

/** A weight as float32, dequantized if it was quantized. */
function decoded(tf: Tf, { entry, bytes }: StoredWeight): tfc.Tensor {
  return tf.tidy(() => {
    const values = tf.io.decodeWeights(bytes.buffer as ArrayBuffer, [entry]);
    return tf.cast(values[entry.name]!, 'float32');
  });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function inside(folder: string, name: string): string {
  let file: string;
  try {
    file = realpathSync(resolve(folder, name));
  } catch (cause) {
    throw new ModelError(`its weight file ${JSON.stringify(name)} is missing.`, { cause });
  }
  if (!file.startsWith(folder + sep)) {
    throw new ModelError(`its weight file ${JSON.stringify(name)} lies outside the model's folder.`);
  }
  if (!statSync(file).isFile()) {
    throw new ModelError(`its weight file ${JSON.stringify(name)} is no file.`);
  }
  return file;
}
