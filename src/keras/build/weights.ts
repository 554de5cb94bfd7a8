import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { Tf } from '../../tensorflow/types';
import type { Dialect, GraphSpec, LayerSpec } from '../file/graph';
import type { Hdf5 } from '../file/hdf5/opener';
import type { StoredArray } from '../file/hdf5/tree';
import { shapeText } from '../model';

/** What a model file holds, whatever its format. */
export interface ModelInFile {
  graph: GraphSpec;
  dialect: Dialect;
  /** Fills the weights of the layers that were made of the graph. */
  fill(tf: Tf, graph: GraphSpec, made: Map<LayerSpec, tfl.layers.Layer>): Promise<void>;
  /** Closes the file, where it is still open. */
  close?(): Promise<void>;
}

/** A weight and the array that fills it. */
export interface Filling {
  weight: tfl.LayerVariable;
  array: StoredArray;
}

/** What TensorFlow.js calls a weight: it can be written, and knows its name without what makes it unique. */
type Weight = tfl.LayerVariable & { originalName?: string };

/** Layers whose definitions make weights, with the path that leads to each, in the configuration's order. */
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

/** Pairs a layer's weights, in Keras's order, with stored arrays; every shape must fit, none may be left. */
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

/** A path that ends in a name says which weight it is: two of one shape must not change places. */
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

/** Whether a stored array only drives random numbers while training. */
export function isSeed(path: string): boolean {
  return /seed_generator/.test(path);
}
