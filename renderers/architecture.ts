import { graphlib, layout } from '@dagrejs/dagre';
import { checkKinds } from '../src/checks/check-kinds';
import type { Architecture, ArchitectureNode } from '../src/maps/architecture';
import { type Box, boxesOf, LETTER, LINE, PADDING } from './architecture-boxes';
import { type BoxList, boxList, type Point } from './architecture-list';
import { Figure } from './figure';
import { pixels } from './pixels';
import { ink, inRoom, LEAST, specOf, widthFor } from './theme';

/** Options of `architecture`. */
export interface ArchitectureOptions {
  /** Default: the model's name. */
  title?: string;
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
  const { width = 0 } = graph.graph() as { width?: number };
  const list = boxList(boxes, edges);
  const placed = boxes.map((box, i) => {
    const { x, y } = graph.node(String(i)) as Point;
    return { ...box, left: x - box.width / 2, top: y - box.height / 2, listTop: list.tops[i]! };
  });
  const arrows = graph.edges().map((edge) => ({
    points: (graph.edge(edge) as { points: Point[] }).points,
    shape: shapeWords(boxes[Number(edge.v)]!.nodes.at(-1)!),
  }));
  const title = options.title ?? name;
  const caption = [
    `${nodes.length} ${nodes.length === 1 ? 'layer' : 'layers'}`,
    `${parameters.toLocaleString('en-US')} parameters`,
    ...(boxes.length < nodes.length ? ['layers without a branch between them share a box'] : []),
  ];
  const shapes = boxes.map(({ nodes, height }, i) => ({
    x: list.left + 28,
    y: list.tops[i]! + height + GAP_SHAPE,
    shape: shapeWords(nodes.at(-1)!),
  }));
  const specIn = (room: string, total: number) =>
    specOf(title, caption, total, {
      params: [
        { name: 'zoom', expr: `min(1, ${room} / ${Math.max(1, width)})` },
        { name: 'isList', expr: `zoom < ${LEAST_ZOOM}` },
        { name: 'listLeft', value: list.left },
      ],
      // Its marks have its size.
      width: 1,
      height: 1,
      layer: [
        ...arrowMarks(arrows, '!isList', 'monotone'),
        ...(width * LEAST_ZOOM > LEAST ? listMarks(list, shapes) : []),
        ...boxMarks(placed),
      ],
    });
  const spec = specIn('room', widthFor(width));
  // A picture of a wide network has branches beside each other at their own size.
  const drawing = specIn(`${Math.max(1, width)}`, Math.max(widthFor(width), width));
  const words = nodes.map((node) => `${node.name} (${node.type}): ${shapeWords(node)}`);
  return new Figure(spec, [title, ...caption, ...words].join('\n'), { drawing });
}

const shapeWords = ({ shape }: ArchitectureNode) => shape.map((size) => size ?? '?').join(' × ');

/** Smaller than at this share of its size, a diagram cannot be read: its boxes stand below each other instead. */
const LEAST_ZOOM = 0.75;

/** From a box to the shape of its output below it, in CSS pixels. */
const GAP_SHAPE = 12;

interface Arrow {
  points: readonly Point[];
  shape?: string;
}

/** Vega-Lite's transforms for marks of the diagram: where they are at the size that it has (`atX`, `atY`). */
const scaled = (filter: string) => [
  { filter },
  // Other names than those of the data: Vega calculates anew from what it finds.
  { calculate: 'datum.x * (isList ? 1 : zoom)', as: 'atX' },
  { calculate: 'datum.y * (isList ? 1 : zoom)', as: 'atY' },
];

const AT = { x: pixels('atX'), y: pixels('atY') };

/** The size of letters, which shrink with the diagram. */
const fontSize = (size: number) => ({ expr: `${size} * (isList ? 1 : zoom)` });

function listMarks({ lines }: BoxList, shapes: readonly { x: number; y: number; shape: string }[]): object[] {
  return [
    ...arrowMarks(
      lines.map((points) => ({ points })),
      'isList',
      'linear',
    ),
    shapeMarks(shapes, 'isList'),
  ];
}

/** The shapes of outputs. */
const shapeMarks = (values: readonly object[], filter: string) => ({
  data: { values },
  transform: scaled(filter),
  mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: fontSize(9), color: ink('muted') },
  encoding: { ...AT, text: { field: 'shape', type: 'nominal' } },
});

function arrowMarks(arrows: readonly Arrow[], filter: string, interpolate: string): object[] {
  const ends = arrows.map(({ points }) => {
    const [before, end] = points.slice(-2) as [Point, Point];
    return {
      x: end.x,
      y: end.y,
      angle: (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI + 90,
    };
  });
  const labels = arrows.flatMap(({ points, shape }) => {
    if (shape === undefined) return [];
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
      transform: scaled(filter),
      mark: { type: 'line', interpolate, color: ink('muted'), strokeWidth: 1.2 },
      encoding: {
        ...AT,
        detail: { field: 'edge', type: 'nominal' },
        order: { field: 'order', type: 'quantitative' },
      },
    },
    {
      data: { values: ends },
      transform: scaled(filter),
      mark: {
        type: 'point',
        shape: 'triangle-up',
        filled: true,
        size: 40,
        opacity: 1,
        color: ink('muted'),
        angle: { expr: 'datum.angle' },
      },
      encoding: AT,
    },
    ...(labels.length ? [shapeMarks(labels, filter)] : []),
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

/** Sides of a box and places of its lines in the diagram or in the list, as Vega-Lite calculates them. */
const calculated = (places: Record<string, string>) =>
  Object.entries(places).map(([as, calculate]) => ({ calculate, as }));

function boxMarks(boxes: readonly (Box & { left: number; top: number; listTop: number })[]): object[] {
  const data = boxes.map(({ nodes, lines, ...box }) => ({ ...box, color: colorOf(nodes[0]!) }));
  const sides = calculated({
    x: 'isList ? listLeft : datum.left * zoom',
    x2: 'isList ? min(listLeft + datum.width, room) : (datum.left + datum.width) * zoom',
    y: 'isList ? datum.listTop : datum.top * zoom',
    y2: 'isList ? datum.listTop + datum.height : (datum.top + datum.height) * zoom',
  });
  const box = { x: pixels('x'), x2: { field: 'x2' }, y: pixels('y'), y2: { field: 'y2' } };
  const color = { field: 'color', type: 'nominal', scale: null };
  const lines = boxes.flatMap(({ lines, nodes, left, top, listTop, width }) =>
    lines.map((text, i) => ({
      ...{ text, left, top, listTop, width, at: LINE * (i + 0.5) + PADDING },
      many: nodes.length > 1,
      first: i === 0,
    })),
  );
  const inList = `room - listLeft - ${2 * PADDING}`;
  const isLong = lines.some(({ text }) => text.length * LETTER > LEAST / 2);
  const words = (many: boolean, first: boolean) => ({
    data: { values: lines.filter((line) => line.many === many && (many || line.first === first)) },
    transform: calculated({
      x: `isList ? listLeft + ${PADDING} : (datum.left + ${many ? PADDING : 'datum.width / 2'}) * zoom`,
      y: 'isList ? datum.listTop + datum.at : (datum.top + datum.at) * zoom',
    }),
    mark: {
      type: 'text',
      align: many ? 'left' : { expr: "isList ? 'left' : 'center'" },
      baseline: 'middle',
      fontSize: fontSize(10.5),
      limit: { expr: `isList ? ${inList} : 0` },
      ...(isLong && { text: { expr: `isList ? ${inRoom('datum.text', inList, LETTER)} : datum.text` } }),
      ...(!many && first && { fontWeight: 'bold' }),
      color: ink(many || first ? 'ink' : 'muted'),
    },
    encoding: {
      x: pixels('x'),
      y: pixels('y'),
      ...(isLong ? {} : { text: { field: 'text', type: 'nominal' } }),
    },
  });
  const corner = { type: 'rect', cornerRadius: 5 };
  return [
    { data: { values: data }, transform: sides, mark: { ...corner, color: ink('paper') }, encoding: box },
    {
      data: { values: data },
      transform: sides,
      mark: { ...corner, fillOpacity: 0.1, strokeWidth: 1.2 },
      encoding: { ...box, fill: color, stroke: color },
    },
    words(false, true),
    words(false, false),
    words(true, true),
  ].filter(({ data }) => data.values.length > 0);
}
