import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { GraphSpec, LayerSpec } from '../file/graph';
import type { Bundle, TrackedObject } from '../file/saved-model/bundle';
import type { FilledWeight } from './filled-weight';
import { withMissing } from './missing-weights';
import { compareNames } from './order-of-names';
import { inOwnOrder, type PartOfLayer } from './own-layer-weights';
import { fillConstants, type ModelInFile, pairWeights, writeWeight } from './weights';
import { cellNamesOf } from './weights-keras';

/**
 * Finds the path of a layer's object among those of its model.
 *
 * @param model the path of the model's own object; `root` is the outermost
 * @returns such as `root.layer_with_weights-0`; empty when there is none
 */
type PathOf = (model: string, layer: LayerSpec, among: GraphSpec) => string;

/**
 * A model whose weights are the variables of objects, as TensorFlow tracks them in checkpoints and SavedModels of Keras 2.
 *
 * @param limit how many bytes its variables may take
 */
export function modelWithTracked(
  graph: GraphSpec,
  bundle: Bundle,
  limit: number,
  pathOf: PathOf,
): ModelInFile {
  return {
    graph,
    dialect: 2,
    async fill(tf, graph, made) {
      const objects = bundle.objects();
      const filled = withMissing(pairObjects(graph, made, objects, bundle, pathOf));
      checkAll(bundle, filled, limit);
      for (const { weight, array } of filled) {
        if (array)
          writeWeight(tf, weight, tf.tensor(bundle.floats(array), weight.shape as number[], 'float32'));
      }
      fillConstants(tf, filled);
    },
    close: async () => bundle.close(),
  };
}

/** Finds each layer's object by its path, and its variables below that. */
function pairObjects(
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
  objects: readonly TrackedObject[],
  bundle: Bundle,
  pathOf: PathOf,
): FilledWeight[] {
  const follow = (path: string): TrackedObject | undefined =>
    path
      .split('.')
      .slice(1)
      .reduce<TrackedObject | undefined>((from, name) => objects[from?.parts.get(name) ?? -1], objects[0]);

  const pair = (model: GraphSpec, path: string, outer: string): FilledWeight[] =>
    model.layers.flatMap((spec) => {
      const here = pathOf(path, spec, model);
      const place = outer ? `${outer}/${spec.name}` : spec.name;
      if (spec.inner) return pair(spec.inner, here, place);
      if (spec.stepModel?.inner)
        return pair(spec.stepModel.inner, `${here}.layer`, `${place}/${spec.stepModel.name}`);
      const layer = made.get(spec);
      if (!layer?.weights.length) return [];
      const object = here ? follow(here) : undefined;
      const placed = { spec, path: place, layer };
      const parts = object ? partsOf(object, objects, bundle, spec) : [];
      return pairWeights(placed, inOwnOrder(placed, parts));
    });
  return pair(graph, 'root', '');
}

/** Parts that hold no weights of the layer's own. */
const NOT_WEIGHTS =
  /^(keras_api|(non_|trainable_)*variables|regularization_losses|layers|metrics|layer_metrics|optimizer|signatures|states|layer(_with_weights)?-\d+)$/;
/** The order of a layer's own weights; others come by their names. */
const WEIGHTS =
  'depthwise_kernel pointwise_kernel kernel recurrent_kernel embeddings gamma beta bias moving_mean moving_variance mean variance count'.split(
    ' ',
  );

function partsOf(
  object: TrackedObject,
  objects: readonly TrackedObject[],
  bundle: Bundle,
  spec: LayerSpec,
): PartOfLayer[] {
  const found: (PartOfLayer & { order: string })[] = [];
  const seen = new Set<TrackedObject>();
  const cells = cellNamesOf(spec);
  const visit = (one: TrackedObject, path: string) => {
    if (seen.has(one)) return;
    seen.add(one);
    const array = one.key ? bundle.array(one.key) : undefined;
    if (array) {
      const names = path.split('/');
      const rank = WEIGHTS.indexOf(names.pop()!);
      const attributes = names.join('/');
      const order = `${attributes}/${rank < 0 ? 'own' : String(rank).padStart(2, '0')}`;
      found.push({ order, attributes, array: { ...array, path: array.path } });
    }
    for (const [name, id] of one.parts) {
      if (!NOT_WEIGHTS.test(name) && objects[id]) visit(objects[id], path ? `${path}/${name}` : name);
    }
  };
  visit(object, '');
  return found.sort((a, b) => compareNames(a.order, b.order, cells));
}

/** @throws {ModelError} when a variable of a layer is left over, or all are too large */
function checkAll(bundle: Bundle, filled: readonly FilledWeight[], limit: number): void {
  const used = new Set(filled.flatMap(({ array }) => (array ? [array.path] : [])));
  const bytes = bundle.bytesOf([...used]);
  if (bytes > limit) {
    throw new ModelError(
      `its variables take ${bytes} bytes, above the limit of ${limit}. Raise { maxBytes } if you trust it.`,
    );
  }
  const extra = bundle.keys.find(
    (key) =>
      /^layer_with_weights-\d+\/.*VARIABLE_VALUE$/.test(key) && !used.has(key) && !/OPTIMIZER_SLOT/.test(key),
  );
  if (extra) throw new ModelError(`it has the variable ${extra}, which no layer needs.`);
}
