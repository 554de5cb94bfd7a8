import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/errors';
import { loadModel } from '../../src/keras/load';
import { predict } from '../../src/keras/run/predict';
import { summaryText } from '../../src/keras/summary';
import { tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';

const FILES = [
  'notebooks/dogcat_v1.h5',
  'test/fixtures/dogcat_v1_keras3.h5',
  'test/fixtures/dogcat_v1.keras',
];

/** Keras 3.15.1's sums of each layer's output for the input below. */
const SUMS: [layer: string, shape: number[], sum: number][] = [
  ['conv2d_1', [1, 148, 148, 16], 48217.848972301465],
  ['max_pooling2d_1', [1, 74, 74, 16], 35233.90812385082],
  ['conv2d_2', [1, 72, 72, 32], 4382.564884478226],
  ['max_pooling2d_2', [1, 36, 36, 32], 1512.3628200534731],
  ['conv2d_3', [1, 34, 34, 64], 19952.745063134993],
  ['global_average_pooling2d_1', [1, 64], 17.26016030088067],
  ['dropout_1', [1, 64], 17.26016030088067],
  ['dense_1', [1, 32], 20.195575643330812],
  ['dense_2', [1, 1], 0.013407070189714432],
];

function input() {
  const size = 150 * 150 * 3;
  return tf().tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 1009) / 1009),
    [1, 150, 150, 3],
  );
}

async function refuses(source: Parameters<typeof loadModel>[0], pattern: RegExp) {
  try {
    await loadModel(source);
  } catch (error) {
    assert.instance(error, ModelError);
    assert.match((error as Error).message, pattern);
    return;
  }
  assert.unreachable('it was loaded');
}

suite('keras/load', {
  async 'the tutorial’s model gives Keras’s numbers from all three formats'() {
    for (const file of FILES) {
      const model = await loadModel(file);
      const x = input();
      const before = tf().memory().numTensors;
      const activations = await predict(model, x, { layers: model.layers });
      assert.is(tf().memory().numTensors, before);
      assert.is(activations.length, SUMS.length);
      SUMS.forEach(([layer, shape, sum], i) => {
        assert.is(activations[i]!.layer, layer);
        assert.equal(activations[i]!.shape, shape);
        const got = activations[i]!.data.reduce((total, value) => total + value, 0);
        assert.ok(Math.abs(got - sum) <= 2e-6 * Math.abs(sum), `${file} ${layer}: ${got} for ${sum}`);
      });
      model.dispose();
      x.dispose();
    }
  },

  async 'bytes and file URLs load like paths, and disposing a model frees everything'() {
    const before = tf().memory().numTensors;
    for (const source of [readFileSync(FILES[0]!), pathToFileURL(FILES[2]!), pathToFileURL(FILES[0]!).href]) {
      const model = await loadModel(source);
      assert.is(model.countParams(), 25697);
      model.dispose();
    }
    // Layers that are called twice, and those of models inside of models, which TensorFlow.js would keep.
    for (const name of ['shared', 'functional', 'keras2']) {
      const model = await loadModel(`test/fixtures/keras/${name}.h5`);
      assert.ok(tf().memory().numTensors > before);
      model.dispose();
      assert.is(tf().memory().numTensors, before, name);
    }
  },

  async 'a file that is not a model is refused with the reason'() {
    await refuses('nowhere.h5', /^Cannot load nowhere\.h5: there is no such file/);
    await refuses('test', /it is a folder/);
    for (const address of ['https://example.com/x.h5', new URL('https://example.com/x.h5')])
      await refuses(address, /^Cannot load https:\/\/example\.com\/x\.h5: .*nothing from the network/);
    await refuses('notebooks/cat.jpg', /neither an HDF5 file .* nor a Keras archive/);
    await refuses(new Uint8Array(0), /neither an HDF5 file/);
  },

  async 'the summary has Keras’s rows and totals'() {
    const model = await loadModel(FILES[0]!);
    const text = summaryText(model);
    for (const line of [
      /│ conv2d_1 \(Conv2D\) +│ \(None, 148, 148, 16\) │ +448 │/,
      /│ dense_2 \(Dense\) +│ \(None, 1\) +│ +33 │/,
      / Total params: 25,697 \(100\.38 KB\)/,
      / Non-trainable params: 0 \(0\.00 B\)/,
    ]) {
      assert.match(text, line);
    }
    model.dispose();
  },
});
