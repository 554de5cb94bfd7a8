import * as assert from 'uvu/assert';
import { type FilterPatternsOptions, filterPatterns, loadModel, predict, toTensor } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import type { Tensor } from '../../src/tensorflow/types';
import { suite } from '../suite';
import { fails, withModel } from './golden';

const FEW = { size: 24, steps: 12 };

const meanOf = (values: Float32Array, channel: number, channels: number) => {
  const own = values.filter((_, i) => i % channels === channel);
  return own.reduce((sum, value) => sum + value, 0) / own.length;
};

async function withTutorial(run: (model: Awaited<ReturnType<typeof loadModel>>) => Promise<void>) {
  await ready();
  const model = await loadModel('test/fixtures/dogcat_v1.keras');
  const before = tf().memory().numTensors;
  await run(model);
  assert.is(tf().memory().numTensors, before, 'tensors are left behind');
  model.dispose();
}

suite('explain/filter-patterns', {
  'a pattern raises its channel, and says by how much': () =>
    withTutorial(async (model) => {
      const options = { layer: 'conv2d_2', channels: [3, 10], size: 48 };
      const noise = await filterPatterns(model, { ...options, steps: 1 });
      const patterns = await filterPatterns(model, { ...options, steps: 40 });
      for (const [i, pattern] of patterns.entries()) {
        assert.equal(
          [pattern.height, pattern.width, pattern.channels, pattern.layer],
          [48, 48, 3, 'conv2d_2'],
        );
        assert.is(pattern.channel, options.channels[i]);
        assert.ok(
          pattern.activation > 2 * noise[i]!.activation,
          `${pattern.activation} of ${noise[i]!.activation}`,
        );
      }
    }),
  'its activation is what predict finds on the picture': () =>
    withModel('transfer', async (model) => {
      const [pattern] = await filterPatterns(model, { layer: 'backbone/last', channels: [5], ...FEW });
      const x = toTensor(pattern!, { preprocess: 'raw' });
      const [activation] = await predict(model, x, { layers: 'backbone/last' });
      const mean = meanOf(activation!.data, 5, 12);
      // The picture has bytes, the ascent had numbers between them.
      assert.ok(
        Math.abs(mean - pattern!.activation) < 0.01 * Math.abs(mean),
        `${mean}, ${pattern!.activation}`,
      );
      x.dispose();
    }),
  'the same seed gives the same bytes, alone or among others; another seed does not': () =>
    withTutorial(async (model) => {
      const options = { layer: 'conv2d_1', ...FEW };
      const both = await filterPatterns(model, { ...options, channels: [4, 7] });
      const again = await filterPatterns(model, { ...options, channels: [4, 7] });
      assert.equal(both[0]!.data, again[0]!.data);
      const [other] = await filterPatterns(model, { ...options, channels: [4], seed: 2 });
      assert.not.equal(both[0]!.data, other!.data);
      const [alone] = await filterPatterns(model, { ...options, channels: [7] });
      const off = alone!.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - both[1]!.data[i]!)),
        0,
      );
      assert.ok(off <= 8, `${off}`);
    }),
  'a filter that is silent on noise is woken from its pre-activation; one that cannot fire is dead': () =>
    withModel('relus', async (model) => {
      const { weights } = model as unknown as {
        weights: { read(): Tensor; write(x: Tensor): void; name: string }[];
      };
      const bias = weights.find(({ name }) => /^conv2d\/bias/.test(name))!;
      const kernel = weights.find(({ name }) => /^conv2d\/kernel/.test(name))!;
      const olds = [bias, kernel].map((weight) => Float32Array.from(weight.read().dataSync()));
      const write = (weight: typeof bias, values: ArrayLike<number>) => {
        const tensor = tf().tensor(Float32Array.from(values), weight.read().shape);
        weight.write(tensor as Tensor);
        tensor.dispose();
      };
      // Filter 1 fires on bright, flat pictures only; filter 2 has weights of 0 and a bias below 0.
      write(
        kernel,
        olds[1]!.map((value, i) => (i % 8 === 1 ? 0.1 : i % 8 === 2 ? 0 : value)),
      );
      write(
        bias,
        olds[0]!.map((value, i) => (i === 1 ? -2.2 : i === 2 ? -1 : value)),
      );
      const patterns = await filterPatterns(model, {
        layer: 'conv2d',
        channels: [1, 2],
        size: 20,
        steps: 40,
      });
      write(bias, olds[0]!);
      write(kernel, olds[1]!);
      assert.equal(
        patterns.map(({ dead }) => dead),
        [false, true],
      );
      assert.ok(patterns[0]!.activation > 0);
      assert.is(patterns[1]!.activation, 0);
    }),
  "a class's own pattern: Dense, before its softmax": () =>
    withModel('transfer', async (model) => {
      const [pattern] = await filterPatterns(model, { layer: 'dense', channels: [2], steps: 12 });
      assert.equal([pattern!.height, pattern!.width], [24, 24]);
      // A probability would end at 1.
      assert.ok(pattern!.activation > 1, String(pattern!.activation));
    }),
  'wrong requests are refused by name': () =>
    withModel('transfer', async (model) => {
      const wrong = (options: object) => () =>
        filterPatterns(model, { layer: 'backbone/last', ...options } as FilterPatternsOptions);
      await fails(
        wrong({ channels: [12] }),
        RangeError,
        /channels are \[12\] and layer "backbone\/last" has 12/,
      );
      await fails(wrong({ channels: [] }), RangeError, /Give whole numbers from 0 to 11/);
      await fails(wrong({ channels: [1, 1] }), RangeError, /each once/);
      await fails(wrong({ size: 4 }), RangeError, /size is 4\. Give a whole number from 8/);
      await fails(wrong({ steps: 0 }), RangeError, /steps is 0/);
      await fails(wrong({ seed: 1.5 }), RangeError, /seed is 1\.5/);
      await fails(wrong({ layer: undefined }), TypeError, /no layer is given/);
      await fails(wrong({ layer: 'lost' }), RangeError, /no layer "lost"/);
      await fails(wrong({ rate: 1 }), TypeError, /unknown option "rate"/);
      await fails(() => filterPatterns(model, undefined as never), TypeError, /no layer is given/);
    }),
});
