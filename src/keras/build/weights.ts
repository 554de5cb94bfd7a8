import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { Tf } from '../../tensorflow/types';
import type { Dialect, GraphSpec, LayerSpec } from '../file/graph';
import type { Hdf5 } from '../file/hdf5/opener';
import type { StoredArray } from '../file/hdf5/tree';
import { shapeText } from '../model';

/** A model file's content, independent of its format. */
export interface ModelInFile {
  graph: GraphSpec;
  dialect: Dialect;
  /** Fills the weights of the layers built from the graph. */
  fill(tf: Tf, graph: GraphSpec, made: Map<LayerSpec, tfl.layers.Layer>): Promise<void>;
  /** Closes the file, if it is still open. */
  close?(): Promise<void>;
}

/** A weight and the array that fills it. */
export interface Filling {
  weight: tfl.LayerVariable;
  array: StoredArray;
}

/** A weight of TensorFlow.js, with its name before it was made unique. */
type Weight = tfl.LayerVariable & { originalName?: string };

/** A layer that is not a model, with its path; in the configuration's order. */
export interface Leaf {
  spec: LayerSpec;
  path: string;
  layer: tfl.layers.Layer;
}

export function leavesOf(graph: GraphSpec, made: Map<LayerSpec, tfl.layers.Layer>, path = ''): Leaf[] {
  return graph.layers.flatMap((spec) => {
    const here = path ? `${path}/${spec.name}` : spec.name;
    if (spec.inner) return leavesOf(spec.inner, made, here);
    if (spec.each) return leavesOf(spec.each.inner!, made, `${here}/${spec.each.name}`);
    const layer = made.get(spec);
    return layer ? [{ spec, path: here, layer }] : [];
  });
}

/** Pairs a layer's weights, in Keras's order, with stored arrays. Every shape must fit, and no array may be left over. */
export function pairWeights(leaf: Leaf, stored: readonly StoredArray[]): Filling[] {
  const weights = leaf.layer.weights as Weight[];
  if (weights.length !== stored.length) {
    const has = stored.map(({ path }) => path).join(', ') || 'none';
    throw new ModelError(
      `layer "${leaf.path}" (${leaf.spec.className}) needs ${weights.length} weights and the file has ${stored.length} (${has}). Save the model again.`,
    );
  }
  return weights.map((weight, i) => {
    const array = stored[i]!;
    checkName(leaf, weight, array.path);
    const shape = weight.shape as number[];
    if (array.shape.length !== shape.length || array.shape.some((size, axis) => size !== shape[axis])) {
      throw new ModelError(
        `the weight ${array.path} of layer "${leaf.path}" has shape ${shapeText(array.shape)}; ${shapeText(shape)} is needed.`,
      );
    }
    return { weight, array };
  });
}

/** Reads the arrays into their weights. */
export function fillWeights(tf: Tf, file: Hdf5, fillings: readonly Filling[]): Promise<void> {
  return file.read(
    fillings.map(({ array }) => array),
    (values, i) => {
      const { weight } = fillings[i]!;
      const value = tf.tensor(values, weight.shape as number[], 'float32');
      weight.write(value);
      value.dispose();
    },
  );
}

/** Checks the weight's name at the end of a path, so that two weights of the same shape are not swapped. */
function checkName(leaf: Leaf, weight: Weight, path: string): void {
  const stored = path.split('/').pop()!.replace(/:\d+$/, '');
  const wanted = (weight.originalName ?? '').split('/').pop();
  if (/^\d+$/.test(stored) || !wanted || stored === wanted) return;
  const known = /^(kernel|bias|gamma|beta|moving_mean|moving_variance|depthwise_kernel|pointwise_kernel)$/;
  if (stored === 'depthwise_kernel' && wanted === 'kernel') return;
  if (stored === 'kernel' && wanted === 'depthwise_kernel') return;
  if (known.test(stored) && known.test(wanted)) {
    throw new ModelError(`layer "${leaf.path}" needs its ${wanted}, and the file has ${path} in its place.`);
  }
}

/** Whether a stored array is the seed of random numbers, used in training only. */
export function isSeed(path: string): boolean {
  return /seed_generator/.test(path);
}
