import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../checks/is-object';
import { ModelError } from '../errors';
import type { ModelInFile } from './build/weights';
import { modelWithTracked } from './build/weights-tracked';
import { graphOf, parseJson } from './file/config';
import type { Json } from './file/graph';
import { openBundle, readPart } from './file/saved-model/open-bundle';
import { Message } from './file/saved-model/protobuf';

/** Bytes of the largest saved_model.pb that is read: it holds functions, of which none is needed. */
const MOST_GRAPH = 512 * 1024 ** 2;

const WHOLE_FOLDER = 'Copy the whole folder of the SavedModel.';

const NO_LAYERS =
  'it is a SavedModel without Keras\'s layers, as model.export() of Keras 3 or TensorFlow itself writes it. Save the model itself: model.save("model.keras").';

/** What Keras says of an object in a SavedModel. */
interface Described {
  /** From the model, such as `root.layer_with_weights-0`. */
  path: string;
  metadata: Json;
}

/**
 * Reads a SavedModel of Keras 2: the folder with `saved_model.pb`, `keras_metadata.pb` and `variables`. Its functions
 * are not read; the layers are those of Keras's own configuration.
 *
 * @param limit how many bytes its variables may take
 * @throws {ModelError} when it has no Keras layers, is incomplete or damaged
 */
export function readSavedModel(folder: string, limit: number): ModelInFile {
  const described = descriptionsIn(folder);
  const root = described.find(({ path }) => path === 'root')?.metadata ?? {};
  const inner = isObject(root['model_config']) ? root['model_config'] : root;
  if (!isObject(inner['config']) || !('layers' in inner['config'])) {
    if (!root['class_name']) throw new ModelError(NO_LAYERS);
    throw new ModelError(
      `it is a subclassed model: class ${root['class_name']}, which is Python code. Build it with keras.Sequential or keras.Model(inputs, outputs) and save that.`,
    );
  }
  const graph = graphOf({ class_name: inner['class_name'], config: inner['config'] }, 2);
  const bundle = openBundle(join(folder, 'variables', 'variables'), WHOLE_FOLDER);
  /** The paths of a model's layers by their names. */
  const layersOf = new Map<string, Map<string, string>>();
  for (const { path, metadata } of described) {
    const [model, part] = [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)];
    if (!/^layer(_with_weights)?-\d+$/.test(part)) continue;
    const names = layersOf.get(model) ?? new Map<string, string>();
    names.set(String(metadata['name']), path);
    layersOf.set(model, names);
  }
  return modelWithTracked(graph, bundle, limit, (model, { name }) => layersOf.get(model)?.get(name) ?? '');
}

/** Until TensorFlow 2.4 the descriptions are in saved_model.pb. */
function descriptionsIn(folder: string): Described[] {
  const path = join(folder, 'keras_metadata.pb');
  if (existsSync(path)) {
    const nodes = new Message(readPart(path, MOST_GRAPH, WHOLE_FOLDER)).messages(1);
    return nodes.map((node) => ({ path: node.text(3), metadata: metadataOf(node.text(5)) }));
  }
  const saved = new Message(readPart(join(folder, 'saved_model.pb'), MOST_GRAPH, WHOLE_FOLDER));
  const nodes = saved.messages(2)[0]?.message(7)?.messages(1) ?? [];
  const paths = new Map([[0, 'root']]);
  for (const [id, path] of paths) {
    for (const child of nodes[id]?.messages(1) ?? []) {
      const place = child.number(1);
      const name = child.text(2);
      if (!paths.has(place) && /^layer(_with_weights)?-\d+$|^layer$/.test(name))
        paths.set(place, `${path}.${name}`);
    }
  }
  return [...paths].map(([id, path]) => ({
    path,
    metadata: metadataOf(nodes[id]?.message(4)?.text(3) ?? ''),
  }));
}

function metadataOf(text: string): Json {
  return text.trim() ? (plain(parseJson(text)) as Json) : {};
}

/** Tuples and shapes as lists. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const isList = value['class_name'] === '__tuple__' || value['class_name'] === 'TensorShape';
  if (isList && Array.isArray(value['items'])) return value['items'].map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
