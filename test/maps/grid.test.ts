import * as assert from 'uvu/assert';
import { displayGrid } from '../../src/maps/grid';
import { kerasActivation, npy } from '../npy';
import { suite } from '../suite';

/** The dead channels on cat.jpg, from the model's card. */
const DEAD: Record<string, number[]> = {
  conv2d_1: [12],
  max_pooling2d_1: [12],
  conv2d_2: [6, 30],
  max_pooling2d_2: [6, 30],
  conv2d_3: [9, 24, 27, 41],
};

/** Whether two grids' bytes differ at 10 places at most, by 1. */
function close(actual: Uint8Array, expected: ArrayLike<number>): void {
  assert.is(actual.length, expected.length);
  const differences = Array.from(actual, (byte, i) => Math.abs(byte - expected[i]!)).filter(Boolean);
  assert.ok(differences.length <= 10, `${differences.length} pixels differ`);
  assert.ok(
    differences.every((d) => d === 1),
    'by 1 at most',
  );
}

/** numpy's grid of a layer (16 a row), cut up and laid out anew; 0 where there is no channel. */
function rearranged(layer: string, size: number, channels: number[], perRow: number): Uint8Array {
  const golden = npy(`grid-${layer}`);
  const expected = new Uint8Array(Math.ceil(channels.length / perRow) * size * perRow * size);
  channels.forEach((channel, place) => {
    for (let y = 0; y < size; y++) {
      const from = (Math.floor(channel / 16) * size + y) * golden.shape[1]! + (channel % 16) * size;
      const to = (Math.floor(place / perRow) * size + y) * perRow * size + (place % perRow) * size;
      expected.set(golden.data.subarray(from, from + size), to);
    }
  });
  return expected;
}

/** What a call throws. */
function thrown(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

const equal = Object.fromEntries(
  Object.keys(DEAD).map((layer) => [
    `${layer} gives numpy's display_grid: at most 10 pixels differ, by 1`,
    () => {
      const activation = kerasActivation(layer);
      const before = activation.data.slice();
      const expected = npy(`grid-${layer}`);
      const grid = displayGrid(activation);
      assert.equal([grid.height, grid.width], expected.shape);
      close(grid.data, expected.data);
      assert.equal(
        grid.tiles.filter(({ dead }) => dead).map(({ channel }) => channel),
        DEAD[layer],
      );
      assert.ok(
        Buffer.from(before.buffer).equals(Buffer.from(activation.data.buffer)),
        'the input stays as it is',
      );
    },
  ]),
);

suite('grid', {
  ...equal,
  'channels that do not fill a row are shown': () => {
    const grid = displayGrid(kerasActivation('conv2d_3'), { imagesPerRow: 24 });
    assert.equal([grid.rows, grid.height, grid.width], [3, 3 * 34, 24 * 34]);
    assert.is(grid.tiles.length, 64);
    assert.equal([grid.tiles[63]!.row, grid.tiles[63]!.column], [2, 15]);
  },
  'the last row holds the remaining channels, and 0 after them': () => {
    const channels = [0, 1, 2, 3, 4];
    const grid = displayGrid(kerasActivation('conv2d_1'), { channels, imagesPerRow: 4 });
    assert.equal([grid.rows, grid.columns, grid.height, grid.width], [2, 4, 2 * 148, 4 * 148]);
    close(grid.data, rearranged('conv2d_1', 148, channels, 4));
  },
  'channels are in the requested order': () => {
    const channels = [63, 9, 0, 17, 63];
    const grid = displayGrid(kerasActivation('conv2d_3'), { channels, imagesPerRow: 3 });
    assert.equal(
      grid.tiles.map(({ channel, row, column, dead }) => [channel, row, column, dead]),
      [
        [63, 0, 0, false],
        [9, 0, 1, true],
        [0, 0, 2, false],
        [17, 1, 0, false],
        [63, 1, 1, false],
      ],
    );
    close(grid.data, rearranged('conv2d_3', 34, channels, 3));
  },
  'a row with too few channels is filled up with 0': () => {
    const channels = [2, 3];
    const grid = displayGrid(kerasActivation('max_pooling2d_2'), { channels });
    assert.equal([grid.rows, grid.columns], [1, 16]);
    close(grid.data, rearranged('max_pooling2d_2', 36, channels, 16));
  },
  'NaN and infinity are marked and do not affect the rest of the channel': () => {
    const data = Float32Array.of(0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const grid = displayGrid({ layer: 'x', shape: [1, 2, 3, 1], data }, { imagesPerRow: 1, scale: 'minmax' });
    assert.equal([...grid.notFinite!], [0, 0, 0, 1, 2, 3]);
    assert.equal([...grid.data.subarray(0, 3)], [0, 128, 255]);
  },
  'a channel or a row length that does not exist is refused': () => {
    const activation = kerasActivation('conv2d_1');
    for (const channel of [16, -1, 0.5, Number.NaN]) {
      const error = thrown(() => displayGrid(activation, { channels: [channel] }));
      assert.instance(error, RangeError);
      assert.ok(
        error.message.startsWith(`Cannot show channel ${channel} of conv2d_1: it has 16 channels.`),
        error.message,
      );
    }
    for (const imagesPerRow of [0, -4, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = thrown(() => displayGrid(activation, { imagesPerRow }));
      assert.instance(error, RangeError);
      assert.ok(error.message.includes(`imagesPerRow is ${imagesPerRow}.`), error.message);
    }
  },
  'a scale that does not exist is refused by name': () => {
    for (const scale of ['minmaxx', [1, 0], [0, Number.NaN]]) {
      const error = thrown(() => displayGrid(kerasActivation('conv2d_1'), { scale: scale as never }));
      assert.instance(error, RangeError);
      assert.ok(error.message.includes(`Cannot scale by ${JSON.stringify(scale)}`), error.message);
    }
  },
  'a value that is not an activation is a TypeError': () => {
    const activation = kerasActivation('conv2d_1');
    assert.instance(
      thrown(() => displayGrid({ ...activation, shape: [1, 2, 2, 1] })),
      TypeError,
    );
    assert.instance(
      thrown(() => displayGrid(undefined as never)),
      TypeError,
    );
  },
  'a batch of several pictures needs an index': () => {
    const two = { layer: 'pair', shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) };
    const error = thrown(() => displayGrid(two));
    assert.instance(error, RangeError);
    assert.match(error.message, 'Cannot show pair: it holds 2 pictures');
    assert.is(displayGrid(two, { index: 1 }).tiles[0]!.min, 2);
    assert.match(thrown(() => displayGrid(two, { index: 2 })).message, 'sample 2 of pair');
  },
});
