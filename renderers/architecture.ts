import { graphlib, layout } from '@dagrejs/dagre';
import { checkKinds } from '../src/checks/check-kinds';
import type { Architecture, ArchitectureNode } from '../src/maps/architecture';
import { Figure } from './figure';
import { BOX, pixels } from './pixels';
import { ink, specOf, widthFor } from './theme';

/** Options of `architecture`. */
export interface ArchitectureOptions {
  /** Default: the model's name. */
  title?: string;
}

/** Above so many layers, layers that follow each other without a branch share a box. */
const MOST_ALONE = 40;
/** Above so many layers, such a box has one line. */
const MOST_LINES = 300;
/** Lines of one box. */
const MOST_IN_BOX = 10;

/** CSS pixels: a line, a box's padding, a letter of a box and of a number. */
const LINE = 15;
const PADDING = 7;
const LETTER = 6.4;

/** A box of the diagram: one layer, or several that follow each other. */
interface Box {
  nodes: ArchitectureNode[];
  lines: string[];
  width: number;
  height: number;
}

/**
 * A network as a diagram, from its input at the top to its output: a box per layer with its class, and the shape
 * of its output beside each arrow. Boxes are laid out by dagre (Gansner et al., A Technique for Drawing Directed
 * Graphs, 1993). In networks of many layers those that follow each other without a branch share a box.
 *
 * @param network its layers and connections
 * @param options the title
 * @returns the figure
 */
export function architectureFigure(network: Architecture, options: ArchitectureOptions = {}): Figure {
  checkKinds('draw the architecture', options, { title: 'string' });
  const { nodes, parameters, name } = network;
  const boxes = boxesOf(network);
  const at = new Map(boxes.flatMap((box, i) => box.nodes.map(({ id }) => [id, i] as const)));
  const edges = network.edges
    .map(([from, to]) => [at.get(from)!, at.get(to)!] as const)
    .filter(([from, to]) => from !== to);
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 34, marginx: 4, marginy: 4 });
  for (const [i, { width, height }] of boxes.entries()) graph.setNode(String(i), { width, height });
  for (const [from, to] of edges) graph.setEdge(String(from), String(to), {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const placed = boxes.map((box, i) => ({ ...box, ...(graph.node(String(i)) as { x: number; y: number }) }));
  const arrows = graph.edges().map((edge) => ({
    points: (graph.edge(edge) as { points: { x: number; y: number }[] }).points,
    shape: shapeWords(placed[Number(edge.v)]!.nodes.at(-1)!),
  }));
  const title = options.title ?? name;
  const caption = [
    `${nodes.length} ${nodes.length === 1 ? 'layer' : 'layers'}`,
    `${parameters.toLocaleString('en-US')} parameters`,
    ...(boxes.length < nodes.length ? ['layers without a branch between them share a box'] : []),
  ];
  const spec = specOf(title, caption, Math.max(widthFor(width), width), {
    width: Math.max(1, width),
    height: Math.max(1, height),
    layer: [...arrowMarks(arrows), ...boxMarks(placed)],
  });
  const words = nodes.map((node) => `${node.name} (${node.type}): ${shapeWords(node)}`);
  return new Figure(spec, [title, ...caption, ...words].join('\n'));
}

const shapeWords = ({ shape }: ArchitectureNode) => shape.map((size) => size ?? '?').join(' × ');

/** One box a layer; in networks of many layers, one for each part without a branch. */
function boxesOf({ nodes, edges }: Architecture): Box[] {
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
        ? [`${nodes[0]!.name} …`, shortened(nodes.map(({ type }) => type))]
        : nodes.map((node) => `${node.name} · ${typeOf(node)}`);
  const longest = Math.max(...lines.map(({ length }) => length));
  return {
    nodes,
    lines,
    width: Math.max(120, Math.ceil(longest * LETTER) + 2 * PADDING),
    height: lines.length * LINE + 2 * PADDING,
  };
}

/** Classes in order, such as "Conv2D · BatchNormalization · … 7 layers". */
function shortened(types: readonly string[]): string {
  const shown = types.slice(0, 3).join(' · ');
  return types.length > 3 ? `${shown} … ${types.length} layers` : shown;
}

interface Arrow {
  points: readonly { x: number; y: number }[];
  shape: string;
}

function arrowMarks(arrows: readonly Arrow[]): object[] {
  const ends = arrows.map(({ points }) => {
    const [before, end] = points.slice(-2) as [{ x: number; y: number }, { x: number; y: number }];
    return {
      x: end.x,
      y: end.y,
      angle: (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI + 90,
    };
  });
  const labels = arrows.map(({ points, shape }) => {
    // Beside the first part that runs straight down, where nothing crosses the letters.
    const at = points.findIndex(({ x }, i) => i + 1 < points.length && Math.abs(points[i + 1]!.x - x) < 1);
    const start = points[Math.max(0, at)]!;
    return { x: start.x + 6, y: start.y + 10, shape };
  });
  return [
    {
      data: {
        values: arrows.flatMap(({ points }, edge) =>
          points.map(({ x, y }, order) => ({ edge, order, x, y })),
        ),
      },
      mark: { type: 'line', interpolate: 'monotone', color: ink('muted'), strokeWidth: 1.2 },
      encoding: {
        x: pixels('x'),
        y: pixels('y'),
        detail: { field: 'edge', type: 'nominal' },
        order: { field: 'order', type: 'quantitative' },
      },
    },
    {
      data: { values: ends },
      mark: {
        type: 'point',
        shape: 'triangle-up',
        filled: true,
        size: 40,
        opacity: 1,
        color: ink('muted'),
        angle: { expr: 'datum.angle' },
      },
      encoding: { x: pixels('x'), y: pixels('y') },
    },
    {
      data: { values: labels },
      mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 9, color: ink('muted') },
      encoding: { x: pixels('x'), y: pixels('y'), text: { field: 'shape', type: 'nominal' } },
    },
  ];
}

/** Colours by what a layer does; its letters keep the ink's colour. */
const KINDS: [pattern: RegExp, color: string][] = [
  [/Input/, '#6e7781'],
  [/Conv|Dense|LSTM|GRU|RNN|Attention|Embedding/, '#0969da'],
  [/Pool|Resizing|UpSampling|Cropping|Padding|Flatten|Reshape|Permute/, '#1a7f37'],
  [/Add|Concat|Multiply|Subtract|Average$|Maximum|Minimum|Dot/, '#bc4c00'],
  [/Functional|Model|Sequential/, '#8250df'],
];

const colorOf = ({ type }: ArchitectureNode) =>
  KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? '#9a6700';

function boxMarks(boxes: readonly (Box & { x: number; y: number })[]): object[] {
  const values = boxes.map(({ nodes, x, y, width, height }) => ({
    left: x - width / 2,
    right: x + width / 2,
    top: y - height / 2,
    bottom: y + height / 2,
    color: colorOf(nodes[0]!),
  }));
  const color = { field: 'color', type: 'nominal', scale: null };
  const lines = boxes.flatMap(({ lines, nodes, x, y, width, height }) =>
    lines.map((text, i) => ({
      text,
      x: nodes.length > 1 ? x - width / 2 + PADDING : x,
      y: y - height / 2 + PADDING + LINE * (i + 0.5),
      many: nodes.length > 1,
      first: i === 0,
    })),
  );
  const words = (many: boolean, first: boolean) => ({
    data: { values: lines.filter((line) => line.many === many && (many || line.first === first)) },
    mark: {
      type: 'text',
      align: many ? 'left' : 'center',
      baseline: 'middle',
      fontSize: 10.5,
      ...(!many && first && { fontWeight: 'bold' }),
      color: ink(many || first ? 'ink' : 'muted'),
    },
    encoding: { x: pixels('x'), y: pixels('y'), text: { field: 'text', type: 'nominal' } },
  });
  return [
    { data: { values }, mark: { type: 'rect', cornerRadius: 5, color: ink('paper') }, encoding: BOX },
    {
      data: { values },
      mark: { type: 'rect', cornerRadius: 5, fillOpacity: 0.1, strokeWidth: 1.2 },
      encoding: { ...BOX, fill: color, stroke: color },
    },
    words(false, true),
    words(false, false),
    words(true, true),
  ].filter(({ data }) => data.values.length > 0);
}
