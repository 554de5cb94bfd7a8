import type { Architecture, ArchitectureNode } from '../src/maps/architecture';

/** Above so many layers, layers that follow each other without a branch share a box. */
const MOST_ALONE = 40;
/** Above so many layers, such a box has one line. */
const MOST_LINES = 300;
/** Lines of one box. */
const MOST_IN_BOX = 10;

/** CSS pixels: a line, a box's padding, a letter of a box and of a number. */
export const LINE = 15;
export const PADDING = 7;
export const LETTER = 6.4;

/** A box of the diagram: one layer, or several that follow each other. */
export interface Box {
  nodes: ArchitectureNode[];
  lines: string[];
  width: number;
  height: number;
}

/** One box a layer; in networks of many layers, one for each part without a branch. */
export function boxesOf({ nodes, edges }: Architecture): Box[] {
  if (nodes.length <= MOST_ALONE) return nodes.map((node) => boxOf([node], false));
  const [into, outOf] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const [from, to] of edges) {
    into.set(to, [...(into.get(to) ?? []), from]);
    outOf.set(from, [...(outOf.get(from) ?? []), to]);
  }
  const parts = new Map<string, ArchitectureNode[]>();
  const all: ArchitectureNode[][] = [];
  for (const node of nodes) {
    const [before, ...others] = into.get(node.id) ?? [];
    const part = before && !others.length && outOf.get(before)!.length === 1 ? parts.get(before) : undefined;
    const joins = part && part.length < MOST_IN_BOX && part[0]!.type !== 'InputLayer' && !node.layers;
    const own = joins ? part : [];
    if (!joins) all.push(own);
    own.push(node);
    parts.set(node.id, own);
  }
  return all.map((part) => boxOf(part, nodes.length > MOST_LINES));
}

function boxOf(nodes: ArchitectureNode[], compact: boolean): Box {
  const typeOf = ({ type, layers }: ArchitectureNode) => (layers ? `${type}, ${layers} layers` : type);
  const lines =
    nodes.length === 1
      ? [nodes[0]!.name, typeOf(nodes[0]!)]
      : compact
        ? [`${nodes[0]!.name} …`, ...shortened(nodes.map(({ type }) => type))]
        : nodes.map((node) => `${node.name} · ${typeOf(node)}`);
  const longest = Math.max(...lines.map(({ length }) => length));
  return {
    nodes,
    lines,
    width: Math.max(120, Math.ceil(longest * LETTER) + 2 * PADDING),
    height: lines.length * LINE + 2 * PADDING,
  };
}

/** Classes in order, one a line: "Conv2D", "BatchNormalization", "Activation", "… 7 layers". */
function shortened(types: readonly string[]): string[] {
  return types.length > 3 ? [...types.slice(0, 3), `… ${types.length} layers`] : [...types];
}
