import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import { cleansUp } from '../layers/make';
import { shapeText } from '../model';

/** A tensor with the mask of its time steps. */
export interface Value {
  tensor: tfc.Tensor;
  mask?: tfc.Tensor;
}

/** Another name of the same values, to be dropped by itself. */
export function copy({ tensor, mask }: Value): Value {
  return { tensor: tensor.clone(), mask: mask?.clone() };
}

/** Frees a value. */
export function drop(values: Map<number, Value>, id: number): void {
  const value = values.get(id);
  value?.tensor.dispose();
  value?.mask?.dispose();
  values.delete(id);
}

/**
 * Calls a layer at inference.
 *
 * @param config replaces its configuration for this call, if it `takesConfig`
 * @returns its outputs, which the caller disposes
 * @throws {ModelError} when the layer fails on its input, with TensorFlow.js's message
 */
export function callLayer(
  tf: typeof tfc,
  layer: tfl.layers.Layer,
  given: readonly Value[],
  name: string,
  config?: object,
): Value[] {
  try {
    return call(tf, layer, given, config);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ModelError(
      `Cannot predict: layer "${name}" (${layer.getClassName()}) fails on an input of shape ${given.map(({ tensor }) => shapeText(tensor.shape)).join(', ')}: ${message}`,
      { cause },
    );
  }
}

function call(tf: typeof tfc, layer: tfl.layers.Layer, values: readonly Value[], config?: object): Value[] {
  const inputs = values.map(({ tensor }) => tensor);
  const given = inputs.length === 1 ? inputs[0]! : inputs;
  const masks = values.map(({ mask }) => mask ?? null);
  const masked = masks.some((mask) => mask);
  if (!masked && cleansUp(layer)) return [{ tensor: layer.call(given, { config }) as tfc.Tensor }];
  const results: Value[] = [];
  tf.tidy(() => {
    const result = layer.call(given, {
      training: false,
      ...(config && { config }),
      ...(masked && { mask: masks }),
    });
    const mask = layer.supportsMasking && layer.computeMask(given, masks as tfc.Tensor[]);
    for (const [i, tensor] of (Array.isArray(result) ? result : [result]).entries()) {
      const own = Array.isArray(mask) ? mask[i] : mask;
      // A layer may return its input; every step must own its output.
      results.push({
        tensor: tf.keep(inputs.includes(tensor) ? tensor.clone() : tensor),
        mask: isTensor(own) ? tf.keep(own.clone()) : undefined,
      });
    }
  });
  return results;
}

function isTensor(mask: unknown): mask is tfc.Tensor {
  return typeof mask === 'object' && mask !== null && 'dataId' in mask;
}
