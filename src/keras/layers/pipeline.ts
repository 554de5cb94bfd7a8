import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { type LayerDefinition, NO_ARGUMENTS } from './definition';

/**
 * Keras 3's Pipeline: layers one after another, mostly augmentations.
 *
 * @param made the definition and configuration of a layer in the configuration
 */
export function pipelineOf(made: (config: Json, inner: unknown) => [LayerDefinition, Json]): LayerDefinition {
  const layersIn = (config: Json) => [config['layers'] ?? []].flat().map((inner) => made(config, inner));

  /** The layers, each with the shape of its input. */
  const placed = (config: Json, input: Shape) => {
    let shape = input;
    const layers = layersIn(config).map(([layer, own]) => {
      const given = shape;
      shape = layer.shape?.(own, [given], 3) ?? given;
      return { layer, own, given };
    });
    return { layers, shape };
  };

  return {
    weights: (config, [input]) =>
      placed(config, input!).layers.flatMap(({ layer, own, given }, i) =>
        (layer.weights?.(own, [given]) ?? []).map((weight) => ({ ...weight, name: `${i}/${weight.name}` })),
      ),
    shape: (config, [input]) => placed(config, input!).shape,
    call([x], context) {
      const given = { ...context, ...NO_ARGUMENTS, prepared: undefined, mask: undefined };
      return layersIn(context.config).reduce((y, [layer, config], i) => {
        const start = `${i}/`;
        const own = Object.entries(context.weights).filter(([name]) => name.startsWith(start));
        const weights = Object.fromEntries(own.map(([name, weight]) => [name.slice(start.length), weight]));
        return layer.call([y], { ...given, config, weights });
      }, x!);
    },
  };
}
