import * as assert from 'uvu/assert';
import { ModelError } from '../../../src/errors';
import { loadModel } from '../../../src/keras/load';
import { predict } from '../../../src/keras/run/predict';
import { ready, tf } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { PATIENCE } from '../../until';
import { layer, model, operation, tensor } from './configurations';
import { edited, keras } from './models';
import { refuses } from './refuses';

suite('keras/safety/memory', {
  async 'shapes of operations are computed without allocating the tensors'() {
    await ready();
    const huge = {
      class_name: 'InputLayer',
      name: 'x',
      config: { name: 'x', batch_shape: [null, 16384, 16384] },
      inbound_nodes: [],
    };
    for (const [name, config] of [
      ['Sort', { axis: -1 }],
      ['Cumsum', { axis: 1 }],
      ['Normalize', { axis: -1 }],
      ['Flip', { axis: 1 }],
      ['Argmax', { axis: 2 }],
      ['Unstack', { axis: 1 }],
      ['Split', { indices_or_sections: 16384, axis: 1 }],
    ] as const) {
      const before = process.memoryUsage().rss;
      const started = performance.now();
      // The file's weights belong to none of these layers.
      const whole = model([operation(name, 'op', config, tensor('x'))], 'op');
      whole.config.layers[0] = huge;
      await refuses(keras(whole), /which no layer needs|parts of a tensor/);
      assert.ok(process.memoryUsage().rss - before < 300e6, name);
      assert.ok(performance.now() - started < PATIENCE, name);
    }
  },

  async 'a size computed by a model is limited to the size of a map'() {
    await ready();
    const told = async (file: Buffer, shape: number[], name: string) => {
      const hostile = await loadModel(file);
      const x = tf().ones(shape);
      const error = await predict(hostile, x, { layers: [name] }).catch((thrown) => thrown);
      x.dispose();
      hostile.dispose();
      assert.instance(error, ModelError);
      return error.message;
    };
    const factor = /(getitem_1", 0, 0, \{"y": )2\b/;
    assert.match(
      await told(edited('sizes_of_tf_keras', factor, '$12000000000'), [1, 8, 8, 3], 'tf.image.resize_1'),
      /the operation Resize: its size is \[8000000000,5\], more than a picture's maps/,
    );
    // Each of them alone would do.
    const sides = /(getitem_1", 0, 0, \{"y": )2\b([\s\S]*"size": )\["tf\.stack", 0, 0\]/;
    const side = '["tf.math.multiply", 0, 0]';
    assert.match(
      await told(
        edited('sizes_of_tf_keras', sides, `$1100000$2[${side}, ${side}]`),
        [1, 8, 8, 3],
        'tf.image.resize_1',
      ),
      /the operation Resize: its size is \[400000,400000\], more than a picture's maps/,
    );
  },

  async 'a model of hundreds of gigabytes is refused before memory is allocated'() {
    const dense = layer('Dense', 'd', 'x', { units: 1e11 });
    const before = process.memoryUsage().rss;
    await refuses(keras(model([dense], 'd')), /layer "d"/);
    assert.ok(process.memoryUsage().rss - before < 300e6);
  },

  async 'thousands of layers are refused before or after they are connected, in bounded memory'() {
    const chain = (count: number) =>
      Array.from({ length: count }, (_, i) => layer('ReLU', `r${i}`, i ? `r${i - 1}` : 'x'));
    const before = process.memoryUsage().rss;
    await refuses(keras(model(chain(5000), 'r4999')), /more than 5000 layers/);
    const unknown = [...chain(4900), layer('Nope', 'nope', 'r4899')];
    await refuses(keras(model(unknown, 'nope')), /layer "nope" is a Nope/);
    assert.ok(process.memoryUsage().rss - before < 300e6);
  },

  async 'layers with huge maps or huge tables are refused before memory is allocated'() {
    const before = process.memoryUsage().rss;
    const input = { name: 'x', batch_shape: [null, 8, 8, 3] };
    for (const [className, config] of [
      ['UpSampling2D', { size: [100000, 100000], interpolation: 'bilinear' }],
      [
        'ZeroPadding2D',
        {
          padding: [
            [1e8, 1e8],
            [1e8, 1e8],
          ],
        },
      ],
      ['Resizing', { height: 1e6, width: 1e6, interpolation: 'bilinear' }],
      ['Embedding', { input_dim: 1e9, output_dim: 1e6 }],
      ['Reshape', { target_shape: [-1, 1] }],
    ] as const) {
      const whole = model([layer(className, 'a', 'x', config)], 'a');
      whole.config.layers[0] = { class_name: 'InputLayer', name: 'x', config: input, inbound_nodes: [] };
      await refuses(keras(whole), /no layer needs|needs 1 weights/);
      assert.ok(process.memoryUsage().rss - before < 300e6, className);
    }
  },
});
