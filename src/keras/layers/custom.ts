/** A layer class for `registerLayer`. Its constructor gets the file's configuration in camel case. */
export type LayerClass = new (config: never) => object;

/** Registered layer classes, by Keras class name. */
export const customLayers = new Map<string, LayerClass>();

/**
 * Lets `loadModel` read a layer class of your own, or one that convlens does not support.
 *
 * @param className the class's name in Python, without its package
 * @param layerClass a subclass of `tf.layers.Layer`; its constructor gets the layer's configuration, keys in
 *   camel case (`kernel_size` → `kernelSize`). Weights are matched in the order of its `addWeight` calls.
 * @throws {TypeError} when the name is not a text, or the class is not a function
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
export function registerLayer(className: string, layerClass: LayerClass): void {
  if (typeof className !== 'string' || className === '') {
    throw new TypeError(
      'Cannot register a layer: its class name is not a text. Give the name of the Python class.',
    );
  }
  if (typeof layerClass !== 'function') {
    throw new TypeError(
      `Cannot register "${className}": no class was given. Give a subclass of tf.layers.Layer.`,
    );
  }
  customLayers.set(className, layerClass);
}
