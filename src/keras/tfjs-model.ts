import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { ModelError } from '../errors';
import { isObject, type Json } from './graph';
import type { Tf, TfLayers } from './layers/definition';
import type { Model } from './model';

const DEEPEST = 500;

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
  try {
    const model = await layers.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: topology,
        weightSpecs: groups.flatMap((group) => group['weights'] as never[]),
        weightData: new Uint8Array(Buffer.concat(files.map((file) => readFileSync(file)))).buffer,
      }),
      { strict: true },
    );
    return model as unknown as Model;
  } catch (cause) {
    throw new ModelError(`TensorFlow.js cannot read it: ${(cause as Error).message}`, { cause });
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
