import { ModelError } from '../../errors';
import { isObject } from '../../is-object';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { LayerDefinition } from './definition';

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

/** `kernel_size` → `kernelSize`, in objects at any depth, as classes of TensorFlow.js expect it. */
export function camelCased(config: Json): never {
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (value === 'channels_last') return 'channelsLast';
    if (value === 'channels_first') return 'channelsFirst';
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
        convert(item),
      ]),
    );
  };
  return convert(config) as never;
}

/** A registered layer as the activation of another. */
export function customActivation(className: string): LayerDefinition | undefined {
  const layerClass = customLayers.get(className);
  if (!layerClass) return undefined;
  return {
    call([x], { config }) {
      const layer = new layerClass(camelCased(config)) as {
        build(shape: number[]): void;
        call(inputs: Tensor[], kwargs: object): Tensor;
        weights?: unknown[];
      };
      layer.build(x!.shape);
      if (layer.weights?.length) {
        throw new ModelError(
          `the activation ${className} has weights of its own, which is not supported. Make it a layer behind.`,
        );
      }
      return layer.call([x!], {});
    },
  };
}
