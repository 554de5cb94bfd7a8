import { isObject } from '../../checks/is-object';
import type { Json } from '../file/graph';
import { takesConfig } from '../layers/make';
import type { FlatNode, FlatPlan } from './flat-plan';

/** The softmax or sigmoid at the end of a model. */
export interface FinalActivation {
  /** The layer that applies it. */
  node: FlatNode;
  activation: 'softmax' | 'sigmoid';
  /**
   * The layer's configuration without it, where it is part of a layer such as Dense; undefined where the layer is
   * nothing else, or cannot be called with another configuration.
   */
  without?: Json;
  /** Whether the layer is nothing but the activation. */
  alone: boolean;
}

/** Layers that change neither the values of their input nor the order of classes. */
const PASSES =
  /^(Dropout|SpatialDropout\w+|GaussianDropout|GaussianNoise|AlphaDropout|Identity|Flatten|Reshape)$/;
/** Layers that apply their activation last. */
const APPLIES = /^(Dense|EinsumDense|(Depthwise|Separable)?Conv[123]D(Transpose)?)$/;
const WRAPS = /^(TimeDistributed|SpectralNormalization)$/;

/** @param output one of the plan's output tensors */
export function finalActivationOf({ nodes }: FlatPlan, output: number): FinalActivation | undefined {
  let node = nodes.find(({ makes }) => makes.includes(output));
  while (node && node.takes.length === 1 && passes(node)) {
    const [before] = node.takes;
    node = nodes.find(({ makes }) => makes.includes(before!));
  }
  if (!node) return undefined;
  const { layer } = node;
  const config = layer.getConfig() as Json;
  const className = layer.getClassName();
  const alone = nameOf(className === 'TFOpLambda' ? config['function'] : className);
  if (alone) return { node, activation: alone, alone: true };
  if (className === 'Activation') {
    const activation = nameOf(config['activation']);
    return activation && { node, activation, alone: true };
  }
  const inside = withoutActivation(className, config);
  return inside && { node, alone: false, ...inside, ...(!takesConfig(layer) && { without: undefined }) };
}

function passes({ layer }: FlatNode): boolean {
  const isLinear = layer.getClassName() === 'Activation' && layer.getConfig()['activation'] === 'linear';
  return isLinear || PASSES.test(layer.getClassName());
}

/** `softmax` or `sigmoid` from the names and objects that files hold. */
function nameOf(value: unknown): FinalActivation['activation'] | undefined {
  const inner = isObject(value) ? value['config'] : undefined;
  const named = isObject(value) ? (typeof inner === 'string' ? inner : value['class_name']) : value;
  const [, name] = /(?:^|\.)(softmax|sigmoid)(?:_v2)?$/i.exec(String(named)) ?? [];
  return name?.toLowerCase() as FinalActivation['activation'] | undefined;
}

type Without = Pick<FinalActivation, 'activation' | 'without'>;

/** A layer's configuration without its softmax or sigmoid; undefined if it has none. */
function withoutActivation(className: string, config: Json): Without | undefined {
  if (WRAPS.test(className) && isObject(config['layer'])) {
    const { layer } = config;
    const inside = withoutActivation(String(layer['class_name']), (layer['config'] ?? {}) as Json);
    return inside && { ...inside, without: { ...config, layer: { ...layer, config: inside.without } } };
  }
  const activation = APPLIES.test(className) ? nameOf(config['activation']) : undefined;
  return activation && { activation, without: { ...config, activation: 'linear' } };
}
