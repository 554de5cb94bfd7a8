import { ModelError } from '../../errors';
import { find, findGroup, type Group, isArray, type StoredArray } from '../file/hdf5/tree';
import type { FilledWeight, LayerAtPath } from './filled-weight';
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
 * @param all every layer; those inside models with the outer model's name first in their path
 */
export function weightsInH5(root: Group, all: LayerAtPath[]): FilledWeight[] {
  const weights = findGroup(root, 'model_weights') ?? root;
  const names = stringsOf(weights, 'layer_names');
  if (!names) throw new ModelError('damaged: model_weights has no layer_names.');
  const groups = new Map<string, LayerAtPath[]>();
  for (const placed of all) {
    const outer = placed.path.split('/')[0]!;
    // Layer names may contain slashes, as "Conv" and "Conv/BatchNorm" in MobileNetV3: the longest match wins.
    const possible = names.filter((name) => placed.path === name || placed.path.startsWith(`${name}/`));
    const key = possible.sort((a, b) => b.length - a.length)[0] ?? outer;
    groups.set(key, [...(groups.get(key) ?? []), placed]);
  }
  const filled: FilledWeight[] = [];
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
    filled.push(...pairByName(name, groups.get(name) ?? [], stored));
    groups.delete(name);
  }
  for (const [name, missing] of groups) filled.push(...pairByName(name, missing, []));
  return withMissing(filled);
}

/**
 * Finds the weights of layers by their names.
 *
 * @param name of the outer model's layer that the layers are in; nothing when they are in none
 */
export function pairByName(name: string, all: LayerAtPath[], stored: StoredArray[]): FilledWeight[] {
  if (all.length === 1 && all[0]!.path === name) {
    // Adapted and quantized layers list their weights in another order.
    const isOther = stored.some(({ path }) => /(\/lora_\w+|_scale)$/.test(path));
    return pairWeights(all[0]!, isOther ? inOrder(all[0]!, stored) : stored);
  }
  const start = name ? name.length + 1 : 0;
  const insideOf = ({ path }: LayerAtPath) => path.slice(start);
  const weighted = all.filter(({ layer }) => layer.weights.length > 0);
  const insides = new Set(weighted.map(insideOf));
  const byLayer = new Map<string, StoredArray[]>();
  for (const array of stored) {
    const layerPath = layerPathOf(array, name, insides);
    const others = byLayer.get(layerPath);
    if (others) others.push(array);
    else byLayer.set(layerPath, [array]);
  }
  // A nested model lists all trainable weights first, so its layers' weights are gathered by name.
  const found = new Map<LayerAtPath, StoredArray[]>();
  for (const placed of weighted) {
    const named = byLayer.get(insideOf(placed));
    if (named && fits(placed, named.length)) found.set(placed, named);
  }
  const unnamed = weighted.filter((placed) => !found.has(placed));
  for (const placed of unnamed) {
    const inside = insideOf(placed);
    // An exact match belongs to no other layer whose path ends with it.
    const open = [...byLayer].filter(([layerPath]) => layerPath === inside || !insides.has(layerPath));
    const arraysOf = (isLayer: (layerPath: string) => boolean) =>
      open.flatMap(([layerPath, arrays]) => (isLayer(layerPath) ? arrays : []));
    const exact = arraysOf((layerPath) => endsWithPath(layerPath, inside));
    // Of several names that the path ends with, the longest says most.
    const longest = open.reduce(
      (most, [layerPath]) =>
        endsWithPath(inside, layerPath) && layerPath.length > most.length ? layerPath : most,
      '',
    );
    const own = byLayer.get(longest) ?? [];
    const alike = unnamed.filter((other) => endsWithPath(other.path, longest));
    found.set(
      placed,
      fits(placed, exact.length) ? exact : (ordinal(own, alike.indexOf(placed), alike.length) ?? exact),
    );
  }
  const paired = weighted.flatMap((placed) => pairWeights(placed, inOrder(placed, found.get(placed)!)));
  const filled = paired.map((pair) => {
    // An activation object that another layer shares keeps that layer's name.
    const { object, weight, array } = pair;
    const end = !array && object && endOf(object);
    const shared = end && stored.find(({ path }) => endsWithPath(path.replace(/:\d+$/, ''), end));
    return shared ? { ...pairOne(object.placed, weight, shared), object } : pair;
  });
  const left = new Set(stored);
  for (const { array } of filled) left.delete(array!);
  const [extra] = left;
  if (!extra) return filled;
  const where = name ? ` in "${name}"` : '';
  throw new ModelError(`it has the weight ${extra.path}${where}, which no layer needs.`);
}

/** Whether a layer's arrays are complete; those of its activation may be elsewhere, or not in the file. */
function fits(placed: LayerAtPath, count: number): boolean {
  const { length } = placed.layer.weights;
  return count === length || (count > 0 && count === ownWeights(placed).length);
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
function layerPathOf({ path }: StoredArray, group: string, insides: ReadonlySet<string>): string {
  const at = `/${path}`.indexOf(`/${group}/`);
  const parts = path
    .slice(at < 0 ? 0 : at + group.length + 1)
    .split('/')
    .slice(0, -1);
  const paths = parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
  const isOne = (layerPath: string) =>
    insides.has(layerPath) ||
    [...insides].some((inside) => endsWithPath(layerPath, inside) || endsWithPath(inside, layerPath));
  return paths.find(isOne) ?? paths[0] ?? '';
}

function endsWithPath(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}

/** Sorts a layer's arrays into the order of its weights, by name. */
function inOrder(placed: LayerAtPath, stored: StoredArray[]): StoredArray[] {
  const weights = placed.layer.weights as { originalName?: string }[];
  const nameOf = (path: string) => path.split('/').pop()!.replace(/:\d+$/, '');
  const sorted = weights.map(({ originalName }) =>
    stored.find(({ path }) => nameOf(path) === (originalName ?? '').split('/').pop()),
  );
  // A wrapper may hold two layers with weights of the same names: these are in order.
  return sorted.every((item) => item !== undefined) && new Set(sorted).size === stored.length
    ? sorted
    : stored;
}
