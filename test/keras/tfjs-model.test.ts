import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/errors';
import { loadModel } from '../../src/keras/load';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { PATIENCE } from '../until';

const dense = (config: object) => ({ class_name: 'Dense', config: { units: 2, ...config } });
const first = dense({ name: 'a', batch_input_shape: [null, 3] });
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { name: 'm', layers } });
const weight = (name: string, ...shape: number[]) => ({ name, shape, dtype: 'float32' });
const OF_FIRST = [weight('a/kernel', 3, 2), weight('a/bias', 2)];

/** How many numbers weights have; at most 8. */
const numbersOf = (weights: readonly { shape: readonly number[] }[]) =>
  Math.min(
    8,
    weights.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0),
  );

/** Loads a model.json of that layers and weights, whose numbers are 0, 1/8, 2/8 … */
async function load(topology: object, weights: { shape: readonly number[] }[], numbers = numbersOf(weights)) {
  const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
  const values = Float32Array.from({ length: numbers }, (_, i) => i / 8);
  try {
    writeFileSync(join(folder, 'weights.bin'), new Uint8Array(values.buffer));
    const json = { modelTopology: topology, weightsManifest: [{ paths: ['weights.bin'], weights }] };
    writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
    return await loadModel(join(folder, 'model.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function assertMessage(wrong: Promise<unknown>, pattern: RegExp) {
  await wrong.then(
    () => assert.unreachable('it loaded'),
    (error) => assert.match(error.message, pattern),
  );
}

async function refused(wrong: Promise<unknown>, pattern: RegExp) {
  const error = await wrong.then(
    () => undefined,
    (caught) => caught,
  );
  assert.instance(error, ModelError, `${error}`);
  assert.match(error.message, /^Cannot load .*model\.json: /);
  assert.ok(error.message.length < 600, error.message);
  assert.match(error.message, pattern);
}

suite('keras/tfjs-model', {
  async 'a model that TensorFlow.js refuses leaves no tensor'() {
    await ready();
    const inner = { class_name: 'Sequential', config: { name: 'inner', layers: [first] } };
    for (const [topology, weights, pattern] of [
      [
        sequential(first, { class_name: 'Odd', config: {} }),
        OF_FIRST,
        /"odd_2" is a Odd, a class that convlens/,
      ],
      [sequential(first, dense({ name: 'b', units: -2 })), OF_FIRST, /its units is -2/],
      [sequential(inner, { class_name: 'Odd', config: {} }), OF_FIRST, /is a Odd/],
      [sequential(first), [OF_FIRST[0]], /"a" \(Dense\) needs 2 weights and the file has 1 \(a\/kernel\)/],
      [sequential(first), [...OF_FIRST, weight('b/bias', 0)], /has the weight b\/bias, which no layer needs/],
      [sequential(first), [weight('a/kernel', 2, 3), OF_FIRST[1]], /has shape \[2, 3\]; \[3, 2\] is needed/],
      [sequential(first), [OF_FIRST[0], { ...OF_FIRST[1], dtype: 'odd' }], /which is not a numeric weight/],
      [sequential(first), [OF_FIRST[0], weight('a/bias', 99)], /take 420 bytes and its weight files have 32/],
      [dense({ name: 'a' }), OF_FIRST, /subclassed model: class Dense/],
    ] as const) {
      const before = tf().memory().numTensors;
      await refused(load(topology, weights as never), pattern);
      assert.is(tf().memory().numTensors, before, JSON.stringify(topology));
    }
  },

  async 'layers of 80 GB in a file of a few bytes are refused before memory is allocated'() {
    await ready();
    const before = process.memoryUsage().rss;
    const huge = sequential(dense({ name: 'a', units: 2e6, batch_input_shape: [null, 10_000] }));
    await refused(load(huge, OF_FIRST), /needed/);
    assert.ok(process.memoryUsage().rss - before < 100e6);
  },

  async 'quantized weights in several files give what Keras makes of them dequantized'() {
    await ready();
    const expected: Record<string, number[]> = JSON.parse(
      readFileSync('test/fixtures/quantized/expected.json', 'utf8'),
    );
    const x = tf().tensor(
      Array.from({ length: 192 }, (_, i) => (i % 17) / 16),
      [1, 8, 8, 3],
    );
    for (const [kind, values] of Object.entries(expected)) {
      const model = await loadModel(`test/fixtures/quantized/${kind}/model.json`);
      const found = [...((model.predict(x) as { dataSync(): unknown }).dataSync() as Float32Array)];
      assert.ok(
        found.every((value, i) => Math.abs(value - values[i]!) < 1e-6),
        `${kind}: ${found}`,
      );
      model.dispose();
    }
    x.dispose();
  },

  async 'weight files of another size, and weights that cannot be dequantized, are refused'() {
    const quantized = (quantization: unknown) => [
      { ...weight('a/kernel', 3, 2), quantization },
      OF_FIRST[1]!,
    ];
    for (const [weights, numbers, pattern] of [
      [OF_FIRST, 9, /its weights take 32 bytes and its weight files have 36/],
      [OF_FIRST, 7, /its weights take 32 bytes and its weight files have 28/],
      [quantized({ dtype: 'uint8' }), 8, /describes a weight as/],
      [quantized({ dtype: 'uint8', scale: '1', min: 0 }), 8, /describes a weight as/],
      [quantized({ dtype: 'uint16', scale: null, min: 0 }), 8, /describes a weight as/],
      [quantized({ dtype: 'uint8', scale: 1e300, min: 0 }), 8, /describes a weight as/],
      [quantized('uint8'), 8, /describes a weight as/],
    ] as const) {
      await refused(load(sequential(first), weights as never, numbers), pattern);
    }
    const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
    mkdirSync(join(folder, 'weights'));
    const json = { modelTopology: sequential(first), weightsManifest: [{ paths: ['weights'], weights: [] }] };
    writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
    await refused(loadModel(join(folder, 'model.json')), /its weight file "weights" is no file/);
    rmSync(folder, { recursive: true });
  },

  async 'a model.json that is not a layers model is refused in one line'() {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
    const path = join(folder, 'model.json');
    const node = Array.from({ length: 3000 }, (_, i) => ({ name: `node${i}`, op: 'Const', attr: {} }));
    for (const [json, pattern] of [
      [
        { format: 'graph-model', modelTopology: { node }, weightsManifest: [] },
        /: it is a graph model of TensorFlow/,
      ],
      [{ modelTopology: { node, library: {} }, weightsManifest: [] }, /: it is a graph model of TensorFlow/],
      [sequential(first), /: it is a configuration without weights/],
      [{ modelTopology: { a: 'x'.repeat(1e5) } }, /: its JSON has no modelTopology and weightsManifest/],
      [{ modelTopology: { a: 'x'.repeat(1e5) }, weightsManifest: [] }, /: it is a subclassed model/],
    ] as const) {
      writeFileSync(path, JSON.stringify(json));
      await refused(loadModel(path), pattern);
    }
    await assertMessage(
      loadModel(new TextEncoder().encode('{"modelTopology": {}}')),
      /Give the path of the model\.json/,
    );
    rmSync(folder, { recursive: true });
  },

  async 'models written by TensorFlow.js give the same numbers'() {
    await ready();
    const { layers, sequential: model } = require('@tensorflow/tfjs-layers');
    const inner = model({ name: 'features' });
    inner.add(
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'elu', inputShape: [8, 8, 3], name: 'Conv1' }),
    );
    inner.add(layers.separableConv2d({ filters: 5, kernelSize: 3, padding: 'same', name: 'separable' }));
    inner.add(layers.batchNormalization({ name: 'bn_Conv1' }));
    const outer = model({ name: 'outer' });
    outer.add(inner);
    outer.add(layers.leakyReLU({ alpha: 0.2 }));
    outer.add(layers.globalAveragePooling2d({}));
    outer.add(layers.dense({ units: 2, activation: 'hardSigmoid' }));
    const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
    const save = async ({ modelTopology, weightSpecs, weightData }: Record<string, never>) => {
      const json = { modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] };
      writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(weightData!));
      return { modelArtifactsInfo: {} };
    };
    await outer.save({ save });
    const loaded = await loadModel(join(folder, 'model.json'));
    const x = tf().randomUniform([2, 8, 8, 3], -1, 1, 'float32', 5);
    const [expected, found] = [outer.predict(x), loaded.predict(x)].map((y) => [...y.dataSync()] as number[]);
    assert.ok(expected!.every((value, i) => Math.abs(value - found![i]!) < 1e-6));
    rmSync(folder, { recursive: true });
    loaded.dispose();
    x.dispose();
  },

  async 'tensors that others create during loading stay'() {
    await ready();
    const others: { isDisposed: boolean; dispose(): void }[] = [];
    let loading = true;
    const beside = (async () => {
      while (loading) {
        others.push(tf().tensor([1]), tf().variable(tf().tensor([2])));
        await null;
      }
    })();
    const wrong = refused(load(sequential(first), [OF_FIRST[0]!]), /needs 2 weights/);
    const right = load(sequential(first), OF_FIRST);
    await wrong;
    const model = await right;
    loading = false;
    await beside;
    assert.ok(others.length > 4);
    assert.is(others.filter(({ isDisposed }) => isDisposed).length, 0);
    const out = model.predict(tf().ones([1, 3]) as never) as { dataSync(): Float32Array };
    // Columns 0, 2/8, 4/8 and 1/8, 3/8, 5/8, plus the biases 6/8 and 7/8.
    assert.equal([...out.dataSync()], [1.5, 2]);
    for (const one of others) one.dispose();
    model.dispose();
  },

  async 'optimizer state is skipped, and initializers do not run'() {
    await ready();
    const optimizer = { ...weight('Adam/m', 3), group: 'optimizer' };
    const started = performance.now();
    // As an orthogonal matrix it would take minutes.
    const layer = dense({
      name: 'a',
      units: 1000,
      batch_input_shape: [null, 1000],
      kernel_initializer: { class_name: 'Orthogonal', config: {} },
    });
    const weights = [optimizer, weight('a/kernel', 1000, 1000), weight('a/bias', 1000)];
    const model = await load(sequential(layer), weights, 3 + 1000 * 1000 + 1000);
    assert.ok(performance.now() - started < PATIENCE);
    const [kernel] = (model.layers[0] as unknown as { weights: { read(): { dataSync(): Float32Array } }[] })
      .weights;
    assert.equal([...kernel!.read().dataSync().slice(0, 2)], [3 / 8, 4 / 8]);
    model.dispose();
  },
});
