import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type * as tfc from '@tensorflow/tfjs-core';
import { ModelError } from '../errors';
import { isObject } from '../is-object';
import type { Tf, TfLayers } from '../tensorflow/types';
import { tensorsOf } from './build/dispose';
import type { Json } from './file/graph';
import type { Model } from './model';

const DEEPEST = 500;

/** The classes of TensorFlow.js that hold other layers as a graph. */
const MODELS = ['Sequential', 'Model', 'Functional'];

/** How TensorFlow.js reads one of them; only the first two arguments are declared, the last one is for zeros. */
type Reader = (
  of: unknown,
  config: unknown,
  customObjects?: unknown,
  zeros?: boolean,
) => tfc.serialization.Serializable;

type Spec = tfc.io.WeightsManifestEntry & { group?: string };

/**
 * Loads a layers model of TensorFlow.js: `model.json` with weight files beside it.
 *
 * @param path of the model.json; its weight files must lie in the same folder or below
 * @param limit how many bytes the weights may take
 * @throws {ModelError} when it is no layers model, or its weights are missing, elsewhere or too large
 */
export async function loadTfjsModel(tf: Tf, layers: TfLayers, path: string, limit: number): Promise<Model> {
  const json = parse(readFileSync(path, 'utf8'));
  const topology = json['modelTopology'];
  const manifest = json['weightsManifest'];
  if (!isObject(topology) || !Array.isArray(manifest)) {
    throw new ModelError('its JSON is no layers model of TensorFlow.js (modelTopology, weightsManifest).');
  }
  const groups = manifest.filter(isObject);
  const folder = realpathSync(dirname(resolve(path)));
  const files = groups
    .flatMap((group) => (group['paths'] as string[]) ?? [])
    .map((name) => inside(folder, name));
  const total = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (total > limit) throw new ModelError(`its weights take ${total} bytes, above the limit of ${limit}.`);
  const specs = groups.flatMap((group) => group['weights'] as Spec[]);
  const making = tensorsOf(tf, () =>
    withZeros(tf, () =>
      withFewWeights(layers, countOf(specs), () =>
        layers.models.modelFromJSON({ modelTopology: topology } as never),
      ),
    ),
  );
  try {
    const model = await making.result;
    tf.tidy(() => {
      const data = new Uint8Array(Buffer.concat(files.map((file) => readFileSync(file)))).buffer;
      const values = tf.io.decodeWeights(data, specs);
      for (const { name, group } of specs) if (group === 'optimizer') delete values[name];
      model.loadWeights(values);
    });
    return model as unknown as Model;
  } catch (cause) {
    tf.dispose(making.tensors);
    throw new ModelError(`TensorFlow.js cannot read it: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Makes a model whose weights are zeros until they are loaded, as `tf.loadLayersModel` does: an initializer's numbers
 * would take longer than all the rest. That function itself waits before it makes anything, so that nobody could tell
 * its tensors from those which other code makes meanwhile; `modelFromJSON` makes all at once.
 */
function withZeros<T>(tf: Tf, make: () => T): T {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const before = MODELS.map((name) => [name, classNameMap[name]!] as const);
  for (const [name, [type, read]] of before) {
    const zeros: Reader = (of, config, customObjects) => (read as Reader)(of, config, customObjects, true);
    classNameMap[name] = [type, zeros as typeof read];
  }
  try {
    return make();
  } finally {
    for (const [name, entry] of before) classNameMap[name] = entry;
  }
}

/** Numbers in all weights, as far as the file says it: TensorFlow.js will refuse the rest. */
function countOf(specs: (Spec | undefined)[]): number {
  const shapes = specs.map((spec) => (Array.isArray(spec?.shape) ? spec.shape : [0]));
  return shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
}

const sizeOf = (shape: number[]): number => shape.reduce((product, size) => product * (Number(size) || 0), 1);

/** Numbers that a model may have beyond those in its files, before TensorFlow.js says that they do not fit: 40 MB. */
const MORE = 1e7;

type AddWeight = (name: string, shape: number[], ...rest: unknown[]) => unknown;

/** Makes a model, and stops before it takes memory for layers far larger than its files. */
function withFewWeights<T>(layers: TfLayers, count: number, make: () => T): T {
  const { prototype } = layers.layers.Layer as unknown as { prototype: { addWeight: AddWeight } };
  const { addWeight } = prototype;
  let left = count + MORE;
  prototype.addWeight = function (name, shape, ...rest) {
    left -= sizeOf(shape);
    if (!(left >= 0)) throw new ModelError(`its layers are larger than its ${count} weights.`);
    return addWeight.call(this, name, shape, ...rest);
  };
  try {
    return make();
  } finally {
    prototype.addWeight = addWeight;
  }
}

function parse(text: string): Json {
  let depth = 0;
  for (const letter of text) {
    if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    if (depth > DEEPEST) throw new ModelError('its JSON is nested too deeply.');
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return json;
  } catch {
    // Said below, in the words of a model file.
  }
  throw new ModelError('it is no JSON of a model.');
}

function inside(folder: string, name: string): string {
  let file: string;
  try {
    file = realpathSync(resolve(folder, String(name)));
  } catch (cause) {
    throw new ModelError(`its weight file ${JSON.stringify(name)} is missing.`, { cause });
  }
  if (!file.startsWith(folder + sep)) {
    throw new ModelError(`its weight file ${JSON.stringify(name)} lies outside the model's folder.`);
  }
  return file;
}
