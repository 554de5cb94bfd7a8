import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as tfl from '@tensorflow/tfjs-layers';
import { isObject } from '../checks/is-object';
import { ModelError } from '../errors';
import type { FilledWeight } from './build/filled-weight';
import { withMissing } from './build/missing-weights';
import { compareNames } from './build/order-of-names';
import { inOwnOrder, type PartOfLayer } from './build/own-layer-weights';
import { fillConstants, type ModelInFile, pairWeights, writeWeight } from './build/weights';
import { cellNamesOf } from './build/weights-keras';
import type { Bytes } from './file/bytes';
import { graphOf, MOST_CONFIG, parseJson } from './file/config';
import { fileBytes } from './file/file-bytes';
import type { GraphSpec, Json, LayerSpec } from './file/graph';
import { Bundle, type TrackedObject } from './file/saved-model/bundle';
import { Message } from './file/saved-model/protobuf';

/** Bytes of the largest saved_model.pb that is read: it holds functions, of which none is needed. */
const MOST_GRAPH = 512 * 1024 ** 2;

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
  const variables = join(folder, 'variables');
  const index = read(join(variables, 'variables.index'), MOST_CONFIG);
  const bundle = new Bundle(index, (shard, shards) => openShard(variables, shard, shards));
  return {
    graph,
    dialect: 2,
    async fill(tf, graph, made) {
      const objects = bundle.objects();
      const filled = withMissing(pairObjects(graph, made, described, objects, bundle));
      checkAll(bundle, filled, limit);
      for (const { weight, array } of filled) {
        if (array)
          writeWeight(tf, weight, tf.tensor(bundle.floats(array), weight.shape as number[], 'float32'));
      }
      fillConstants(tf, filled);
    },
    close: async () => bundle.close(),
  };
}

function read(path: string, most: number): Uint8Array {
  const name = path.split(/[\\/]/).pop();
  if (!existsSync(path)) {
    throw new ModelError(`its file ${name} is missing. Copy the whole folder of the SavedModel.`);
  }
  const { size } = statSync(path);
  if (size > most) throw new ModelError(`its file ${name} has ${size} bytes, more than any model's.`);
  return readFileSync(path);
}

function openShard(folder: string, shard: number, shards: number): Bytes {
  const digits = (number: number) => String(number).padStart(5, '0');
  const name = `variables.data-${digits(shard)}-of-${digits(shards)}`;
  if (existsSync(join(folder, name))) return fileBytes(join(folder, name));
  throw new ModelError(`its file ${name} is missing. Copy the whole folder of the SavedModel.`);
}

/** Until TensorFlow 2.4 the descriptions are in saved_model.pb. */
function descriptionsIn(folder: string): Described[] {
  const path = join(folder, 'keras_metadata.pb');
  if (existsSync(path)) {
    const nodes = new Message(read(path, MOST_GRAPH)).messages(1);
    return nodes.map((node) => ({ path: node.text(3), metadata: metadataOf(node.text(5)) }));
  }
  const saved = new Message(read(join(folder, 'saved_model.pb'), MOST_GRAPH));
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

/** Finds each layer's object by its path, and its variables below that. */
function pairObjects(
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
  described: readonly Described[],
  objects: readonly TrackedObject[],
  bundle: Bundle,
): FilledWeight[] {
  /** The paths of a model's layers by their names. */
  const layersOf = new Map<string, Map<string, string>>();
  for (const { path, metadata } of described) {
    const [model, part] = [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)];
    if (!/^layer(_with_weights)?-\d+$/.test(part)) continue;
    const names = layersOf.get(model) ?? new Map<string, string>();
    names.set(String(metadata['name']), path);
    layersOf.set(model, names);
  }
  const follow = (path: string): TrackedObject | undefined =>
    path
      .split('.')
      .slice(1)
      .reduce<TrackedObject | undefined>((from, name) => objects[from?.parts.get(name) ?? -1], objects[0]);

  const pair = (model: GraphSpec, path: string, outer: string): FilledWeight[] =>
    model.layers.flatMap((spec) => {
      const here = layersOf.get(path)?.get(spec.name) ?? '';
      const place = outer ? `${outer}/${spec.name}` : spec.name;
      if (spec.inner) return pair(spec.inner, here, place);
      if (spec.stepModel?.inner)
        return pair(spec.stepModel.inner, `${here}.layer`, `${place}/${spec.stepModel.name}`);
      const layer = made.get(spec);
      if (!layer?.weights.length) return [];
      const object = here ? follow(here) : undefined;
      const placed = { spec, path: place, layer };
      const parts = object ? partsOf(object, objects, bundle, spec) : [];
      return pairWeights(placed, inOwnOrder(placed, parts));
    });
  return pair(graph, 'root', '');
}

/** Parts that hold no weights of the layer's own. */
const NOT_WEIGHTS =
  /^(keras_api|(non_|trainable_)*variables|regularization_losses|layers|metrics|layer_metrics|optimizer|signatures|states|layer(_with_weights)?-\d+)$/;
/** The order of a layer's own weights; others come by their names. */
const WEIGHTS =
  'depthwise_kernel pointwise_kernel kernel recurrent_kernel embeddings gamma beta bias moving_mean moving_variance mean variance count'.split(
    ' ',
  );

function partsOf(
  object: TrackedObject,
  objects: readonly TrackedObject[],
  bundle: Bundle,
  spec: LayerSpec,
): PartOfLayer[] {
  const found: (PartOfLayer & { order: string })[] = [];
  const seen = new Set<TrackedObject>();
  const cells = cellNamesOf(spec);
  const visit = (one: TrackedObject, path: string) => {
    if (seen.has(one)) return;
    seen.add(one);
    const array = one.key ? bundle.array(one.key) : undefined;
    if (array) {
      const names = path.split('/');
      const rank = WEIGHTS.indexOf(names.pop()!);
      const attributes = names.join('/');
      const order = `${attributes}/${rank < 0 ? 'own' : String(rank).padStart(2, '0')}`;
      found.push({ order, attributes, array: { ...array, path: array.path } });
    }
    for (const [name, id] of one.parts) {
      if (!NOT_WEIGHTS.test(name) && objects[id]) visit(objects[id], path ? `${path}/${name}` : name);
    }
  };
  visit(object, '');
  return found.sort((a, b) => compareNames(a.order, b.order, cells));
}

/** @throws {ModelError} when a variable of a layer is left over, or all are too large */
function checkAll(bundle: Bundle, filled: readonly FilledWeight[], limit: number): void {
  const used = new Set(filled.flatMap(({ array }) => (array ? [array.path] : [])));
  const bytes = bundle.bytesOf([...used]);
  if (bytes > limit) {
    throw new ModelError(
      `its variables take ${bytes} bytes, above the limit of ${limit}. Raise { maxBytes } if you trust it.`,
    );
  }
  const extra = bundle.keys.find(
    (key) =>
      /^layer_with_weights-\d+\/.*VARIABLE_VALUE$/.test(key) && !used.has(key) && !/OPTIMIZER_SLOT/.test(key),
  );
  if (extra) throw new ModelError(`it has the variable ${extra}, which no layer needs.`);
}
