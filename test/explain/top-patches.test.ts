import * as assert from 'uvu/assert';
import {
  type Activation,
  filtersFigure,
  loadImage,
  loadModel,
  predict,
  receptiveField,
  topPatches,
  toTensor,
} from '../../src/index';
import { ready } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { fails } from './golden';

async function withCats(
  run: (
    ...given: [Awaited<ReturnType<typeof loadModel>>, Awaited<ReturnType<typeof loadImage>>[]]
  ) => Promise<void>,
) {
  await ready();
  const model = await loadModel('test/fixtures/dogcat_v1.keras');
  const cat = await loadImage('notebooks/cat.jpg', { targetSize: [150, 150] });
  const black = { ...cat, data: new Uint8Array(cat.data.length) };
  await run(model, [black, cat]);
  model.dispose();
}

suite('explain/top-patches', {
  'the largest value of the channel, with the pixels that it sees': () =>
    withCats(async (model, pictures) => {
      const patches = await topPatches(model, pictures, { layer: 'conv2d_3', channel: 20 });
      assert.is(patches.length, 2);
      const [best] = patches as [(typeof patches)[0]];
      assert.is(best.sample, 1);
      const x = toTensor(pictures[1]!);
      const [{ data, shape }] = (await predict(model, x, { layers: 'conv2d_3' })) as [Activation];
      x.dispose();
      const [, , width, channels] = shape as [number, number, number, number];
      assert.is(best.activation, data[(best.row * width + best.column) * channels + 20]);
      assert.ok(data.every((value, i) => i % channels !== 20 || value <= best.activation));
      const { rows, columns } = receptiveField(model, 'conv2d_3', best.row, best.column);
      assert.equal([best.rows, best.columns], [rows, columns]);
      assert.equal([best.height, best.width], [rows[1] - rows[0], columns[1] - columns[0]]);
      const first = (rows[0] * 150 + columns[0]) * 3;
      assert.equal([...best.data.subarray(0, 3)], [...pictures[1]!.data.subarray(first, first + 3)]);
      assert.match(filtersFigure(patches).text, /2 pictures of 18 × 18/);
      assert.is((await topPatches(model, pictures, { layer: 'conv2d_3', channel: 20, count: 1 })).length, 1);
    }),
  'wrong requests are refused by name': () =>
    withCats(async (model, pictures) => {
      const wrong =
        (options: object, given: unknown = pictures) =>
        () =>
          topPatches(model, given as never, options as never);
      const layer = 'conv2d_3';
      await fails(wrong({ layer, channel: 64 }), RangeError, /no channel 64: layer "conv2d_3" has 64/);
      await fails(wrong({ layer: 'lost', channel: 1 }), RangeError, /no layer "lost"/);
      await fails(wrong({ channel: 1 }), TypeError, /no layer is given/);
      await fails(wrong({ layer }), TypeError, /no channel is given/);
      await fails(wrong({ layer, channel: 1, count: 0 }), RangeError, /count is 0/);
      await fails(wrong({ layer, channel: 1 }, pictures[0]), TypeError, /the pictures are a picture/);
      await fails(wrong({ layer, channel: 1 }, []), TypeError, /the pictures are an empty array/);
      await fails(wrong({ layer: 'dense_2', channel: 0 }), RangeError, /which is no map/);
    }),
});
