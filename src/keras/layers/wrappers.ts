import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { OF_SEQUENCES } from './call-arguments';
import { customInside } from './custom-inside';
import type { Context, LayerDefinition } from './definition';
import { pipelineOf } from './pipeline';
import { isApart } from './states';

/** Reshapes all time steps of all samples into one batch. */
export const StepsToBatch: LayerDefinition = {
  shape: (_, [input]) => [null, ...input!.slice(2)],
  call: ([x], { tf }) => tf.reshape(x!, [x!.shape[0]! * x!.shape[1]!, ...x!.shape.slice(2)]),
};

/** Undoes that, with as many time steps as the second input has. */
export const BatchToSteps: LayerDefinition = {
  shape: (_, [input, sequence]) => [sequence![0]!, sequence![1]!, ...input!.slice(1)],
  call: ([x, sequence], { tf }) => tf.reshape(x!, [...sequence!.shape.slice(0, 2), ...x!.shape.slice(1)]),
};

/** Layers that wrap another layer, which is in their configuration. */
export function wrappers(known: Record<string, LayerDefinition>): Record<string, LayerDefinition> {
  /** The definition and configuration of the wrapped layer. */
  const inside = (config: Json, key = 'layer'): [LayerDefinition, Json] => made(config, config[key]);

  const made = (config: Json, inner: unknown): [LayerDefinition, Json] => {
    const spec = isObject(inner) ? inner : {};
    const className = String(spec['class_name']);
    const all: Record<string, LayerDefinition> = {
      ...known,
      TimeDistributed,
      Bidirectional,
      SpectralNormalization,
      Pipeline,
    };
    const definition = customInside(spec) ?? (Object.hasOwn(all, className) ? all[className] : undefined);
    if (!definition) {
      throw new ModelError(
        `layer "${config['name']}" wraps a ${className}, which is not one of Keras's plain layers. Register it with registerLayer('${className}', LayerClass) and load again.`,
      );
    }
    return [definition, isObject(spec['config']) ? spec['config'] : {}];
  };

  const step = (shape: Shape): Shape => [null, ...shape.slice(2)];

  const TimeDistributed: LayerDefinition = {
    takes: ['inputs', 'training', 'mask'],
    weights(config, [input]) {
      const [layer, own] = inside(config);
      return layer.weights?.(own, [step(input!)]) ?? [];
    },
    shape(config, [input], dialect) {
      const [layer, own] = inside(config);
      const shape = layer.shape?.(own, [step(input!)], dialect) ?? step(input!);
      return [input![0]!, input![1]!, ...shape.slice(1)];
    },
    call([x], context) {
      const { tf, dialect, config } = context;
      const [layer, own] = inside(config);
      if (layer.mask && dialect === 2) {
        throw new ModelError(
          `layer "${config['name']}" wraps a layer that creates a mask for each step, which is not supported for Keras 2. Build the model without it.`,
        );
      }
      const [batch, time, ...rest] = x!.shape as [number, number, ...number[]];
      const y = layer.call([tf.reshape(x!, [batch * time, ...rest])], {
        ...context,
        config: own,
        mask: undefined,
        masks: [],
        others: {},
      });
      return tf.reshape(y, [batch, time, ...y.shape.slice(1)]);
    },
  };

  /** The backward layer: a reversed copy, unless the file has its own. */
  const backward = (config: Json): [LayerDefinition, Json] => {
    if (isObject(config['backward_layer'])) return inside(config, 'backward_layer');
    const [layer, own] = inside(config);
    return [layer, { ...own, go_backwards: own['go_backwards'] !== true }];
  };

  const named = (name: string, weights: { name: string; shape: number[] }[] | undefined) =>
    (weights ?? []).map((weight) => ({ ...weight, name: `${name}/${weight.name}` }));

  const part = (
    name: string,
    [layer, config]: [LayerDefinition, Json],
    xs: Tensor[],
    context: Context,
  ): Tensor[] => {
    const named = Object.entries(context.weights).filter(([key]) => key.startsWith(`${name}/`));
    const weights = Object.fromEntries(named.map(([key, value]) => [key.slice(name.length + 1), value]));
    // Masked steps are zero in a returned sequence, whatever the wrapped layer says.
    const silent = { ...config, zero_output_for_mask: config['return_sequences'] === true };
    const own = { ...context, config: silent, weights, others: {} };
    return layer.withStates?.(xs, own) ?? [layer.call(xs, own)];
  };

  const Bidirectional: LayerDefinition = {
    takes: OF_SEQUENCES,
    weights(config, inputs) {
      const [[front, own], [back, turned]] = [inside(config), backward(config)];
      return [
        ...named('forward_layer', front.weights?.(own, inputs)),
        ...named('backward_layer', back.weights?.(turned, inputs)),
      ];
    },
    shape(config, inputs, dialect) {
      const [layer, own] = inside(config);
      const shape = layer.shape!(own, inputs, dialect);
      if (isApart(config) || mergeMode(config) !== 'concat') return shape;
      return [...shape.slice(0, -1), shape[shape.length - 1]! * 2];
    },
    stateShapes(config, inputs, dialect) {
      const [layer, own] = inside(config);
      const states = layer.stateShapes!(own, inputs, dialect);
      return [...states, ...states];
    },
    call(given, context) {
      // Two outputs are those of a layer of its own only.
      mergeMode(context.config);
      return Bidirectional.withStates!(given, context)[0]!;
    },
    withStates([x, ...states], context) {
      const { tf, config, others } = context;
      const [front, back] = [inside(config), backward(config)];
      // Each direction has half of the states.
      const given = others['initial_state'] ?? states;
      const [ahead, behind] = [given.slice(0, given.length / 2), given.slice(given.length / 2)];
      const [there, ...ends] = part('forward_layer', front, [x!, ...ahead], context) as [Tensor];
      const [result, ...starts] = part('backward_layer', back, [x!, ...behind], context) as [Tensor];
      const again = front[1]['return_sequences'] ? tf.reverse(result, 1) : result;
      const outputs = isApart(config) ? [there, again] : [merged(tf, mergeMode(config), there, again)];
      return [...outputs, ...ends, ...starts];
    },
  };

  /** The stored kernel is already normalized: only training changes it. */
  const SpectralNormalization: LayerDefinition = {
    weights(config, inputs) {
      const [layer, own] = inside(config);
      const weights = layer.weights?.(own, inputs) ?? [];
      const { shape = [] } = weights.find(({ name }) => name === 'kernel' || name === 'embeddings') ?? {};
      return [...weights, { name: 'vector_u', shape: [1, shape[shape.length - 1] ?? 1] }];
    },
    shape(config, inputs, dialect) {
      const [layer, own] = inside(config);
      return layer.shape?.(own, inputs, dialect) ?? inputs[0]!;
    },
    call(inputs, context) {
      const [layer, own] = inside(context.config);
      return layer.call(inputs, { ...context, config: own });
    },
  };

  const Pipeline = pipelineOf(made);

  return { TimeDistributed, Bidirectional, SpectralNormalization, Pipeline };
}

function merged(tf: Tf, mode: string, there: Tensor, again: Tensor): Tensor {
  if (mode === 'concat') return tf.concat([there, again], there.rank - 1);
  if (mode === 'mul') return tf.mul(there, again);
  return mode === 'ave' ? tf.div(tf.add(there, again), 2) : tf.add(there, again);
}

function mergeMode(config: Json): string {
  const mode = config['merge_mode'] === undefined ? 'concat' : config['merge_mode'];
  if (['concat', 'sum', 'mul', 'ave'].includes(mode as string)) return mode as string;
  throw new ModelError(
    `layer "${config['name']}" has merge_mode ${mode} where one output is needed. Use concat, sum, mul or ave.`,
  );
}
