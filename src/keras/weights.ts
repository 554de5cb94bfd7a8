import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors';
import type { GraphSpec, LayerSpec } from './graph';
import type { Dataset } from './hdf5/dataset';
import type { Node } from './hdf5/file';
import type { Tf } from './layers/definition';

/** A stored array with its path in the file. */
export interface Stored {
  path: string;
  dataset: Dataset;
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
    const layer = made.get(spec);
    return layer ? [{ spec, path: here, layer }] : [];
  });
}

/** Writes stored arrays into a layer's weights, in Keras's order; every shape must fit, none may be left. */
export function fillLayer(tf: Tf, leaf: Leaf, stored: Stored[]): void {
  const weights = leaf.layer.weights as Weight[];
  if (weights.length !== stored.length) {
    const has = stored.map(({ path }) => path).join(', ') || 'none';
    throw new ModelError(
      `layer "${leaf.path}" (${leaf.spec.className}) needs ${weights.length} weights and the file has ${stored.length} (${has}). Save the model again.`,
    );
  }
  weights.forEach((weight, i) => {
    const { path, dataset } = stored[i]!;
    checkName(leaf, weight, path);
    const shape = weight.shape as number[];
    if (dataset.shape.length !== shape.length || dataset.shape.some((size, axis) => size !== shape[axis])) {
      throw new ModelError(
        `the weight ${path} of layer "${leaf.path}" has shape [${dataset.shape.join(', ')}]; [${shape.join(', ')}] is needed.`,
      );
    }
    const value = tf.tensor(dataset.floats(), shape, 'float32');
    weight.write(value);
    value.dispose();
  });
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

const MOST_ARRAYS = 200_000;

/** @returns the arrays below a group, by path */
export function datasetsBelow(group: Node, groupPath = ''): Stored[] {
  const found: Stored[] = [];
  const queue: [Node, string][] = [[group, groupPath]];
  for (let i = 0; i < queue.length; i++) {
    const [node, path] = queue[i]!;
    for (const name of node.names()) {
      const child = node.get(name)!;
      const here = path ? `${path}/${name}` : name;
      if (child.isDataset) found.push({ path: here, dataset: child.dataset() });
      else queue.push([child, here]);
    }
    // Groups may contain themselves in a damaged file.
    if (queue.length + found.length > MOST_ARRAYS || path.length > 10_000) {
      throw new ModelError('damaged: its groups are nested without end.');
    }
  }
  return found;
}
