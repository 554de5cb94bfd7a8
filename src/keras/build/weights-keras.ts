import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { GraphSpec, LayerSpec } from '../file/graph';
import { arraysBelow, findGroup, type Group, type StoredArray } from '../file/hdf5/tree';
import { cellsOf } from '../layers/recurrent-cells';
import { isOperation } from '../operations/operation';
import type { FilledWeight } from './filled-weight';
import { withMissing } from './missing-weights';
import { compareNames } from './order-of-names';
import { inOwnOrder } from './own-layer-weights';
import { isSeed, pairWeights } from './weights';

/** Keras's `to_snake_case`: Conv2D → conv2d, ReLU → re_lu, MaxPooling2D → max_pooling2d. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Finds the weights in the `model.weights.h5` of a .keras. A layer's group is named after its class, made
 * unique in the order of the model's layers; the layer's own name is not used.
 *
 * @throws {ModelError} when an array is missing, is left over or has another shape
 */
export function weightsInKeras(
  root: Group,
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
): FilledWeight[] {
  const filled = withMissing(pairGraph(root, graph, made, ''));
  const used = new Set(filled.map(({ array }) => array));
  // State that only training needs is stored beside the layers; a class of its own may have more of it.
  const ofTraining = graph.custom ? /^(?!(_?layers|vars)\/)/ : /^(optimizer|metrics)\//;
  const extra = arraysBelow(root).find(
    (array) => !used.has(array) && isWeight(array) && !ofTraining.test(array.path),
  );
  if (extra) throw new ModelError(`it has the weight ${extra.path}, which no layer needs.`);
  return filled;
}

function pairGraph(
  model: Group | undefined,
  graph: GraphSpec,
  made: Map<LayerSpec, tfl.layers.Layer>,
  outer: string,
): FilledWeight[] {
  const kept = graph.layers.filter((spec) => !isOperation(spec) && !spec.inserted);
  const names = namesOf(kept.map(({ className }) => className));
  const container =
    model && (findGroup(model, 'layers') ?? findGroup(model, '_layer_checkpoint_dependencies'));
  return kept.flatMap((spec, i) => {
    const group = container && findGroup(container, names[i]!);
    const path = outer ? `${outer}/${spec.name}` : spec.name;
    if (spec.inner) return pairGraph(group, spec.inner, made, path);
    if (spec.stepModel) {
      const inside = group && findGroup(group, 'layer');
      return pairGraph(inside, spec.stepModel.inner!, made, `${path}/${spec.stepModel.name}`);
    }
    const layer = made.get(spec);
    if (!layer) return [];
    const stored = (group ? arraysBelow(group) : []).filter(isWeight);
    const cells = cellNamesOf(spec);
    stored.sort((a, b) => compareNames(a.path, b.path, cells));
    const placed = { spec, path, layer };
    const start = group && stored[0] ? stored[0].path.indexOf(`/${names[i]}/`) + names[i]!.length + 2 : 0;
    const parts = stored.map((array) => ({ array, attributes: attributesOf(array.path.slice(start)) }));
    return pairWeights(placed, inOwnOrder(placed, parts));
  });
}

/** `projection/vars/0` → `projection`; of the layer's own weights nothing. */
const attributesOf = (path: string) => path.replace(/(^|\/)vars\/\d+$/, '');

/** A SpectralNormalization stores its kernel twice: one of them is skipped. */
function isWeight({ path }: StoredArray): boolean {
  return !isSeed(path) && !/spectral_normalization(_\d+)?\/vars\/0$/.test(path);
}

/** The names of an RNN's cells in a file. */
export const cellNamesOf = ({ config }: LayerSpec): string[] =>
  namesOf(cellsOf(config).map(({ class_name }) => String(class_name)));

/** The names of objects in a list: those of their classes, made unique. */
function namesOf(classNames: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return classNames.map((className) => {
    const base = snakeCase(className);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return `${base}${count ? `_${count}` : ''}`;
  });
}
