import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Context, LayerDefinition } from './definition';

/** The weight that is adapted or quantized. */
const MAIN = ['kernel', 'embeddings'];

/** Layers that were trained by low-rank adaptation (LoRA): their kernel has a product of two narrow matrices added. */
export function withAdaptation(definition: LayerDefinition): LayerDefinition {
  return {
    ...definition,
    weights(config, inputs) {
      const weights = definition.weights?.(config, inputs) ?? [];
      const rank = Number(config['lora_rank'] ?? 0);
      const main = weights.find(({ name }) => MAIN.includes(name));
      if (!rank || !main) return weights;
      return [
        ...weights,
        { name: `lora_${main.name}_a`, shape: [...main.shape.slice(0, -1), rank] },
        { name: `lora_${main.name}_b`, shape: [rank, main.shape[main.shape.length - 1]!] },
      ];
    },
    call: (inputs, context) => definition.call(inputs, adapted(context)),
  };
}

function adapted(context: Context): Context {
  const { tf, config, weights } = context;
  const rank = Number(config['lora_rank'] ?? 0);
  const name = rank ? MAIN.find((one) => weights[`lora_${one}_a`]) : undefined;
  if (!name) return context;
  const main = weights[name]!;
  const [a, b] = [weights[`lora_${name}_a`]!, weights[`lora_${name}_b`]!];
  const added = tf.reshape(tf.matMul(tf.reshape(a, [-1, rank]), b as never), main.shape);
  const factor = Number(config['lora_alpha'] ?? rank) / rank;
  return { ...context, weights: { ...weights, [name]: tf.add(main, tf.mul(added, factor)) } };
}

/** The way in which the layer's weights are quantized, as its policy says; undefined for none. */
function quantizationOf({ dtype }: Json): string | undefined {
  const policy = isObject(dtype) && isObject(dtype['config']) ? dtype['config'] : undefined;
  if (policy && 'mode' in policy) return String(policy['mode']);
  return typeof dtype === 'string' ? /^(int8|int4|float8|gptq|awq)/.exec(dtype)?.[1] : undefined;
}

/** Layers whose weights are whole numbers from -127 to 127 with a scale (Keras 3's `quantize("int8")`). */
export function withQuantization(definition: LayerDefinition): LayerDefinition {
  return {
    ...definition,
    weights(config, inputs) {
      const weights = definition.weights?.(config, inputs) ?? [];
      const main = weights.find(({ name }) => MAIN.includes(name));
      const mode = quantizationOf(config);
      if (!mode || !main) return weights;
      if (mode !== 'int8') {
        throw new ModelError(
          `layer "${config['name']}" is quantized as ${mode}, which is not supported. Save the model with int8 or without quantization.`,
        );
      }
      // An embedding has a scale for each word, a kernel one for each unit.
      const scale = main.name === 'kernel' ? main.shape[main.shape.length - 1]! : main.shape[0]!;
      return [...weights, { name: `${main.name}_scale`, shape: [scale] }];
    },
    call(inputs, context) {
      const { tf, weights } = context;
      const [kernel, embeddings] = [weights['kernel_scale'], weights['embeddings_scale']];
      if (embeddings) {
        const whole = tf.div(weights['embeddings']!, tf.reshape(embeddings, [-1, 1]));
        return definition.call(inputs, { ...context, weights: { ...weights, embeddings: whole } });
      }
      if (!kernel) return definition.call(inputs, context);
      const scaled = { ...weights, kernel: tf.div(weights['kernel']!, kernel) };
      return definition.call([inQuanta(tf, inputs[0]!)], { ...context, weights: scaled });
    },
  };
}

/** Refuses a layer with a kernel that Keras can quantize and convlens cannot read as such. */
export function withoutQuantization(className: string, definition: LayerDefinition): LayerDefinition {
  return {
    ...definition,
    weights(config, inputs) {
      if (quantizationOf(config)) {
        throw new ModelError(
          `layer "${config['name']}" (${className}) is quantized, which is supported of Dense and Embedding only. Save the model without quantization.`,
        );
      }
      return definition.weights?.(config, inputs) ?? [];
    },
  };
}

/** The input in steps of a 127th of each row's largest magnitude, as Keras computes with. */
function inQuanta(tf: Tf, x: Tensor): Tensor {
  const scale = tf.div(127, tf.add(tf.max(tf.abs(x), -1, true), 1e-7));
  return tf.div(tf.clipByValue(tf.round(tf.mul(x, scale)), -127, 127), scale);
}
