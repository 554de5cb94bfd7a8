import * as assert from 'uvu/assert';
import { DEFINITIONS } from '../../src/keras/layers/registry';
import { loadModel } from '../../src/keras/load';
import type { Tensor } from '../../src/keras/model';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { allCases, cases, check, close, FOLDER, type Values } from './cases';

suite('keras/messages', {
  async 'a difference from Keras is reported once per model, whatever else is loaded'() {
    await ready();
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => void said.push(text);
    try {
      for (const file of [
        'mixed.keras',
        'float16.h5',
        'bfloat16.keras',
        'channels_first.h5',
        'channels_first.keras',
      ])
        (await loadModel(`${FOLDER}/${file}`)).dispose();
    } finally {
      console.warn = warn;
    }
    assert.equal(said, [
      'This model uses 16-bit floats; it is computed in float32.',
      'This channels_first model runs as channels_last; its activations have channels last.',
    ]);
  },
});

suite('keras/layers', allCases());

suite('keras/channels-first', {
  async 'a channels_first model is transposed once, and back for outputs that are maps'() {
    await ready();
    const { inputs, outputs } = cases.find(({ name }) => name === 'channels_first')!;
    const model = await loadModel(`${FOLDER}/channels_first.keras`);
    const permutes = model.layers.filter((layer) => layer.getClassName() === 'Permute');
    assert.equal(
      permutes.map(({ name }) => name),
      ['x_channels_last', 'average_pooling2d_channels_first'],
    );
    const x = tf().tensor(inputs[0]!.data, inputs[0]!.shape, 'float32');
    const names = ['average_pooling2d', 'average_pooling2d_channels_first'];
    const [last, first] = await predict(model, x, { layers: names });
    // Keras's output of the pooling: two pictures, four channels.
    const [, , { shape, data }] = outputs as [Values, Values, Values];
    const [batch, channels, height, width] = shape as [number, number, number, number];
    assert.equal(last!.shape, [batch, height, width, channels]);
    close(first!.data, first!.shape, outputs[2]!, 'pooling');
    const at = (c: number, y: number, z: number) => data[(c * height + y) * width + z]!;
    for (let c = 0; c < channels; c++)
      assert.ok(Math.abs(last!.data[(1 * width + 2) * channels + c]! - at(c, 1, 2)) < 1e-5);
    x.dispose();
    model.dispose();
  },
});

const keras2 = cases.find(({ name }) => name === 'keras2')!;

suite(
  'keras/hdf5',
  Object.fromEntries(
    ['gzip', 'float64', 'big_endian', 'latest'].map((way) => [
      `the same model, stored in another way of HDF5 (${way}), gives the same numbers`,
      () => check(keras2, `stored_${way}.h5`),
    ]),
  ),
);

suite('keras/weights', {
  async 'new weights take effect at once, also where tensors are prepared from them'() {
    await ready();
    const model = await loadModel(`${FOLDER}/batch_normalization.keras`);
    const [layer] = model.layers as unknown as [{ setWeights(weights: unknown[]): void }];
    const x = tf().ones([1, 7, 8, 4]);
    await predict(model, x, { layers: [-1] });
    const before = tf().memory().numTensors;
    tf().tidy(() => layer.setWeights([tf().fill([4], 3), tf().fill([4], -1), tf().fill([4], 3.99)]));
    const [activation] = await predict(model, x, { layers: [-1] });
    // No gamma; beta 3, mean -1, variance 3.99, epsilon 0.01: (1 + 1) / 2 + 3.
    assert.ok(activation!.data.every((value) => Math.abs(value - 4) < 1e-6));
    assert.is(tf().memory().numTensors, before);
    model.dispose();
    x.dispose();
  },

  async 'a model has gradients to its input'() {
    await ready();
    const model = await loadModel(`${FOLDER}/dense_on_map.keras`);
    const x = tf().ones([1, 7, 8, 4]) as never;
    const sum = (input: never) => tf().sum(model.predict(input) as never) as never;
    const gradient: Tensor = tf().grad(sum as never)(x);
    const step = 0.05;
    const at = (value: number) => (sum(tf().fill([1, 7, 8, 4], value) as never) as Tensor).dataSync()[0]!;
    const slope = (at(1 + step) - at(1 - step)) / (2 * step);
    const total = (gradient.dataSync() as Float32Array).reduce((all, value) => all + value, 0);
    assert.ok(Math.abs(total - slope) < 1e-2 * Math.abs(slope), `${total} for ${slope}`);
    model.dispose();
  },

  async 'recurrent layers have gradients, and the same outputs with and without them'() {
    await ready();
    for (const name of ['simple_rnn', 'lstm', 'lstm_backwards', 'gru', 'gru_reset_before', 'bidirectional']) {
      const { inputs, outputs } = cases.find((one) => one.name === name)!;
      const model = await loadModel(`${FOLDER}/${name}.keras`);
      const x = tf().tensor(inputs[0]!.data, inputs[0]!.shape);
      let seen: Tensor | undefined;
      const sum = (input: Tensor) => {
        const y = model.predict(input) as Tensor;
        seen = tf().keep(tf().clone(y as never)) as Tensor;
        return tf().sum(y as never);
      };
      const gradient = tf().grad(sum as never)(x as never);
      close(seen!.dataSync() as Float32Array, seen!.shape, outputs[0]!, name);
      const step = 0.01;
      const at = (shift: number) => sum(tf().add(x, shift) as never).dataSync()[0]!;
      const slope = (at(step) - at(-step)) / (2 * step);
      const total = tf().sum(gradient).dataSync()[0]!;
      assert.ok(Math.abs(total - slope) < 1e-2 * Math.abs(slope), `${name}: ${total} for ${slope}`);
      model.dispose();
    }
  },
});

suite('keras/registry', {
  'every layer class of TensorFlow.js is supported, except cells'() {
    const { layers } = require('@tensorflow/tfjs-layers');
    const classes = tf().serialization.SerializationMap.getMap().classNameMap;
    const names = Object.entries(classes)
      .filter(([, [made]]) => (made as { prototype: object }).prototype instanceof layers.Layer)
      .map(([name]) => name);
    assert.ok(names.length > 60);
    const missing = names.filter((name) => !Object.hasOwn(DEFINITIONS, name));
    // Models and inputs are no layers here; cells live inside their layer.
    const apart = ['Model', 'Functional', 'Sequential', 'InputLayer', 'StackedRNNCells'];
    assert.equal(
      missing.filter((name) => !apart.includes(name) && !name.endsWith('Cell')),
      [],
    );
  },
});
