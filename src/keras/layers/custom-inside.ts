import { isObject } from '../../checks/is-object';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { customLayer, type LayerClass } from './custom';
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

/** A registered layer inside another, which holds its weights. */
interface Inside {
  layer: {
    build(shape: Shape | Shape[]): void;
    call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
    computeOutputShape(shape: Shape | Shape[]): Shape | Shape[];
    addWeight(name: string, shape: number[]): unknown;
  };
  weights: { name: string; shape: number[] }[];
  /** The weights' values during a call, by name. */
  values: Record<string, Tensor>;
}

const made = new WeakMap<Json, Map<LayerClass, Inside>>();

/** One layer per configuration, built for the first input it gets. */
function insideOf(layerClass: LayerClass, config: Json, shapes: Shape[]): Inside {
  const known = made.get(config) ?? new Map<LayerClass, Inside>();
  made.set(config, known);
  const before = known.get(layerClass);
  if (before) return before;
  const layer = new layerClass(camelCased(config)) as Inside['layer'];
  const inside: Inside = { layer, weights: [], values: {} };
  // The outer layer holds the weights; this one reads them.
  layer.addWeight = (name, shape) => {
    inside.weights.push({ name, shape });
    return { name, originalName: name, shape, dtype: 'float32', read: () => inside.values[name] };
  };
  layer.build(shapes.length === 1 ? shapes[0]! : shapes);
  known.set(layerClass, inside);
  return inside;
}

/**
 * A registered class as the layer inside a wrapper, or as the activation of a layer.
 *
 * @param spec its class and configuration in the outer layer's
 */
export function customInside(spec: Json): LayerDefinition | undefined {
  const { class_name, registered_name } = spec;
  const own = isObject(spec['config']) ? spec['config'] : {};
  const layerClass = customLayer(String(class_name), registered_name, String(own['name']));
  if (!layerClass) return undefined;
  return {
    weights: (config, shapes) => insideOf(layerClass, config, shapes).weights,
    shape(config, shapes) {
      const { layer } = insideOf(layerClass, config, shapes);
      return layer.computeOutputShape(shapes.length === 1 ? shapes[0]! : shapes) as Shape;
    },
    call(inputs, { config, weights }) {
      const inside = insideOf(
        layerClass,
        config,
        inputs.map(({ shape }) => shape),
      );
      inside.values = weights;
      const result = inside.layer.call(inputs.length === 1 ? inputs[0]! : inputs, {});
      return [result].flat()[0]!;
    },
  };
}
