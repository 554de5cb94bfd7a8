import { isObject } from '../checks/is-object';
import { isCounted } from './build/counted-weight';
import { dialectOfLayer } from './build/dialect-of-layer';
import type { Layer, Model, Shape } from './model';
import { checkModel } from './run/check-inputs';

/** How TensorFlow.js's layers are connected; not declared in its types. */
interface Node {
  inboundLayers: Layer[];
  nodeIndices: number[];
  tensorIndices: number[];
  inputTensors: unknown[];
  outputShapes: Shape | Shape[];
}

type Connected = Layer & {
  inboundNodes?: Node[];
  nodesByDepth?: Readonly<Record<string, Node[]>>;
  layers?: Layer[];
  weights?: { shape: number[]; originalName?: string; trainable?: boolean }[];
};

/**
 * Prints a model's table in the form of Keras 3: each layer with its output's shape and how many parameters it has,
 * and what it is connected to, unless each layer is connected to the one above only. Parameters of the optimizer are
 * not counted.
 *
 * @param model as `loadModel` returns it
 * @throws {TypeError} when it is not a model
 * @example
 * summary(model);
 */
export function summary(model: Model): void {
  console.log(summaryText(model));
}

/**
 * The table that `summary` prints.
 *
 * @param model as `loadModel` returns it
 * @returns its lines in one string
 * @throws {TypeError} when it is not a model
 * @example
 * console.log(summaryText(model).includes('25,697'));
 */
export function summaryText(model: Model): string {
  const { title, head, rows, totals } = summaryTable(model);
  return [title, ...table(head, rows), ...totals].join('\n');
}

/** What `summary` prints, as the parts of a table. */
export function summaryTable(model: Model) {
  checkModel('summarize', model);
  const sequential = isInARow(model);
  const head = ['Layer (type)', 'Output Shape', 'Param #', ...(sequential ? [] : ['Connected to'])];
  const rows = model.layers.map((layer) => [
    `${layer.name} (${layer.getClassName()})`,
    shapesText(layer),
    thousands(paramsOf(layer)),
    ...(sequential ? [] : [connections(layer)]),
  ]);
  const total = paramsOf(model);
  const trainable = trainableParamsOf(model, new Set());
  const totals = [
    ` Total params: ${thousands(total)} (${bytes(total)})`,
    ` Trainable params: ${thousands(trainable)} (${bytes(trainable)})`,
    ` Non-trainable params: ${thousands(total - trainable)} (${bytes(total - trainable)})`,
  ];
  return { title: `Model: "${model.name}"`, head, rows, totals };
}

/** A layer in one line: name, class, output's shape, parameters. */
export function layerText(layer: Layer): string {
  const params = paramsOf(layer);
  return `${layer.name} (${layer.getClassName()}): ${shapesText(layer)}, ${thousands(params)} parameter${params === 1 ? '' : 's'}`;
}

/** For a layer used at several sizes, Keras 2 prints `multiple`, and Keras 3 the shape of its last call. */
function outputShapeOf(layer: Layer): Shape | Shape[] | undefined {
  try {
    return layer.outputShape;
  } catch {
    if (dialectOfLayer(layer) === 2) return undefined;
    const { inboundNodes = [] } = layer as Connected;
    return inboundNodes.at(-1)?.outputShapes;
  }
}

/** Parameters of a layer; 0 if it is not built. */
function paramsOf(layer: Layer): number {
  try {
    return layer.countParams();
  } catch {
    return 0;
  }
}

function shapesText(layer: Layer): string {
  const outputShape = outputShapeOf(layer);
  if (!outputShape) return dialectOfLayer(layer) === 2 ? 'multiple' : '?';
  const one = (shape: Shape) =>
    `(${shape.map((size) => size ?? 'None').join(', ')}${shape.length === 1 && dialectOfLayer(layer) === 2 ? ',' : ''})`;
  if (!Array.isArray(outputShape[0])) return one(outputShape as Shape);
  const shapes = (outputShape as Shape[]).map(one);
  return shapes.length === 1 ? shapes[0]! : `[${shapes.join(', ')}]`;
}

/** Whether each layer has the one above as its only input: Keras leaves the column of connections out then. */
function isInARow(model: Model): boolean {
  if (model.getClassName() === 'Sequential') return true;
  const nodes = Object.values((model as unknown as Connected).nodesByDepth ?? {});
  if (nodes.some((one) => one.length > 1 || one[0]!.inputTensors.length > 1)) return false;
  const relevant = new Set(nodes.flat());
  return (model.layers as Connected[]).every(
    ({ inboundNodes = [] }) => inboundNodes.filter((node) => relevant.has(node)).length <= 1,
  );
}

/** Parameters that training changes by gradients: neither those of frozen layers nor statistics that it counts. */
function trainableParamsOf(layer: object, seen: Set<object>): number {
  if (seen.has(layer)) return 0;
  seen.add(layer);
  const { layers, weights = [] } = layer as Connected;
  if (layers) return layers.reduce((sum, one) => sum + trainableParamsOf(one, seen), 0);
  if (isFrozen((layer as Layer).getConfig())) return 0;
  const names = new Set(weights.map(({ originalName }) => originalName));
  return weights
    .filter(
      ({ originalName = '', trainable }) =>
        // What LoRA adapts is frozen.
        trainable !== false &&
        !isCounted(originalName) &&
        !names.has(originalName.replace(/[^/]+$/, 'lora_$&_a')),
    )
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** Whether a layer's configuration, or that of the layer in a wrapper, says so. */
function isFrozen({ trainable, layer }: Record<string, unknown>): boolean {
  if (trainable === false) return true;
  return isObject(layer) && isObject(layer['config']) && isFrozen(layer['config']);
}

function connections(layer: Layer): string {
  const nodes = (layer as Connected).inboundNodes ?? [];
  return (
    nodes
      .flatMap((node) =>
        node.inboundLayers.map(
          (from, i) => `${from.name}[${node.nodeIndices[i]! - ownNodes(from)}][${node.tensorIndices[i]}]`,
        ),
      )
      .join(', ') || '-'
  );
}

/** Nodes that the building of a nested model made: Keras does not count them. */
const ownNodes = (layer: Layer) =>
  (layer as Connected).layers && (layer as Connected).inboundNodes?.[0]?.inboundLayers.length === 0 ? 1 : 0;

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

/** Size of float32 numbers, as Keras writes it. */
function bytes(count: number): string {
  let size = count * 4;
  for (const unit of ['B', 'KB', 'MB', 'GB', 'TB', 'PB']) {
    if (size < 1024 || unit === 'PB') return `${twoDecimals(size)} ${unit}`;
    size /= 1024;
  }
  return '';
}

/** As Python rounds, a half to the even digit. */
function twoDecimals(value: number): string {
  const below = Math.floor(100 * value);
  return 100 * value - below === 0.5 ? ((below + (below % 2)) / 100).toFixed(2) : value.toFixed(2);
}

/** A table with box-drawing characters as in Keras 3; numbers are right-aligned. */
function table(head: string[], rows: string[][]): string[] {
  const shown = rows.map((row) => row.map(inOneLine));
  const widths = head.map((title, i) =>
    shown.reduce((most, row) => Math.max(most, widthOf(row[i]!)), title.length),
  );
  const rule = (left: string, line: string, middle: string, right: string) =>
    left + widths.map((width) => line.repeat(width + 2)).join(middle) + right;
  const padded = (cell: string, i: number) => {
    const space = ' '.repeat(widths[i]! - widthOf(cell));
    return i === 2 ? ` ${space}${cell} ` : ` ${cell}${space} `;
  };
  const text = (row: string[], edge: string) => edge + row.map(padded).join(edge) + edge;
  const lines = shown.flatMap((row, i) => [...(i ? [rule('├', '─', '┼', '┤')] : []), text(row, '│')]);
  return [
    rule('┏', '━', '┳', '┓'),
    text(head, '┃'),
    rule('┡', '━', '╇', '┩'),
    ...lines,
    rule('└', '─', '┴', '┘'),
  ];
}

/** Line breaks and other control characters of a name, as JSON writes them. */
const inOneLine = (text: string) =>
  text.replace(/[\p{Cc}\u2028\u2029]/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Columns of a terminal that a text takes: two for a letter of East Asia or an emoji, none for an accent of its own. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(letter)) continue;
    width += WIDE.test(letter) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
