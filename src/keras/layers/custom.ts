/** A layer class as `registerLayer` takes it: its constructor gets the file's configuration in camel case. */
export type LayerClass = new (config: never) => object;

/** Layers that users registered, by Keras's class name. */
export const customLayers = new Map<string, LayerClass>();

/**
 * Teaches `loadModel` a layer that Keras lacks: your own, or one that convlens does not know.
 *
 * @param className the class's name in Python, as the file holds it, without its package
 * @param layerClass a subclass of `tf.layers.Layer`; its constructor gets the layer's configuration, keys in
 *   camel case (`kernel_size` → `kernelSize`). Weights are matched in the order of its `addWeight` calls.
 * @throws {TypeError} when one of them is not what it should be
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
      'Cannot register a layer: its class name is no text. Give the name of the Python class.',
    );
  }
  if (typeof layerClass !== 'function') {
    throw new TypeError(
      `Cannot register "${className}": no class was given. Give a subclass of tf.layers.Layer.`,
    );
  }
  customLayers.set(className, layerClass);
}
