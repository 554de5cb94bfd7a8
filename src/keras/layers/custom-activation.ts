import { ModelError } from '../../errors';
import { isObject } from '../../is-object';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { customLayers } from './custom';
import type { LayerDefinition } from './definition';

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
          `the activation ${className} has weights of its own, which is not supported. Make it a layer of its own, after this one.`,
        );
      }
      return layer.call([x!], {});
    },
  };
}
