import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import { moveIn } from '../../tensorflow/native';
import type { Tf } from '../../tensorflow/types';
import type { Dialect, GraphSpec, LayerSpec } from '../file/graph';
import type { Hdf5 } from '../file/hdf5/opener';
import type { StoredArray } from '../file/hdf5/tree';
import { shapeText } from '../model';
import { type FilledWeight, type LayerAtPath, nameIn, type ObjectWeight } from './filled-weight';
import { keyOf, needsWeights, ofActivation } from './missing-weights';

/** A model file's content, independent of its format. */
export interface ModelInFile {
  graph: GraphSpec;
  dialect: Dialect;
  /** Fills the weights of the layers built from the graph. */
  fill(tf: Tf, graph: GraphSpec, made: Map<LayerSpec, tfl.layers.Layer>): Promise<void>;
  /** Closes the file, if it is still open. */
  close?(): Promise<void>;
}

/** A weight of TensorFlow.js, with its name before it was made unique. */
type Weight = tfl.LayerVariable & { originalName?: string };

export function layersWithPaths(
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
  path = '',
): LayerAtPath[] {
  return graph.layers.flatMap((spec) => {
    const here = path ? `${path}/${spec.name}` : spec.name;
    if (spec.inner) return layersWithPaths(spec.inner, made, here);
    if (spec.stepModel) return layersWithPaths(spec.stepModel.inner!, made, `${here}/${spec.stepModel.name}`);
    const layer = made.get(spec);
    return layer ? [{ spec, path: here, layer }] : [];
  });
}

/** Whether a weight belongs to a low-rank adaptation (LoRA). */
const isAdapted = (name: string) => /(^|\/)lora_\w+$/.test(name);

/** A layer's weights but for those of its activation and of its adaptation. */
export function ownWeights(placed: LayerAtPath): Weight[] {
  const weights = placed.layer.weights as Weight[];
  return weights.filter((weight) => !ofActivation(placed, weight) && !isAdapted(weight.originalName ?? ''));
}

/** Pairs a layer's weights, in Keras's order, with stored arrays. Every shape must fit, and no array may be left over. */
export function pairWeights(placed: LayerAtPath, stored: readonly StoredArray[]): FilledWeight[] {
  const weights = placed.layer.weights as Weight[];
  const objects = weights.map(
    (weight): ObjectWeight => ofActivation(placed, weight) ?? { placed, name: nameIn(placed, weight) },
  );
  const own = ownWeights(placed).length;
  if (stored.length === own && own < weights.length) {
    // The file has the layer's own weights only.
    const left = [...stored];
    return weights.map((weight, i): FilledWeight => {
      const object = objects[i]!;
      if (object.setting) return { weight, object };
      // A .keras stores the kernel with what adaptation added.
      return isAdapted(weight.originalName ?? '')
        ? { weight, constant: 0 }
        : pairOne(placed, weight, left.shift()!);
    });
  }
  // An object that a layer has twice as an activation is stored once; a layer that is another's activation, maybe there.
  const keys = objects.map(keyOf);
  const isAgain = objects.map(({ setting }, i) => setting !== undefined && keys.indexOf(keys[i]!) < i);
  const once = isAgain.filter((again) => !again).length;
  if (![weights.length, once, 0].includes(stored.length)) throw needsWeights(placed, stored);
  const left = [...stored];
  return weights.map((weight, i): FilledWeight => {
    const array = stored.length < weights.length && isAgain[i] ? undefined : left.shift();
    return { ...(array ? pairOne(placed, weight, array) : { weight }), object: objects[i] };
  });
}

/** Pairs one weight with an array, whose shape and name must fit. */
export function pairOne(placed: LayerAtPath, weight: Weight, array: StoredArray): FilledWeight {
  checkName(placed, weight, array.path);
  const shape = weight.shape as number[];
  if (array.shape.length === shape.length && array.shape.every((size, axis) => size === shape[axis])) {
    return { weight, array };
  }
  throw new ModelError(
    `the weight ${array.path} of layer "${placed.path}" has shape ${shapeText(array.shape)}; ${shapeText(shape)} is needed.`,
  );
}

/** Reads the arrays into their weights. */
export async function fillWeights(tf: Tf, file: Hdf5, filled: readonly FilledWeight[]): Promise<void> {
  const stored = filled.filter((weight): weight is Stored => weight.array !== undefined);
  // Other backends keep an array as it is, and its memory takes the next ones.
  const copies = ['tensorflow', 'wasm'].includes(tf.getBackend());
  await file.read(
    stored.map(({ array }) => array),
    (values, i) => {
      const { weight } = stored[i]!;
      const own = copies ? values : values.slice();
      writeWeight(tf, weight, tf.tensor(own, weight.shape as number[], 'float32'));
    },
  );
  fillConstants(tf, filled);
}

type Stored = FilledWeight & { array: StoredArray };

/** Fills the weights that the file does not store. */
export function fillConstants(tf: Tf, filled: readonly FilledWeight[]): void {
  for (const { weight, constant } of filled) {
    if (constant !== undefined) writeWeight(tf, weight, tf.fill(weight.shape as number[], constant));
  }
}

/** Writes a weight's values, and frees the tensor that brings them. */
export function writeWeight(tf: Tf, weight: tfl.LayerVariable, value: tfc.Tensor): void {
  moveIn(tf, value);
  weight.write(value);
  value.dispose();
}

/** Checks the weight's name at the end of a path, so that two weights of the same shape are not swapped. */
function checkName(placed: LayerAtPath, weight: Weight, path: string): void {
  const stored = path.split('/').pop()!.replace(/:\d+$/, '');
  const wanted = (weight.originalName ?? '').split('/').pop();
  if (/^\d+$/.test(stored) || !wanted || stored === wanted) return;
  const known = /^(kernel|bias|gamma|beta|moving_mean|moving_variance|depthwise_kernel|pointwise_kernel)$/;
  if (stored === 'depthwise_kernel' && wanted === 'kernel') return;
  if (stored === 'kernel' && wanted === 'depthwise_kernel') return;
  if (known.test(stored) && known.test(wanted)) {
    throw new ModelError(
      `layer "${placed.path}" needs its ${wanted}, and the file has ${path} in its place.`,
    );
  }
}

/** Whether a stored array is the seed of random numbers, used in training only. */
export function isSeed(path: string): boolean {
  return /seed_generator/.test(path);
}
