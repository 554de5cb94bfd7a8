import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { GraphSpec, LayerSpec } from '../file/graph';
import { find, findGroup, type Group, isArray, type StoredArray } from '../file/hdf5/tree';
import { isCounted } from './counted-weight';
import type { FilledWeight, LayerAtPath } from './filled-weight';
import { withMissing } from './missing-weights';
import { isSeed, layersWithPaths, pairOne } from './weights';
import { stringsOf, weightsInH5 } from './weights-h5';
import { weightsInKeras } from './weights-keras';

type Made = Map<LayerSpec, tfl.layers.Layer>;

/**
 * Finds the weights in a file of weights for a model of another file: that of `save_weights`, in any of Keras's
 * layouts, or a whole model's. Where the layers have other names, their order counts, as in Keras.
 *
 * @throws {ModelError} when a weight is missing, left over or of another shape
 */
export function weightsInFile(root: Group, graph: GraphSpec, made: Made): FilledWeight[] {
  const legacy = findGroup(root, 'model_weights') ?? root;
  const names = stringsOf(legacy, 'layer_names');
  if (!names) return weightsInKeras(root, graph, made);
  const known = new Set(graph.layers.map(({ name }) => name));
  const filled = names.filter((name) => arraysOf(legacy, name).length > 0);
  if (filled.every((name) => known.has(name))) return weightsInH5(root, layersWithPaths(graph, made));
  return byOrder(legacy, filled, graph, made);
}

/** The arrays of an outer layer's group, in the order in which Keras lists them. */
function arraysOf(weights: Group, name: string): StoredArray[] {
  const group = findGroup(weights, name);
  const listed = (group && stringsOf(group, 'weight_names')) ?? [];
  return listed
    .filter((path) => !isSeed(path))
    .map((path) => {
      const array = find(group!, path);
      if (!isArray(array)) throw new ModelError(`the weight ${path} of layer "${name}" is missing.`);
      return array;
    });
}

/** The outer layers with weights, one after another, get those of the file's layers with weights. */
function byOrder(weights: Group, names: readonly string[], graph: GraphSpec, made: Made): FilledWeight[] {
  const outer = graph.layers
    .map((spec) => ({
      name: spec.name,
      weights: inKerasOrder(layersWithPaths({ ...graph, layers: [spec] }, made)),
    }))
    .filter(({ weights }) => weights.length > 0);
  if (outer.length !== names.length) {
    throw new ModelError(
      `the file of weights has ${names.length} layers with weights and the model has ${outer.length}. Give the weights of this model.`,
    );
  }
  const pairs = outer.flatMap(({ name, weights: own }, i) => {
    const stored = arraysOf(weights, names[i]!);
    if (stored.length !== own.length) {
      throw new ModelError(
        `layer "${name}" needs ${own.length} weights, and "${names[i]}" in its place has ${stored.length}. Give the weights of this model.`,
      );
    }
    return own.map(({ placed, weight }, n) => pairOne(placed, weight, stored[n]!));
  });
  return withMissing(pairs);
}

interface Owned {
  placed: LayerAtPath;
  weight: tfl.LayerVariable & { originalName?: string };
}

/** All weights in Keras's order: what training changes in each layer, then the rest of each layer. */
function inKerasOrder(layers: readonly LayerAtPath[]): Owned[] {
  const all = layers.flatMap((placed) =>
    placed.layer.weights.map((weight) => {
      const { originalName = '' } = weight as Owned['weight'];
      const trained = placed.spec.config['trainable'] !== false && !isCounted(originalName);
      return { placed, weight, trained };
    }),
  );
  return [...all.filter(({ trained }) => trained), ...all.filter(({ trained }) => !trained)];
}
