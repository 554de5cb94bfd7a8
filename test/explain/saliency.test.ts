import * as assert from 'uvu/assert';
import { loadImage, loadModel, type SaliencyOptions, saliency, type Tensor, toTensor } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { agrees, fails, golden, withModel } from './golden';

/** What make_explanations.py gave each method. */
const SETTINGS: Record<string, SaliencyOptions> = {
  smooth: { samples: 8, noise: 0.15, seed: 7 },
  integrated: { steps: 20, baseline: 0.25 },
  occlusion: { window: 5, stride: 3, baseline: 0.5 },
  guided: {},
};

const sumOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);

suite('explain/saliency', {
  ...Object.fromEntries(
    ['transfer', 'two_heads', 'segmentation', 'relus'].map((name) => [
      `the gradient of ${name} equals GradientTape's, for each target`,
      () =>
        withModel(name, async (model, x) => {
          for (const { target, gradient, score } of golden(name).cases) {
            const found = await saliency(model, x, { target, reduce: 'none' });
            agrees(found, gradient, JSON.stringify(target));
            assert.ok(Math.abs(found.explained[0]!.score - score) <= 1e-5 * Math.max(1, Math.abs(score)));
            assert.is(found.method, 'gradient');
          }
        }),
    ]),
  ),
  ...Object.fromEntries(
    [
      ['transfer', 'smooth'],
      ['transfer', 'integrated'],
      ['transfer', 'occlusion'],
      ['relus', 'guided'],
    ].map(([name, method]) => [
      `'${method}' of ${name} equals what Keras's gradients give`,
      () =>
        withModel(name!, async (model, x) => {
          const { cases, saliency: expected } = golden(name!);
          const [{ target }] = cases as [(typeof cases)[0]];
          const options = { target, method: method as never, ...SETTINGS[method!] };
          const reduce = method === 'occlusion' ? {} : ({ reduce: 'none' } as const);
          agrees(await saliency(model, x, { ...options, ...reduce }), expected[method!]!, method!);
        }),
    ]),
  ),
  'from the third time on it runs as a graph where it can, and stays the same': () =>
    withModel('transfer', async (model, x) => {
      const { gradient } = golden('transfer').cases[0]!;
      for (let time = 1; time <= 5; time++) {
        agrees(await saliency(model, x, { target: 1, reduce: 'none' }), await first(), `time ${time}`);
        agrees(await saliency(model, x, { reduce: 'none' }), gradient, `time ${time}`);
      }
      async function first() {
        const { shape, data } = await saliency(model, x, { target: 1, reduce: 'none' });
        return { shape: [...shape], data: [...data] };
      }
      await saliency(model, x, { target: 1, method: 'smooth', samples: 1 });
      // The graph belongs to the model: it is freed with it, or by a request of another kind.
      const { releaseGraph } = require('../../src/tensorflow/graph/repeated');
      releaseGraph(model);
    }),
  "reduce: 'max' is the largest magnitude over the channels": () =>
    withModel('transfer', async (model, x) => {
      const each = await saliency(model, x, { reduce: 'none' });
      const most = await saliency(model, x);
      assert.equal(most.shape, [1, 24, 24, 1]);
      const expected = Float32Array.from(most.data, (_, i) =>
        Math.max(...[0, 1, 2].map((channel) => Math.abs(each.data[3 * i + channel]!))),
      );
      agrees(most, { shape: [1, 24, 24, 1], data: [...expected] }, 'max', 1e-6);
    }),
  'integrated gradients add up to the change of the score from the baseline, within 1 %': () =>
    withModel('transfer', async (model, x) => {
      const { data, explained } = await saliency(model, x, { method: 'integrated', reduce: 'none' });
      const zero = tf().zeros(x.shape) as Tensor;
      const [{ index, score }] = explained as [(typeof explained)[0]];
      const at0 = await saliency(model, zero, { target: index });
      zero.dispose();
      const change = score - at0.explained[0]!.score;
      assert.ok(Math.abs(sumOf(data) - change) <= 0.01 * Math.abs(change), `${sumOf(data)} of ${change}`);
    }),
  'too few steps are said': () =>
    withModel('relus', async (model, x) => {
      const said: string[] = [];
      const { warn } = console;
      console.warn = (text: string) => void said.push(text);
      try {
        await saliency(model, x, { method: 'integrated', steps: 1 });
        await saliency(model, x, { method: 'integrated', steps: 400 });
      } finally {
        console.warn = warn;
      }
      assert.is(said.length, 1);
      assert.match(said[0]!, /^The integrated gradients add up to .*: 1 steps are too few/);
    }),
  'occlusion is the fall of the score, and no pixel is left out': () =>
    withModel('relus', async (model, x) => {
      // The square is the whole picture's width: two squares, which overlap.
      const { data, shape, explained } = await saliency(model, x, {
        method: 'occlusion',
        window: 18,
        stride: 2,
      });
      assert.equal(shape, [1, 20, 18, 1]);
      const values = x.dataSync();
      const hidden = (from: number, to: number) =>
        tf().tensor(
          Float32Array.from(values, (value, i) => (i >= from * 54 && i < to * 54 ? 0 : value)),
          x.shape,
        ) as Tensor;
      const [{ score, index }] = explained as [(typeof explained)[0]];
      const falls: number[] = [];
      for (const tensor of [hidden(0, 18), hidden(2, 20)]) {
        const other = await saliency(model, tensor, { target: index });
        falls.push(score - other.explained[0]!.score);
        tensor.dispose();
      }
      const [first, second] = falls as [number, number];
      const expected = Array.from({ length: 360 }, (_, i) =>
        i < 36 ? first : i >= 324 ? second : (first + second) / 2,
      );
      agrees({ data, shape }, { shape: [1, 20, 18, 1], data: expected }, 'two squares', 2e-6);
    }),
  'the same seed gives the same bits, another seed others': () =>
    withModel('transfer', async (model, x) => {
      const smooth = (seed: number) => saliency(model, x, { method: 'smooth', samples: 2, seed });
      const [one, again, other] = [await smooth(3), await smooth(3), await smooth(4)];
      assert.equal(one.data, again.data);
      assert.not.equal(one.data, other.data);
    }),
  'other weights give another map (Adebayo et al. 2018)': () =>
    withModel('transfer', async (model, x) => {
      const before = await saliency(model, x, { target: 0, reduce: 'none' });
      const { weights } = model as unknown as {
        weights: { read(): Tensor; write(x: Tensor): void; name: string }[];
      };
      const last = weights.find(({ name }) => /last.*kernel/.test(name))!;
      const old = Float32Array.from(last.read().dataSync());
      const write = (values: Float32Array) => {
        const tensor = tf().tensor(values, last.read().shape) as Tensor;
        last.write(tensor);
        tensor.dispose();
      };
      write(old.map((_, i) => old[(i * 7919 + 13) % old.length]!));
      const after = await saliency(model, x, { target: 0, reduce: 'none' });
      write(old);
      const again = await saliency(model, x, { target: 0, reduce: 'none' });
      assert.equal(again.data, before.data);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const cosine =
        dot(before.data, after.data) / Math.sqrt(dot(before.data, before.data) * dot(after.data, after.data));
      assert.ok(cosine < 0.9, `cosine ${cosine}`);
    }),
  'a batch gives each sample what it gets alone': () =>
    withModel('transfer', async (model, x) => {
      const mirrored = tf().reverse(x as never, 2) as Tensor;
      const both = tf().concat([x, mirrored] as never, 0) as Tensor;
      for (const method of ['gradient', 'occlusion'] as const) {
        const { data } = await saliency(model, both, { method });
        const alone = await saliency(model, mirrored, { method });
        agrees(
          { data: data.subarray(576), shape: alone.shape },
          { shape: [...alone.shape], data: [...alone.data] },
          method,
        );
      }
      both.dispose();
      mirrored.dispose();
    }),
  'wrong settings are refused by name': () =>
    withModel('transfer', async (model, x) => {
      const wrong = (options: object) => () => saliency(model, x, options as SaliencyOptions);
      await fails(wrong({ method: 'grad' }), RangeError, /method is 'grad'\. Choose 'gradient'/);
      await fails(wrong({ reduce: 'mean' }), RangeError, /reduce is 'mean'/);
      await fails(wrong({ samples: 4 }), RangeError, /samples is of 'smooth', and method is 'gradient'/);
      await fails(wrong({ method: 'smooth', samples: 0 }), RangeError, /samples is 0/);
      await fails(wrong({ method: 'smooth', noise: 0 }), RangeError, /noise is 0/);
      await fails(wrong({ method: 'smooth', seed: 0.5 }), RangeError, /seed is 0\.5/);
      await fails(wrong({ method: 'integrated', steps: 1.5 }), RangeError, /steps is 1\.5/);
      await fails(wrong({ method: 'integrated', baseline: 'black' }), TypeError, /baseline is/);
      const small = tf().zeros([1, 3, 3, 3]);
      await fails(
        wrong({ method: 'integrated', baseline: small }),
        RangeError,
        /baseline has shape \[1, 3, 3, 3\]/,
      );
      small.dispose();
      await fails(
        wrong({ method: 'occlusion', window: 25 }),
        RangeError,
        /square of 25 pixels: the picture has 24 × 24/,
      );
      await fails(wrong({ method: 'occlusion', window: 3, stride: 4 }), RangeError, /never be hidden/);
      await fails(wrong({ method: 'occlusion', reduce: 'none' }), RangeError, /hides all channels/);
      await fails(wrong({ method: 'guided' }), RangeError, /no layer of the model has a ReLU/);
      await fails(wrong({ targets: 1 }), TypeError, /unknown option "targets"/);
    }),
  async 'a picture is preprocessed as the model wants it, and so is a picture as the baseline'() {
    await ready();
    const model = await loadModel('test/fixtures/dogcat_v1.keras');
    const img = await loadImage('notebooks/cat.jpg', { targetSize: [150, 150] });
    const x = toTensor(img);
    assert.equal((await saliency(model, img)).data, (await saliency(model, x)).data);
    const black = { ...img, data: new Uint8Array(img.data.length) };
    const options = { method: 'integrated', steps: 4 } as const;
    const { warn } = console;
    console.warn = () => {};
    const byPicture = await saliency(model, img, { ...options, baseline: black });
    const byNumber = await saliency(model, img, { ...options, baseline: 0 });
    console.warn = warn;
    assert.equal(byPicture.data, byNumber.data);
    x.dispose();
    model.dispose();
  },
});
