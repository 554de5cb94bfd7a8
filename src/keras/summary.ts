import type * as tfl from '@tensorflow/tfjs-layers';
import { dialectOfLayer } from './build/dialect-of-layer';
import type { Layer, Model, Shape } from './model';
import { checkModel } from './run/check-inputs';

/** How TensorFlow.js's layers are connected; not declared in its types. */
type Connected = Layer & {
  inboundNodes?: { inboundLayers: Layer[]; nodeIndices: number[]; tensorIndices: number[] }[];
  trainableWeights?: { shape: number[] }[];
};

/**
 * Prints a model's table as Keras does: each layer with its output's shape and how many parameters it has,
 * and what it is connected to, unless that is the layer above.
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
  const sequential = model.getClassName() === 'Sequential';
  const head = ['Layer (type)', 'Output Shape', 'Param #', ...(sequential ? [] : ['Connected to'])];
  const rows = model.layers.map((layer) => [
    `${layer.name} (${layer.getClassName()})`,
    shapesText(layer),
    thousands(paramsOf(layer)),
    ...(sequential ? [] : [connections(layer)]),
  ]);
  const total = paramsOf(model);
  const trainable = ((model as unknown as tfl.LayersModel).trainableWeights ?? []).reduce(
    (sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1),
    0,
  );
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
    const { inboundNodes = [] } = layer as unknown as { inboundNodes?: { outputShapes: Shape | Shape[] }[] };
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
    `(${shape.map((size) => size ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;
  if (!Array.isArray(outputShape[0])) return one(outputShape as Shape);
  const several = [...new Set((outputShape as Shape[]).map(one))];
  return several.join(', ');
}

function connections(layer: Layer): string {
  const nodes = (layer as Connected).inboundNodes ?? [];
  return (
    nodes
      .flatMap((node) =>
        node.inboundLayers.map((from, i) => `${from.name}[${node.nodeIndices[i]}][${node.tensorIndices[i]}]`),
      )
      .join(', ') || '-'
  );
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

/** Size of float32 numbers, as Keras writes it. */
function bytes(count: number): string {
  let size = count * 4;
  for (const unit of ['B', 'KB', 'MB', 'GB']) {
    if (size < 1024 || unit === 'GB') return `${size.toFixed(2)} ${unit}`;
    size /= 1024;
  }
  return '';
}

/** A table with box-drawing characters as in Keras 3; numbers are right-aligned. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const rule = (left: string, line: string, middle: string, right: string) =>
    left + widths.map((width) => line.repeat(width + 2)).join(middle) + right;
  const text = (row: string[], edge: string) =>
    edge +
    row
      .map((cell, i) => ` ${i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)} `)
      .join(edge === '┃' ? '┃' : '│') +
    edge;
  const lines = rows.flatMap((row, i) => [...(i ? [rule('├', '─', '┼', '┤')] : []), text(row, '│')]);
  return [
    rule('┏', '━', '┳', '┓'),
    text(head, '┃'),
    rule('┡', '━', '╇', '┩'),
    ...lines,
    rule('└', '─', '┴', '┘'),
  ];
}
