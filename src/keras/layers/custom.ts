import { checkOptions } from '../../checks/check-options';

/** A layer class for `registerLayer`. Its constructor gets the file's configuration in camel case. */
export type LayerClass = new (config: never) => object;

/** A function for `registerActivation`: a tensor to a tensor of its shape. */
export type ActivationFunction = (x: never) => object;

/** Options of `registerLayer`. */
export interface RegisterOptions {
  /** The name of the one layer that the class is for, such as a `Lambda`'s. Default: every layer of the class. */
  layer?: string;
}

const layers = new Map<string, LayerClass>();
const activations = new Map<string, ActivationFunction>();

const keyOf = (className: string, layer?: string) => JSON.stringify([className, layer ?? null]);

/** The names under which something of Python may be registered: `package>Name`, then `Name`. */
const namesOf = (name: string) => [
  name,
  ...(name.includes('>') ? [name.slice(name.lastIndexOf('>') + 1)] : []),
];

/**
 * The registered class of a layer in a file.
 *
 * @param className as the file has it, with or without its package
 * @param registered Keras 3's name of it, with its package
 * @param layer the layer's name
 */
export function customLayer(className: string, registered?: unknown, layer?: string): LayerClass | undefined {
  const names = [...(typeof registered === 'string' ? namesOf(registered) : []), ...namesOf(className)];
  for (const name of names) {
    const found = layers.get(keyOf(name, layer)) ?? layers.get(keyOf(name));
    if (found) return found;
  }
  return undefined;
}

/** The registered function of an activation in a file. */
export function customActivation(name: string): ActivationFunction | undefined {
  for (const one of namesOf(name)) {
    const found = activations.get(one);
    if (found) return found;
  }
  return undefined;
}

/**
 * Lets `loadModel` read a layer class of your own, a `Lambda`, or a class that convlens does not support.
 *
 * @param className the class's name in Python, with or without its package (`CTCLayer` also finds `Custom>CTCLayer`)
 * @param layerClass a subclass of `tf.layers.Layer`; its constructor gets the layer's configuration, keys in
 *   camel case (`kernel_size` → `kernelSize`). Weights are matched in the order of its `addWeight` calls, those of layers
 *   inside it by shape, or by the Python attribute in their names (`projection/kernel`).
 * @param options for which layer: each `Lambda` is a function of its own
 * @throws {TypeError} when a name is not a text, or the class is not a function
 * @example
 * const { mul } = require('@tensorflow/tfjs-core');
 * const { layers } = require('@tensorflow/tfjs-layers');
 * class Scale extends layers.Layer {
 *   constructor(private readonly config: { factor: number }) {
 *     super(config);
 *   }
 *   call(inputs: unknown[]) {
 *     return mul(inputs[0], this.config.factor);
 *   }
 * }
 * registerLayer('Scale', Scale);
 */
export function registerLayer(
  className: string,
  layerClass: LayerClass,
  options: RegisterOptions = {},
): void {
  checkOptions('register a layer', options, ['layer']);
  checkName('a layer', className, 'class name', 'Give the name of the Python class.');
  if (typeof layerClass !== 'function') {
    throw new TypeError(
      `Cannot register "${className}": no class was given. Give a subclass of tf.layers.Layer.`,
    );
  }
  const { layer } = options;
  if (layer !== undefined) checkName('a layer', layer, 'layer', 'Give the name of a layer in the file.');
  layers.set(keyOf(className, layer), layerClass);
}

/**
 * Lets `loadModel` read an activation function that is not Keras's, such as one of a package.
 *
 * @param name the function's name in Python, with or without its package (`snake` also finds `mine>snake`)
 * @param activation computes it with TensorFlow.js's functions
 * @throws {TypeError} when the name is not a text, or no function was given
 * @example
 * const { add, sin, square } = require('@tensorflow/tfjs-core');
 * registerActivation('snake', (x) => add(x, square(sin(x))));
 */
export function registerActivation(name: string, activation: ActivationFunction): void {
  checkName('an activation', name, 'name', 'Give the name of the Python function.');
  if (typeof activation !== 'function') {
    throw new TypeError(
      `Cannot register "${name}": no function was given. Give a function of a tensor that returns a tensor.`,
    );
  }
  activations.set(name, activation);
}

function checkName(what: string, name: unknown, is: string, help: string): void {
  if (typeof name === 'string' && name !== '') return;
  throw new TypeError(`Cannot register ${what}: its ${is} is not a text. ${help}`);
}
