import * as assert from 'uvu/assert';
import { inputGradient } from '../../src/explain/input-gradient';
import { type Model, predict, receptiveField, receptiveFields, type Tensor } from '../../src/index';
import { flatPlanOf, nodesFor } from '../../src/keras/run/flat-plan';
import { tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { fails, withModel } from './golden';

/** The rows and columns where the gradient of one position of a layer's map is not 0. */
function support(model: Model, x: Tensor, path: string, row: number, column: number) {
  const plan = flatPlanOf(model as never);
  const [output] = plan.tensors.get(path)! as [number];
  const node = plan.nodes.find(({ makes }) => makes.includes(output))!;
  const scored = { model, plan, nodes: nodesFor(plan, [output]), output, name: path };
  const shape = [1, ...node.shape.slice(1)] as [number, number, number, number];
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const first = (row * shape[2] + column) * shape[3];
  // Unequal weights, so that channels do not cancel.
  for (let channel = 0; channel < shape[3]; channel++) data[first + channel] = 1 + Math.cos(channel);
  const { gradient } = inputGradient(tf(), scored, [x as never], 0, { data, shape });
  const [, , width, channels] = x.shape as [number, number, number, number];
  const rows = new Set<number>();
  const columns = new Set<number>();
  gradient.forEach((value, i) => {
    if (value === 0) return;
    const pixel = Math.floor(i / channels);
    rows.add(Math.floor(pixel / width));
    columns.add(pixel % width);
  });
  const ends = (found: Set<number>) => [Math.min(...found), Math.max(...found) + 1];
  return { rows: ends(rows), columns: ends(columns) };
}

async function equalsSupport(name: string, layers: Record<string, [number, number][]>): Promise<void> {
  await withModel(name, async (model, x) => {
    for (const [layer, positions] of Object.entries(layers)) {
      for (const [row, column] of positions) {
        const { rows, columns } = receptiveField(model, layer, row, column);
        assert.equal(
          { rows: [...rows], columns: [...columns] },
          support(model, x, layer, row, column),
          `${layer} ${row} ${column}`,
        );
      }
    }
  });
}

suite('explain/receptive-field', {
  'is where the gradient of a smooth network is not 0: strides, dilation, skips, nested, at edges': () =>
    equalsSupport('transfer', {
      'backbone/stem': [
        [0, 0],
        [5, 6],
        [11, 11],
      ],
      'backbone/depthwise': [
        [0, 11],
        [6, 3],
      ],
      'backbone/add': [
        [0, 0],
        [4, 9],
      ],
      'backbone/separable': [
        [0, 5],
        [3, 2],
      ],
      'backbone/last': [
        [0, 0],
        [2, 3],
        [5, 5],
      ],
    }),
  'also behind pooling, a transposed convolution and a concatenation': () =>
    equalsSupport('segmentation', {
      down2: [
        [0, 0],
        [3, 4],
        [7, 7],
      ],
      up: [
        [0, 0],
        [5, 6],
        [15, 15],
      ],
      mask: [
        [0, 0],
        [8, 3],
        [15, 14],
      ],
    }),
  'the layers of the tutorial: 3, 8 and 18 pixels, as by hand': () =>
    withModel('relus', async (model) => {
      // 3 × 3, pooled by 2, 3 × 3 with padding.
      assert.equal(receptiveField(model, 'conv2d', 4, 5), { rows: [4, 7], columns: [5, 8], size: [3, 3] });
      assert.equal(receptiveField(model, 'max_pooling2d', 4, 5), {
        rows: [8, 12],
        columns: [10, 14],
        size: [4, 4],
      });
      assert.equal(receptiveField(model, 'conv2d_1', 0, 3), { rows: [0, 6], columns: [4, 12], size: [8, 8] });
    }),
  'receptiveFields gives the same for all positions, and leaves out what sees everything': () =>
    withModel('transfer', async (model, x) => {
      const activations = await predict(model, x);
      const fields = receptiveFields(model, activations);
      assert.ok(Object.keys(fields).length > 5);
      for (const [layer, { rows, columns }] of Object.entries(fields)) {
        const [, height, width] = activations.find((one) => one.layer === layer)!.shape as [
          number,
          number,
          number,
        ];
        for (const [row, column] of [
          [0, 0],
          [height - 1, width - 1],
          [height >> 1, width >> 1],
        ] as const) {
          const found = receptiveField(model, layer, row, column);
          const ends = ({ start, step, size }: typeof rows, at: number) => [
            Math.max(0, start + step * at),
            Math.min(24, start + step * at + size),
          ];
          assert.equal(
            [[...found.rows], [...found.columns]],
            [ends(rows, row), ends(columns, column)],
            layer,
          );
          assert.equal(found.size, [rows.size, columns.size]);
        }
      }
    }),
  'a position, a layer or a model that does not exist is refused': () =>
    withModel('transfer', async (model) => {
      await fails(
        async () => receptiveField(model, 'backbone/last', 6, 0),
        RangeError,
        /no row 6: .* 6 rows and 6 columns/,
      );
      await fails(async () => receptiveField(model, 'backbone/last', 0, 0.5), RangeError, /no column 0\.5/);
      await fails(async () => receptiveField(model, 'dense', 0, 0), RangeError, /which is no map/);
      await fails(async () => receptiveField(model, 'lost', 0, 0), RangeError, /no layer "lost"/);
      await fails(async () => receptiveField({} as never, 'x', 0, 0), TypeError, /the model is/);
    }),
});
