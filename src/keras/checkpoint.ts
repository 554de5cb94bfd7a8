import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ModelError } from '../errors';
import type { ModelInFile } from './build/weights';
import { modelWithTracked } from './build/weights-tracked';
import type { GraphSpec, LayerSpec } from './file/graph';
import type { TrackedObject } from './file/saved-model/bundle';
import { openBundle } from './file/saved-model/open-bundle';

/** The text file that names the latest checkpoint of its folder. */
const LATEST = 'checkpoint';
const MOST_LATEST = 1e6;

/**
 * The checkpoint of TensorFlow that a path means: its prefix, as Keras takes it, one of its files, a folder with the
 * file `checkpoint`, or a SavedModel's.
 *
 * @returns the prefix, to which `.index` and `.data-00000-of-00001` are added; undefined when there is none
 */
export function checkpointAt(path: string): string | undefined {
  const prefix = path.replace(/\.(index|data-\d{5}-of-\d{5})$/, '');
  if (existsSync(`${prefix}.index`)) return prefix;
  // Beside a SavedModel's layers its weights are a checkpoint.
  const variables = join(path, 'variables', 'variables');
  if (existsSync(`${variables}.index`)) return variables;
  const latest = basename(path) === LATEST ? path : join(path, LATEST);
  if (!existsSync(latest) || !statSync(latest).isFile() || statSync(latest).size > MOST_LATEST)
    return undefined;
  const name = /^model_checkpoint_path: "(.*)"$/m.exec(readFileSync(latest, 'utf8'))?.[1];
  if (!name) return undefined;
  // The folder may have been copied since.
  const places = [
    isAbsolute(name) ? name : join(dirname(latest), name),
    join(dirname(latest), basename(name)),
  ];
  return places.find((place) => existsSync(`${place}.index`));
}

/**
 * A model of Keras 2 whose weights are a checkpoint: `model.save_weights('name')` without `.h5`, `ModelCheckpoint`, or
 * `tf.train.Checkpoint(model=model)`. Layers are found by their place among the model's layers, as TensorFlow does.
 *
 * @param limit how many bytes its variables may take
 * @throws {ModelError} when a file is missing or damaged, or the checkpoint is of another model
 */
export function withCheckpoint(graph: GraphSpec, prefix: string, limit: number): ModelInFile {
  const bundle = openBundle(
    prefix,
    'A checkpoint is an .index and one or more .data files: copy all of them.',
  );
  let root: string;
  try {
    root = rootOf(bundle.objects());
  } catch (error) {
    bundle.close();
    throw error;
  }
  return modelWithTracked(graph, bundle, limit, (model, layer, among) => {
    const place = trackedLayers(among).indexOf(layer);
    return `${model === 'root' ? root : model}.layer-${place}`;
  });
}

/** The layers that Keras counts: not those that convlens has added, nor what only says a Sequential's input. */
function trackedLayers({ layers, sequential }: GraphSpec): LayerSpec[] {
  const own = layers.filter(({ inserted }) => !inserted);
  return sequential && own[0]?.className === 'InputLayer' ? own.slice(1) : own;
}

/** @throws {ModelError} when no object has layers */
function rootOf([root, ...others]: readonly TrackedObject[]): string {
  if (root?.parts.has('layer-0')) return 'root';
  for (const [name, id] of root?.parts ?? []) if (others[id - 1]?.parts.has('layer-0')) return `root.${name}`;
  throw new ModelError(
    'its checkpoint is not of a model of Keras 2 with layers. Save the model itself: model.save("model.keras").',
  );
}
