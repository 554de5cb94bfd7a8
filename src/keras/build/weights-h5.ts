import { ModelError } from '../../errors';
import { find, findGroup, type Group, isArray, type StoredArray } from '../file/hdf5/tree';
import type { Filling, Leaf } from './filling';
import { endOf, withMissing } from './missing-weights';
import { isSeed, ownWeights, pairOne, pairWeights } from './weights';

/** The strings of an attribute, joined if it was split (`layer_names0`, `layer_names1` …). */
export function stringsOf({ attributes }: Group, name: string): string[] | undefined {
  const whole = attributes.get(name);
  if (whole) return whole;
  const parts: string[][] = [];
  for (let part = attributes.get(`${name}0`); part; part = attributes.get(`${name}${parts.length}`))
    parts.push(part);
  return parts.length ? parts.flat() : undefined;
}

/**
 * Finds the weights in a legacy .h5: one group for each layer of the outer model, which lists its weights
 * in `weight_names`.
 *
 * @param leaves all layers, those inside models with the outer model's name first in their path
 */
export function weightsInH5(root: Group, leaves: Leaf[]): Filling[] {
  const weights = findGroup(root, 'model_weights') ?? root;
  const names = stringsOf(weights, 'layer_names');
  if (!names) throw new ModelError('damaged: model_weights has no layer_names.');
  const groups = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const outer = leaf.path.split('/')[0]!;
    // Layer names may contain slashes, as "Conv" and "Conv/BatchNorm" in MobileNetV3: the longest match wins.
    const possible = names.filter((name) => leaf.path === name || leaf.path.startsWith(`${name}/`));
    const key = possible.sort((a, b) => b.length - a.length)[0] ?? outer;
    groups.set(key, [...(groups.get(key) ?? []), leaf]);
  }
  const fillings: Filling[] = [];
  for (const name of new Set(names)) {
    const group = findGroup(weights, name);
    const listed = (group && stringsOf(group, 'weight_names')) ?? [];
    const stored = listed
      .filter((path) => !isSeed(path))
      .map((path): StoredArray => {
        const array = find(group!, path);
        if (!isArray(array)) throw new ModelError(`the weight ${path} of layer "${name}" is missing.`);
        return array;
      });
    fillings.push(...pairByName(name, groups.get(name) ?? [], stored));
    groups.delete(name);
  }
  for (const [name, missing] of groups) fillings.push(...pairByName(name, missing, []));
  return withMissing(fillings);
}

/**
 * Finds the weights of layers by their names.
 *
 * @param name of the outer model's layer that the layers are in; nothing when they are in none
 */
export function pairByName(name: string, leaves: Leaf[], stored: StoredArray[]): Filling[] {
  if (leaves.length === 1 && leaves[0]!.path === name) return pairWeights(leaves[0]!, stored);
  const start = name ? name.length + 1 : 0;
  const insideOf = ({ path }: Leaf) => path.slice(start);
  const needing = leaves.filter(({ layer }) => layer.weights.length > 0);
  const insides = new Set(needing.map(insideOf));
  const byOwner = new Map<string, StoredArray[]>();
  for (const array of stored) {
    const owner = ownerOf(array, name, insides);
    const others = byOwner.get(owner);
    if (others) others.push(array);
    else byOwner.set(owner, [array]);
  }
  // A nested model lists all trainable weights first, so its layers' weights are gathered by name.
  const found = new Map<Leaf, StoredArray[]>();
  for (const leaf of needing) {
    const named = byOwner.get(insideOf(leaf));
    if (named && fits(leaf, named.length)) found.set(leaf, named);
  }
  const unnamed = needing.filter((leaf) => !found.has(leaf));
  for (const leaf of unnamed) {
    const inside = insideOf(leaf);
    // An exact match belongs to no other layer whose path ends with it.
    const open = [...byOwner].filter(([owner]) => owner === inside || !insides.has(owner));
    const arraysOf = (isOwner: (owner: string) => boolean) =>
      open.flatMap(([owner, arrays]) => (isOwner(owner) ? arrays : []));
    const exact = arraysOf((owner) => endsWithPath(owner, inside));
    // Of several names that the path ends with, the longest says most.
    const longest = open.reduce(
      (most, [owner]) => (endsWithPath(inside, owner) && owner.length > most.length ? owner : most),
      '',
    );
    const own = byOwner.get(longest) ?? [];
    const alike = unnamed.filter((other) => endsWithPath(other.path, longest));
    found.set(
      leaf,
      fits(leaf, exact.length) ? exact : (ordinal(own, alike.indexOf(leaf), alike.length) ?? exact),
    );
  }
  const paired = needing.flatMap((leaf) => pairWeights(leaf, inOrder(leaf, found.get(leaf)!)));
  const fillings = paired.map((filling) => {
    // An activation object that another layer shares keeps that layer's name.
    const { activation, weight, array } = filling;
    const end = !array && activation && endOf(activation);
    const shared = end && stored.find(({ path }) => endsWithPath(path.replace(/:\d+$/, ''), end));
    return shared ? { ...pairOne(activation.leaf, weight, shared), activation } : filling;
  });
  const left = new Set(stored);
  for (const { array } of fillings) left.delete(array!);
  const [extra] = left;
  if (!extra) return fillings;
  const where = name ? ` in "${name}"` : '';
  throw new ModelError(`it has the weight ${extra.path}${where}, which no layer needs.`);
}

/** Whether a layer's arrays are complete; those of its activation may be elsewhere, or not in the file. */
function fits(leaf: Leaf, count: number): boolean {
  const { length } = leaf.layer.weights;
  return count === length || (count > 0 && count === ownWeights(leaf).length);
}

/**
 * The arrays of one of several layers of one name, in models that the file does not tell apart: those that come at
 * its turn among the arrays of their name.
 */
function ordinal(arrays: StoredArray[], turn: number, count: number): StoredArray[] | undefined {
  if (count === 1) return arrays;
  const byPath = new Map<string, StoredArray[]>();
  for (const array of arrays) byPath.set(array.path, [...(byPath.get(array.path) ?? []), array]);
  const groups = [...byPath.values()];
  return groups.every(({ length }) => length === count) ? groups.map((group) => group[turn]!) : undefined;
}

/**
 * The path of a weight's layer below its group, without the names of inner layers, such as a cell or a wrapped layer.
 *
 * @param insides the paths of layers that it may be
 */
function ownerOf({ path }: StoredArray, group: string, insides: ReadonlySet<string>): string {
  const at = `/${path}`.indexOf(`/${group}/`);
  const parts = path
    .slice(at < 0 ? 0 : at + group.length + 1)
    .split('/')
    .slice(0, -1);
  const owners = parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
  const isOne = (owner: string) =>
    insides.has(owner) ||
    [...insides].some((inside) => endsWithPath(owner, inside) || endsWithPath(inside, owner));
  return owners.find(isOne) ?? owners[0] ?? '';
}

function endsWithPath(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}

/** Sorts a layer's arrays into the order of its weights, by name. */
function inOrder(leaf: Leaf, stored: StoredArray[]): StoredArray[] {
  const weights = leaf.layer.weights as { originalName?: string }[];
  const nameOf = (path: string) => path.split('/').pop()!.replace(/:\d+$/, '');
  const sorted = weights.map(({ originalName }) =>
    stored.find(({ path }) => nameOf(path) === (originalName ?? '').split('/').pop()),
  );
  // A wrapper may hold two layers with weights of the same names: these are in order.
  return sorted.every((item) => item !== undefined) && new Set(sorted).size === stored.length
    ? sorted
    : stored;
}
