import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { tf } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { storedEntries, zip } from '../file/zip-writer';
import { layer, model } from './configurations';
import { edited, keras, replaced } from './models';
import { refuses } from './refuses';

suite('keras/safety/graph', {
  async 'cycles, dangling references and deep nesting are errors'() {
    const circle = [layer('ReLU', 'a', 'b'), layer('ReLU', 'b', 'a')];
    await refuses(
      keras(model(circle, 'b')),
      /gets an input that nothing in the file makes, or its own output/,
    );
    await refuses(keras(model([layer('ReLU', 'a', 'nowhere')], 'a')), /layer "a" gets an input that nothing/);
    await refuses(keras(model([layer('ReLU', 'a', 'x')], 'z')), /its output "z" is not in the file/);
    await refuses(keras('['.repeat(1e6)), /nested too deeply/);
    await refuses(keras('{"class_name": '), /its configuration is not JSON/);
    let deep: unknown = layer('ReLU', 'a', 'x');
    for (let i = 0; i < 100; i++)
      deep = { class_name: 'Sequential', name: `s${i}`, config: { name: `s${i}`, layers: [deep] } };
    await refuses(keras(deep), /nested too deeply/);
  },

  async 'shapes that Keras refuses and layers without a path to an output are errors (found by fuzzing)'() {
    await refuses(
      keras(model([layer('Resizing', 'a', 'x', { height: 2, width: 2 })], 'a')),
      /\(Resizing\) needs an input of 4 axes/,
    );
    // Keras 3.15.1: "expected shape=(None, 8, 8, 4), found shape=(None, 1, 1, 4)".
    await refuses(
      edited('functional', /("name": "first"[\s\S]*?"strides": )\[1, 1\]/, '$1[9, 9]'),
      /the model "deep" needs an input of shape \[any, 8, 8, 4\] and gets one of \[any, 1, 1, 4\]/,
    );
    await refuses(
      edited(
        'training_of_tf_keras',
        /("name": "plain"[\s\S]*?"batch_input_shape": \[null, 4, 5, 3)\]/,
        '$1, null]',
      ),
      /the model "plain" needs an input of shape \[any, 4, 5, 3, any\] and gets one of \[any, 4, 5, 3\]/,
    );

    // Keras cannot read it either; its layers would lead nowhere, and their weights stay.
    await refuses(edited('masked', /\["dense", 0, 0\]\]/, 'null]'), /its inputs or outputs hold null/);
    const before = tf().memory().numTensors;
    const shorter = await loadModel(edited('masked', /, \["dense", 0, 0\]\]/, ']'));
    shorter.dispose();
    assert.is(tf().memory().numTensors, before, 'of layers that lead to no output');
  },

  'layers that do not fit together are refused in our words, not in those of TensorFlow.js': async () => {
    const entries = storedEntries(readFileSync('test/fixtures/keras/functional.keras'));
    const config = entries.find(({ name }) => name === 'config.json')!;
    config.data = replaced(
      config.data,
      '"input_layers": [["a", 0, 0], ["b", 0, 0]]',
      '"input_layers": [["b", 0, 0]]',
    );
    await refuses(zip(entries), /its layers do not fit together \(Graph disconnected/);
  },
});
