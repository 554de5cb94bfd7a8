import { ModelError } from '../../errors';
import { isObject } from '../../is-object';
import type { Json } from '../file/graph';
import type { ActivationWeight, Filling, Leaf } from './filling';

/** The weights of an activation layer, such as `recurrent_activation/alpha`; inside a wrapper, after its own name. */
const OF_ACTIVATION = /(?:^|\/)((?:recurrent_)?activation)\/([^/]+)$/;

/** @returns how the weight belongs to an activation layer; undefined when it is the layer's own */
export function ofActivation(leaf: Leaf, name: string): ActivationWeight | undefined {
  const [, setting, own] = OF_ACTIVATION.exec(name) ?? [];
  return setting && own ? { leaf, setting, name: own } : undefined;
}

/**
 * Fills the weights of activation layers that the file does not store. A .keras stores an object that several layers
 * share once. Keras 3 makes these weights when the model is first called: a model that is saved before has their
 * initial values.
 *
 * @throws {ModelError} when the initial values are random
 */
export function withMissing(fillings: readonly Filling[]): Filling[] {
  const shared = new Map<string, Filling>();
  for (const filling of fillings) {
    const { array, activation } = filling;
    const key = activation && array && keyOf(activation);
    if (key && !shared.has(key)) shared.set(key, filling);
  }
  return fillings.map((filling) => {
    const { activation, array } = filling;
    if (array || !activation) return filling;
    const same = shared.get(keyOf(activation));
    return same ? { ...filling, array: same.array } : { ...filling, constant: initialValue(activation) };
  });
}

/** The configuration of an activation, which holds the object's own name. */
function configOf({ leaf, setting }: ActivationWeight): Json {
  const { config } = leaf.spec;
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
    `layer "${missing.leaf.path}" (${missing.leaf.spec.className}) has an activation whose ${missing.name} is not in the file. Call the model once, and save it again.`,
  );
}
