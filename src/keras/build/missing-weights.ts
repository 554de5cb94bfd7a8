import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Json } from '../file/graph';
import type { StoredArray } from '../file/hdf5/tree';
import { cellsOf } from '../layers/recurrent-cells';
import { type FilledWeight, type LayerAtPath, nameIn, type ObjectWeight } from './filled-weight';

/** The weights of an activation layer, such as `recurrent_activation/alpha`; inside a wrapper, after its own name. */
const OF_ACTIVATION = /^((?:.*\/)?(?:recurrent_)?activation)\/([^/]+)$/;

/** @returns how the weight belongs to an activation layer; undefined when it is the layer's own */
export function ofActivation(
  placed: LayerAtPath,
  weight: { originalName?: string },
): ObjectWeight | undefined {
  const [, setting, own] = OF_ACTIVATION.exec(nameIn(placed, weight)) ?? [];
  return setting && own ? { placed, setting, name: own } : undefined;
}

/**
 * Fills the weights that the file does not store: those of activation layers, and of layers that are also another
 * layer's activation. A .keras stores an object that several layers share once. Keras 3 makes the weights of activation
 * layers when the model is first called: a model that is saved before has their initial values.
 *
 * @throws {ModelError} when the initial values are random, or a layer's weights are missing
 */
export function withMissing(filled: readonly FilledWeight[]): FilledWeight[] {
  const shared = new Map<string, FilledWeight>();
  for (const weight of filled) {
    const { array, object } = weight;
    const key = object && array && keyOf(object);
    if (key && !shared.has(key)) shared.set(key, weight);
  }
  return filled.map((weight) => {
    const { object, array } = weight;
    if (array || !object) return weight;
    const same = shared.get(keyOf(object));
    if (same) return { ...weight, array: same.array };
    if (object.setting) return { ...weight, constant: initialValue(object) };
    throw needsWeights(object.placed, []);
  });
}

/** The error of a layer that has other weights than the file. */
export function needsWeights({ path, spec, layer }: LayerAtPath, stored: readonly StoredArray[]): ModelError {
  const has = stored.map((array) => array.path).join(', ') || 'none';
  return new ModelError(
    `layer "${path}" (${spec.className}) needs ${layer.weights.length} weights and the file has ${stored.length} (${has}). Save the model again.`,
  );
}

/** The object's class and configuration, which holds its own name. */
function configOf({ placed, setting }: ObjectWeight): Json {
  const { className, config } = placed.spec;
  const layer: Json = { class_name: className, config };
  return setting ? setting.split('/').reduce(partOf, layer) : layer;
}

/** The part of a layer that the name of a weight goes through; wrappers and RNNs of one cell add no name of theirs. */
function partOf(layer: Json, name: string): Json {
  const config = isObject(layer['config']) ? layer['config'] : {};
  const cells = cellsOf(config);
  const cell = /^cell_(\d+)$/.exec(name)?.[1];
  const isDirection = /^(forward|backward)_layer$/.test(name) && layer['class_name'] === 'Bidirectional';
  const own = isDirection ? (config[name] ?? config['layer']) : cell ? cells[Number(cell)] : config[name];
  if (isObject(own)) return own;
  const inner = config['layer'] ?? cells[0];
  return isObject(inner) ? partOf(inner, name) : {};
}

/** The end of the weight's path: the names of the activation object and of the weight. */
export function endOf(missing: ObjectWeight): string {
  const { config } = configOf(missing);
  return `${isObject(config) ? config['name'] : ''}/${missing.name}`;
}

/** Says which weights are of the same object. */
export function keyOf(missing: ObjectWeight): string {
  const { class_name, config } = configOf(missing);
  return JSON.stringify([class_name, isObject(config) && config['name'], missing.name]);
}

function initialValue(missing: ObjectWeight): number {
  const { config } = configOf(missing);
  const initializer = isObject(config) ? config[`${missing.name}_initializer`] : undefined;
  const name = String(isObject(initializer) ? initializer['class_name'] : initializer).toLowerCase();
  const settings = isObject(initializer) && isObject(initializer['config']) ? initializer['config'] : {};
  if (name === 'zeros') return 0;
  if (name === 'ones') return 1;
  if (name === 'constant' && typeof settings['value'] === 'number') return settings['value'];
  throw new ModelError(
    `layer "${missing.placed.path}" (${missing.placed.spec.className}) has an activation whose ${missing.name} is not in the file. Call the model once, and save it again.`,
  );
}
