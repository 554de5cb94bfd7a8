import { ModelError } from '../../errors';
import type { StoredArray } from '../file/hdf5/tree';
import { customLayer } from '../layers/custom';
import { type LayerAtPath, nameIn } from './filled-weight';
import { namesInOrder } from './order-of-names';
import { ownWeights } from './weights';

/** A stored array of a layer, and the Python attributes that lead to it, such as `projection`. */
export interface PartOfLayer {
  array: StoredArray;
  attributes: string;
}

/**
 * The stored arrays of a layer in the order of its `addWeight` calls, if it is registered. A .keras and a SavedModel
 * store layers inside a layer by the names of their Python attributes, without the order in which Keras made them. So
 * weights are matched by names such as `projection/kernel`, or else by their shapes.
 *
 * @param parts in the order of the file
 * @throws {ModelError} when several attributes hold weights of one shape, and the weights have no such names
 */
export function inOwnOrder(placed: LayerAtPath, parts: readonly PartOfLayer[]): StoredArray[] {
  const { config, className, name } = placed.spec;
  const stored = parts.map(({ array }) => array);
  const weights = ownWeights(placed);
  const isOwn = customLayer(className, config['registered_name'], name) !== undefined;
  if (!isOwn || parts.length !== weights.length) return stored;
  const left = new Set(parts);
  const take = (fits: (part: PartOfLayer) => boolean) => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found?.array;
  };
  const shapeOf = ({ shape }: { shape: readonly (number | null)[] }) => shape.join();
  // Named weights first, so that the others are matched with what remains.
  const matched = weights.map((weight) => {
    const names = nameIn(placed, weight).split('/').slice(0, -1);
    // Objects in a list are named by their class in one format, by their number in another, so the list's name is enough.
    for (; names.length; names.pop()) {
      const start = `${names.join('/')}/`;
      const below = (part: PartOfLayer) => `${part.attributes}/`.startsWith(start);
      if (!parts.some(below)) continue;
      return take((part) => below(part) && shapeOf(part.array) === shapeOf(weight));
    }
    return undefined;
  });
  if (!matched.includes(undefined)) return matched as StoredArray[];
  for (const shape of new Set([...left].map(({ array }) => shapeOf(array)))) {
    const same = [...left].filter(({ array }) => shapeOf(array) === shape);
    const unclear = same.find((part, i) => i > 0 && !namesInOrder(same[i - 1]!.attributes, part.attributes));
    if (!unclear) continue;
    const names = [...new Set(same.map(({ attributes }) => attributes || 'its own'))];
    const example = unclear.attributes || same[0]!.attributes;
    throw new ModelError(
      `layer "${placed.path}" (${className}) has weights of one shape in several attributes (${names.join(', ')}), and the file does not say their order. Name them after the attributes, such as addWeight('${example}/kernel', …).`,
    );
  }
  return matched.map(
    (array, i) => array ?? take((part) => shapeOf(part.array) === shapeOf(weights[i]!)) ?? take(() => true)!,
  );
}
