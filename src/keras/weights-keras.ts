import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors';
import type { GraphSpec, LayerSpec } from './graph';
import type { Node } from './hdf5/file';
import type { Tf } from './layers/definition';
import { isOperation } from './layers/operation';
import { datasetsBelow, fillLayer, isSeed } from './weights';

/** Keras's `to_snake_case`: Conv2D → conv2d, ReLU → re_lu, MaxPooling2D → max_pooling2d. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Fills the weights from the `model.weights.h5` of a .keras. A layer's group is named after its class, made
 * unique in the order of the model's layers: its own name does not occur.
 *
 * @throws {ModelError} when an array is missing, is left over or has another shape
 */
export function fillFromKeras(
  tf: Tf,
  root: Node,
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
): void {
  const used = new Set<string>();
  fillGraph(tf, root, '', graph, made, used, '');
  // What only training needs lies beside the layers.
  const extra = datasetsBelow(root).find(
    ({ path }) => !used.has(path) && !isSeed(path) && !/^(optimizer|metrics)\//.test(path),
  );
  if (extra) throw new ModelError(`it has the weight ${extra.path}, which no layer needs.`);
}

function fillGraph(
  tf: Tf,
  root: Node,
  prefix: string,
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
  used: Set<string>,
  outer: string,
): void {
  const counts = new Map<string, number>();
  const container =
    ['layers', '_layer_checkpoint_dependencies'].find((name) => root.get(prefix + name)) ?? 'layers';
  for (const spec of graph.layers) {
    if (isOperation(spec)) continue;
    const base = snakeCase(spec.className);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    const group = `${prefix}${container}/${base}${count ? `_${count}` : ''}`;
    const path = outer ? `${outer}/${spec.name}` : spec.name;
    if (spec.inner) {
      fillGraph(tf, root, `${group}/`, spec.inner, made, used, path);
      continue;
    }
    const layer = made.get(spec);
    const node = root.get(group);
    if (!layer) continue;
    const stored =
      node && !node.isDataset ? datasetsBelow(node, group).filter(({ path }) => !isSeed(path)) : [];
    stored.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
    for (const { path } of stored) used.add(path);
    fillLayer(tf, { spec, path, layer }, stored);
  }
}
