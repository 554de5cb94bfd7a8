import * as assert from 'uvu/assert';
import { attentionMaps, loadModel } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { agrees, fails, golden, withModel } from './golden';

suite('explain/attention-maps', {
  "the scores of each head equal Keras's, and so does the rollout": () =>
    withModel('vit', async (model, x) => {
      const { attention } = golden('vit');
      const maps = await attentionMaps(model, x);
      assert.equal(
        maps.map(({ layer }) => layer),
        ['attention0', 'attention1'],
      );
      for (const map of maps) agrees(map, attention[map.layer]!, map.layer);
      const [only] = await attentionMaps(model, x, { layers: 'attention1' });
      assert.equal(only!.data, maps[1]!.data);
      const [rollout] = await attentionMaps(model, x, { rollout: true });
      agrees(rollout!, attention['rollout']!, 'rollout');
      const [same] = await attentionMaps(model, x, { rollout: true, patches: [4, 4] });
      assert.equal(same!.data, rollout!.data);
    }),
  'each row of a head has the sum 1': () =>
    withModel('vit', async (model, x) => {
      const [map] = await attentionMaps(model, x);
      const sums = new Float64Array(17 * 3);
      map!.data.forEach((value, i) => {
        sums[Math.floor(i / 51) * 3 + (i % 3)]! += value;
      });
      assert.ok(sums.every((sum) => Math.abs(sum - 1) < 1e-6));
    }),
  'wrong requests are refused by name': async () => {
    await withModel('vit', async (model, x) => {
      await fails(
        () => attentionMaps(model, x, { layers: 'norm0' }),
        RangeError,
        /none of these layers is an attention layer/,
      );
      await fails(
        () => attentionMaps(model, x, { layers: 'lost' }),
        RangeError,
        /^Cannot map the attention: .* no layer "lost"/,
      );
      await fails(
        () => attentionMaps(model, x, { rollout: true, patches: [3, 4] }),
        RangeError,
        /3 × 4 patches are not/,
      );
      await fails(() => attentionMaps(model, x, { heads: 1 } as never), TypeError, /unknown option "heads"/);
    });
    await withModel('relus', async (model, x) => {
      await fails(() => attentionMaps(model, x), RangeError, /the model has no attention layer/);
    });
  },
  async 'every attention layer of the other fixtures gives rows that add up'() {
    await ready();
    for (const name of ['attention_of_keras', 'attention_of_tf_keras']) {
      const model = await loadModel(`test/fixtures/keras/${name}.h5`);
      const inputs = model.inputs.map(({ shape }) =>
        tf().ones(shape.map((size, axis) => size ?? (axis === 0 ? 1 : 4))),
      );
      const before = tf().memory().numTensors;
      const maps = await attentionMaps(model, inputs as never).catch((error: Error) => {
        // Attention over several axes has no map.
        assert.match(error.message, /attends over several axes/);
        return [];
      });
      for (const { data, layer } of maps)
        assert.ok(
          data.every((value) => value >= 0 && value <= 1.000001),
          layer,
        );
      assert.is(tf().memory().numTensors, before);
      tf().dispose(inputs as never);
      model.dispose();
    }
  },
});
