import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import { shapeOf } from '../file/config';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { checkConfig } from './check-config';
import { customInside } from './custom-inside';
import { type Context, type LayerDefinition, NO_ARGUMENTS } from './definition';

/** Settings that may hold an activation, in the order in which Keras stores their weights. */
const SETTINGS = ['activation', 'recurrent_activation'];

/** A layer as the activation of another. */
interface ActivationLayer {
  setting: string;
  definition: LayerDefinition;
  config: Json;
  /** The shape that it was built for, if the file says so. */
  builtFor?: Shape;
}

/** Whether an activation in a configuration is a layer of its own, as in `Conv2D(activation=LeakyReLU(0.1))`. */
export function isActivationLayer(value: unknown): value is Json {
  return isObject(value) && isObject(value['config']) && value['class_name'] !== 'function';
}

/**
 * Lets layers be the activation of a layer, with their settings and weights.
 *
 * @param known the layers that may be activations, by class
 * @param definition a layer with an activation
 */
export function withActivationLayers(
  known: Readonly<Record<string, LayerDefinition>>,
  definition: LayerDefinition,
): LayerDefinition {
  return {
    ...definition,
    weights(config, inputs) {
      const weights = definition.weights?.(config, inputs) ?? [];
      const layers = layersIn(known, config);
      if (!layers.length) return weights;
      const shape = shapeBefore(definition, config, inputs);
      const isOpen = shape.slice(1).includes(null);
      const theirs = layers.flatMap(({ setting, definition, config, builtFor }) => {
        const own = definition.weights?.(config, [(isOpen && builtFor) || shape]) ?? [];
        return own.map((weight) => ({ ...weight, name: `${setting}/${weight.name}` }));
      });
      return [...weights, ...theirs];
    },
    call: (inputs, context) => definition.call(inputs, withFunctions(known, context)),
    withStates:
      definition.withStates &&
      ((inputs, context) => definition.withStates!(inputs, withFunctions(known, context))),
  };
}

/** The context with functions in place of activation layers. */
function withFunctions(known: Readonly<Record<string, LayerDefinition>>, context: Context): Context {
  const layers = layersIn(known, context.config);
  if (!layers.length) return context;
  const functions = layers.map((layer) => [layer.setting, asFunction(layer, context)]);
  return { ...context, config: { ...context.config, ...Object.fromEntries(functions) } };
}

const NONE: ActivationLayer[] = [];
/** Cached by configuration, since a layer asks at every call. */
const found = new WeakMap<Json, ActivationLayer[]>();

/** @throws {ModelError} when a class is unknown, or its configuration is invalid */
function layersIn(known: Readonly<Record<string, LayerDefinition>>, config: Json): ActivationLayer[] {
  if (!SETTINGS.some((setting) => isActivationLayer(config[setting]))) return NONE;
  const before = found.get(config);
  if (before) return before;
  const layers = SETTINGS.flatMap((setting) => {
    const value = config[setting];
    if (!isActivationLayer(value)) return [];
    const className = String(value['class_name']);
    const own = value['config'] as Json;
    const registered = String(value['registered_name'] ?? '');
    const isForeign = registered.includes('>') && !/^(tf_)?keras/i.test(registered);
    const definition =
      customInside(value) ?? (Object.hasOwn(known, className) && !isForeign ? known[className] : undefined);
    if (!definition) {
      throw new ModelError(
        `layer "${config['name']}" has a layer of class ${className} as its ${setting}, which is not one of Keras's. Register it with registerLayer('${className}', LayerClass).`,
      );
    }
    checkConfig(String(config['name']), className, own);
    const built = isObject(value['build_config']) ? value['build_config'] : {};
    return [{ setting, definition, config: own, builtFor: shapeOf(built['input_shape']) }];
  });
  found.set(config, layers);
  return layers;
}

/** The shape of an activation's input: the layer's output, or that of one time step. */
function shapeBefore({ shape }: LayerDefinition, config: Json, inputs: Shape[]): Shape {
  return shape?.({ ...config, return_sequences: false }, inputs, 3) ?? inputs[0]!;
}

function asFunction({ setting, definition, config }: ActivationLayer, context: Context) {
  const start = `${setting}/`;
  const own = Object.entries(context.weights).filter(([name]) => name.startsWith(start));
  const weights = Object.fromEntries(own.map(([name, weight]) => [name.slice(start.length), weight]));
  const given = { ...context, ...NO_ARGUMENTS, config, weights, prepared: undefined, mask: undefined };
  return (tf: Tf, x: Tensor) => definition.call([x], { ...given, tf });
}
