import type * as tfl from '@tensorflow/tfjs-layers';
import type { Layer, Model, Shape } from './model';

/** The parts of TensorFlow.js's layers that say how they are connected; they exist but are not declared. */
type Connected = Layer & {
  inboundNodes?: { inboundLayers: Layer[]; nodeIndices: number[]; tensorIndices: number[] }[];
  trainableWeights?: { shape: number[] }[];
};

/**
 * Prints a model's table as Keras does: each layer with its output's shape and how many parameters it has,
 * and what it is connected to when that is not simply the layer above.
 *
 * @param model as `loadModel` returns it
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
 * @example
 * console.log(summaryText(model).includes('25,697'));
 */
export function summaryText(model: Model): string {
  const sequential = model.getClassName() === 'Sequential';
  const head = ['Layer (type)', 'Output Shape', 'Param #', ...(sequential ? [] : ['Connected to'])];
  const rows = model.layers.map((layer) => [
    `${layer.name} (${layer.getClassName()})`,
    shapesText(layer),
    thousands(layer.countParams()),
    ...(sequential ? [] : [connections(layer)]),
  ]);
  const total = model.countParams();
  const trainable = ((model as unknown as tfl.LayersModel).trainableWeights ?? []).reduce(
    (sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1),
    0,
  );
  return [
    `Model: "${model.name}"`,
    ...table(head, rows),
    ` Total params: ${thousands(total)} (${bytes(total)})`,
    ` Trainable params: ${thousands(trainable)} (${bytes(trainable)})`,
    ` Non-trainable params: ${thousands(total - trainable)} (${bytes(total - trainable)})`,
  ].join('\n');
}

function shapesText({ outputShape }: Layer): string {
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

/** Box-drawing as in Keras 3; numbers stand to the right. */
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
