import { ModelError } from '../errors';
import type { Attribute } from './hdf5/attribute';
import type { Node } from './hdf5/file';
import type { Tf } from './layers/definition';
import { fillLayer, isSeed, type Leaf, type Stored } from './weights';

/** Strings of an attribute, put together when it was split (`layer_names0`, `layer_names1` …). */
export function stringsOf(node: Node, name: string): string[] | undefined {
  const { attributes } = node;
  const whole = attributes.get(name);
  if (whole) return whole.strings();
  const parts: Attribute[] = [];
  for (let part = attributes.get(`${name}0`); part; part = attributes.get(`${name}${parts.length}`))
    parts.push(part);
  return parts.length ? parts.flatMap((part) => part.strings()) : undefined;
}

/**
 * Fills the weights from a legacy .h5: one group for each layer of the outer model, which lists its weights
 * in `weight_names`.
 *
 * @param leaves all layers, those inside models with the outer model's name first in their path
 */
export function fillFromH5(tf: Tf, root: Node, leaves: Leaf[]): void {
  const weights = root.get('model_weights') ?? root;
  const names = stringsOf(weights, 'layer_names');
  if (!names) throw new ModelError('damaged: model_weights has no layer_names.');
  const groups = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const outer = leaf.path.split('/')[0]!;
    // Layer names may hold a slash themselves.
    const key = names.find((name) => leaf.path === name || leaf.path.startsWith(`${name}/`)) ?? outer;
    groups.set(key, [...(groups.get(key) ?? []), leaf]);
  }
  for (const name of new Set(names)) {
    const group = weights.get(name);
    const listed = (group && stringsOf(group, 'weight_names')) ?? [];
    const stored = listed
      .filter((path) => !isSeed(path))
      .map((path): Stored => {
        const node = group!.get(path);
        if (!node?.isDataset) throw new ModelError(`the weight ${path} of layer "${name}" is missing.`);
        return { path, dataset: node.dataset() };
      });
    fillGroup(tf, name, groups.get(name) ?? [], stored);
    groups.delete(name);
  }
  for (const [name, missing] of groups) fillGroup(tf, name, missing, []);
}

function fillGroup(tf: Tf, name: string, leaves: Leaf[], stored: Stored[]): void {
  const needing = leaves.filter(({ layer }) => layer.weights.length > 0);
  if (leaves.length === 1 && leaves[0]!.path === name) {
    fillLayer(tf, leaves[0]!, stored);
    return;
  }
  const left = new Set(stored);
  for (const leaf of needing) {
    // A nested model lists all trainable weights first, so its layers' weights are gathered by name.
    const inside = leaf.path.slice(name.length + 1);
    const own = stored.filter(({ path }) => ownerOf(path) === inside || endsWithPath(inside, ownerOf(path)));
    const count = needing.filter((other) => endsWithPath(other.path, leaf.spec.name)).length;
    const exact = stored.filter(({ path }) => endsWithPath(ownerOf(path), inside));
    const mine = exact.length === leaf.layer.weights.length ? exact : count === 1 ? own : exact;
    fillLayer(tf, leaf, inOrder(leaf, mine));
    for (const item of mine) left.delete(item);
  }
  const [extra] = left;
  if (extra) throw new ModelError(`it has the weight ${extra.path} in "${name}", which no layer needs.`);
}

function ownerOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

function endsWithPath(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}

/** Puts a layer's arrays in the order of its weights, by name. */
function inOrder(leaf: Leaf, stored: Stored[]): Stored[] {
  const weights = leaf.layer.weights as { originalName?: string }[];
  const nameOf = (path: string) => path.split('/').pop()!.replace(/:\d+$/, '');
  const sorted = weights.map(({ originalName }) =>
    stored.find(({ path }) => nameOf(path) === (originalName ?? '').split('/').pop()),
  );
  return sorted.every((item): item is Stored => item !== undefined) && sorted.length === stored.length
    ? sorted
    : stored;
}
