import * as assert from 'uvu/assert';
import { gradCam, loadImage, loadModel, type Tensor, toTensor } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { agrees, fails, golden, withModel } from './golden';

const FOLDER = 'test/fixtures/explain';

async function explained(
  name: string,
  file: string,
  input: () => Promise<Tensor>,
  more: Partial<Parameters<typeof gradCam>[2]> = {},
): Promise<void> {
  await ready();
  const model = await loadModel(file);
  const x = await input();
  const values = Array.from(x.dataSync());
  const before = tf().memory().numTensors;
  for (const { target, layer, score, maps } of golden(name).cases) {
    for (const [method, expected] of Object.entries(maps)) {
      const heatmap = await gradCam(model, x, { target, layer, method: method as never, ...more });
      agrees(heatmap, expected, `${name} ${method} ${JSON.stringify(target)} at ${layer}`);
      assert.is(heatmap.layer, layer);
      const off = Math.abs(heatmap.explained[0]!.score - score);
      assert.ok(off <= 1e-5 * Math.max(1, Math.abs(score)), `${name}: score off by ${off}`);
    }
  }
  assert.is(tf().memory().numTensors, before, 'tensors are left behind');
  assert.equal(Array.from(x.dataSync()), values, 'the input has changed');
  x.dispose();
  model.dispose();
}

const given = (name: string) => async () => {
  const [{ shape, data }] = golden(name).inputs as [{ shape: number[]; data: number[] }];
  return tf().tensor(data, shape, 'float32') as Tensor;
};

const cat = async () => toTensor(await loadImage('notebooks/cat.jpg', { targetSize: [150, 150] }));

suite('explain/grad-cam', {
  "the tutorial's model on the cat: four methods, both classes of one unit": () =>
    explained('dogcat', 'test/fixtures/dogcat_v1.keras', cat),
  'the same from the .h5': () => explained('dogcat', 'notebooks/dogcat_v1.h5', cat),
  'the same network with its convolutions as a model inside': () =>
    explained('nested', 'notebooks/dogcat_nested.keras', cat),
  'a model inside a model, at layers before and behind a skip': () =>
    explained('transfer', `${FOLDER}/transfer.keras`, given('transfer')),
  'two outputs: labels by themselves, and a softmax layer behind a Reshape': () =>
    explained('two_heads', `${FOLDER}/two_heads.keras`, given('two_heads')),
  'a region of a segmentation, whose last convolution has its softmax inside': () =>
    explained('segmentation', `${FOLDER}/segmentation.keras`, given('segmentation')),
  'a pattern and a layer object choose the same as its name': () =>
    withModel('transfer', async (model, x) => {
      const byName = await gradCam(model, x, { layer: 'backbone/last' });
      const byPattern = await gradCam(model, x, { layer: /last$/ });
      assert.equal(byPattern.data, byName.data);
    }),
  'without options: the class with the highest score, the last convolution in the nested model': () =>
    withModel('transfer', async (model, x) => {
      const { cases } = golden('transfer');
      const heatmap = await gradCam(model, x);
      agrees(heatmap, cases[0]!.maps['grad-cam']!, 'default');
      assert.is(heatmap.layer, 'backbone/last');
      const [{ index, before, output, label, answer }] = heatmap.explained as [(typeof heatmap.explained)[0]];
      assert.is(index, cases[0]!.target);
      assert.is(label, String(index));
      assert.is(before, 'softmax');
      assert.is(output, 'dense');
      assert.is(answer.length, 5);
      assert.ok(Math.abs(answer.reduce((sum, { score }) => sum + score, 0) - 1) < 1e-6);
    }),
  'a label is as good as an index': () =>
    withModel('transfer', async (model, x) => {
      const labels = ['ant', 'bee', 'cat', 'dog', 'elk'];
      const byLabel = await gradCam(model, x, { target: 'dog', labels });
      const byIndex = await gradCam(model, x, { target: 3 });
      assert.equal(byLabel.data, byIndex.data);
      assert.is(byLabel.explained[0]!.label, 'dog');
      await fails(
        () => gradCam(model, x, { target: 'dig', labels }),
        RangeError,
        /no such label\. Did you mean "dog"/,
      );
      await fails(() => gradCam(model, x, { target: 'dog' }), RangeError, /there are no labels/);
    }),
  'a batch gives each sample its own class and map': () =>
    withModel('transfer', async (model, x) => {
      const mirrored = tf().reverse(x as never, 2) as Tensor;
      const both = tf().concat([x, mirrored] as never, 0) as Tensor;
      const batch = await gradCam(model, both);
      const alone = await gradCam(model, mirrored);
      assert.equal(batch.shape, [2, 6, 6, 1]);
      assert.is(batch.explained.length, 2);
      agrees(
        { shape: alone.shape, data: batch.data.subarray(36) },
        { shape: [...alone.shape], data: [...alone.data] },
        'second',
      );
      both.dispose();
      mirrored.dispose();
    }),
  'the same request gives the same bits': () =>
    withModel('transfer', async (model, x) => {
      const [one, two] = [await gradCam(model, x), await gradCam(model, x)];
      assert.equal(one.data, two.data);
    }),
  async 'wrong requests are refused by name'() {
    await withModel('transfer', async (model, x) => {
      await fails(() => gradCam(model, x, { target: 5 }), RangeError, /class 5: the output has 5 classes/);
      await fails(() => gradCam(model, x, { target: -1 }), RangeError, /from 0 to 4/);
      await fails(() => gradCam(model, x, { target: [1] as never }), TypeError, /target is an array/);
      await fails(
        () => gradCam(model, x, { target: { class: 1 } as never }),
        TypeError,
        /target has no "class"/,
      );
      await fails(() => gradCam(model, x, { target: { output: 'more' } }), RangeError, /no output more/);
      await fails(() => gradCam(model, x, { layer: 'dense' }), RangeError, /which is no map/);
      await fails(
        () => gradCam(model, x, { layer: 'lost' }),
        RangeError,
        /^Cannot make a class heatmap: .* no layer "lost"/,
      );
      await fails(() => gradCam(model, x, { layer: /./ }), RangeError, /layers match \/\.\//);
      await fails(() => gradCam(model, x, { method: 'cam' as never }), RangeError, /method is "cam"/);
      await fails(() => gradCam(model, x, { lable: 1 } as never), TypeError, /unknown option "lable"/);
      await fails(() => gradCam(undefined as never, x), TypeError, /the model is undefined/);
    });
    await withModel('two_heads', async (model, x) => {
      await fails(() => gradCam(model, x), RangeError, /2 outputs.*labels/);
    });
    await withModel('segmentation', async (model, x) => {
      await fails(() => gradCam(model, x), RangeError, /scores at 16 × 16 positions/);
      const region = { rows: [0, 17], columns: [0, 1] } as const;
      await fails(
        () => gradCam(model, x, { target: { index: 0, region } }),
        RangeError,
        /16 rows and 16 columns/,
      );
      const weights = { height: 2, width: 2, data: new Float32Array(4) };
      await fails(
        () => gradCam(model, x, { target: { index: 0, region: weights } }),
        RangeError,
        /weights are 2 × 2/,
      );
    });
  },
  'of a segmentation, the default layer is not the one that makes it': () =>
    withModel('segmentation', async (model, x) => {
      const heatmap = await gradCam(model, x, {
        target: { index: 1, region: { rows: [2, 9], columns: [4, 12] } },
      });
      assert.is(heatmap.layer, 'up');
      assert.is(heatmap.explained[0]!.region, 'rows 2 to 8, columns 4 to 11');
    }),
});
