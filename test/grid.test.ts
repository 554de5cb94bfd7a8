import * as assert from 'uvu/assert';
import { displayGrid } from '../src/grid';
import { kerasActivation, npy } from './npy';
import { suite } from './suite';

/** The dead channels on cat.jpg, from the model's card. */
const DEAD: Record<string, number[]> = {
  conv2d_1: [12],
  max_pooling2d_1: [12],
  conv2d_2: [6, 30],
  max_pooling2d_2: [6, 30],
  conv2d_3: [9, 24, 27, 41],
};

const equal = Object.fromEntries(
  Object.keys(DEAD).map((layer) => [
    `${layer} gives numpy's display_grid: at most 10 pixels differ, by 1`,
    () => {
      const activation = kerasActivation(layer);
      const before = activation.data.slice();
      const expected = npy(`grid-${layer}`);
      const grid = displayGrid(activation);
      assert.equal([grid.height, grid.width], expected.shape);
      const differences = Array.from(grid.data, (byte, i) => Math.abs(byte - expected.data[i])).filter(
        Boolean,
      );
      assert.ok(differences.length <= 10, `${differences.length} pixels differ`);
      assert.ok(
        differences.every((d) => d === 1),
        'by 1 at most',
      );
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
    assert.equal([grid.tiles[63].row, grid.tiles[63].column], [2, 15]);
  },
  'NaN and infinity are marked and leave the rest of the channel alone': () => {
    const data = Float32Array.of(0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const grid = displayGrid({ layer: 'x', shape: [1, 2, 3, 1], data }, { imagesPerRow: 1, scale: 'minmax' });
    assert.equal([...grid.notFinite!], [0, 0, 0, 1, 2, 3]);
    assert.equal([...grid.data.subarray(0, 3)], [0, 128, 255]);
  },
  'a channel or a row length that does not exist is refused': () => {
    const activation = kerasActivation('conv2d_1');
    const error = (run: () => unknown) => {
      try {
        run();
      } catch (e) {
        return e as Error;
      }
      return undefined;
    };
    const channel = error(() => displayGrid(activation, { channels: [16] }));
    assert.instance(channel, RangeError);
    assert.match(channel!.message, 'Cannot show channel 16 of conv2d_1: it has 16 channels');
    assert.instance(
      error(() => displayGrid(activation, { imagesPerRow: 0 })),
      RangeError,
    );
  },
});
