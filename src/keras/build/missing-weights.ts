import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Json } from '../file/graph';
import type { ActivationWeight, FilledWeight, LayerAtPath } from './filled-weight';

/** The weights of an activation layer, such as `recurrent_activation/alpha`; inside a wrapper, after its own name. */
const OF_ACTIVATION = /(?:^|\/)((?:recurrent_)?activation)\/([^/]+)$/;

/** @returns how the weight belongs to an activation layer; undefined when it is the layer's own */
export function ofActivation(placed: LayerAtPath, name: string): ActivationWeight | undefined {
  const [, setting, own] = OF_ACTIVATION.exec(name) ?? [];
  return setting && own ? { placed, setting, name: own } : undefined;
}

/**
 * Fills the weights of activation layers that the file does not store. A .keras stores an object that several layers
 * share once. Keras 3 makes these weights when the model is first called: a model that is saved before has their
 * initial values.
 *
 * @throws {ModelError} when the initial values are random
 */
export function withMissing(filled: readonly FilledWeight[]): FilledWeight[] {
  const shared = new Map<string, FilledWeight>();
  for (const weight of filled) {
    const { array, activation } = weight;
    const key = activation && array && keyOf(activation);
    if (key && !shared.has(key)) shared.set(key, weight);
  }
  return filled.map((weight) => {
    const { activation, array } = weight;
    if (array || !activation) return weight;
    const same = shared.get(keyOf(activation));
    return same ? { ...weight, array: same.array } : { ...weight, constant: initialValue(activation) };
  });
}

/** The configuration of an activation, which holds the object's own name. */
function configOf({ placed, setting }: ActivationWeight): Json {
  const { config } = placed.spec;
  const inner = isObject(config['layer']) ? config['layer']['config'] : undefined;
  const value = config[setting] ?? (isObject(inner) ? inner[setting] : undefined);
  return isObject(value) ? value : {};
}

/** The end of the weight's path: the names of the activation object and of the weight. */
export function endOf(missing: ActivationWeight): string {
  const { config } = configOf(missing);
  return `${isObject(config) ? config['name'] : ''}/${missing.name}`;
}

function keyOf(missing: ActivationWeight): string {
  const { class_name, config } = configOf(missing);
  return JSON.stringify([class_name, isObject(config) && config['name'], missing.name]);
}

function initialValue(missing: ActivationWeight): number {
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
