import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { predict } from '../../../src/keras/run/predict';
import { ready, tf } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { layer, model } from './configurations';
import { edited, keras } from './models';
import { refuses } from './refuses';

suite('keras/safety/settings', {
  async 'settings that Keras cannot have written are refused'() {
    const wrong = (className: string, config: object) =>
      keras(model([layer(className, 'a', 'x', config)], 'a'));
    await refuses(
      wrong('Dense', { units: -2 }),
      /layer "a": its units is -2 and should be a whole number above 0/,
    );
    // Found by changing configurations: it was taken as not a number, and gave other maps each time.
    await refuses(
      wrong('DepthwiseConv1D', { kernel_size: 1, dilation_rate: 'Dot' }),
      /its dilation_rate is "Dot"/,
    );
    await refuses(wrong('Conv1D', { filters: 1, kernel_size: [2], strides: [0] }), /its strides is \[0\]/);
    await refuses(wrong('UpSampling2D', { size: [2, 3, 2] }), /its size has 3 numbers for 2 axes/);
    await refuses(
      wrong('DepthwiseConv1D', { kernel_size: [3], strides: [2 ** 32] }),
      /its strides is \[4294967296\] and should be a whole number above 0 and below 2\^31/,
    );
    await refuses(
      wrong('MaxPooling2D', { pool_size: 65536 }),
      /its pool_size is 65536 and should be .* below 2\^15/,
    );
    await refuses(
      wrong('Conv2D', { filters: 1, kernel_size: [2, 2] }),
      /needs an input of 4 axes and gets one of shape \[any, 4\]/,
    );
    // Found so as well: it was taken as 0. Keras refuses it.
    const operation = { ...layer('ExpandDims', 'e', 'x', { axis: '' }), module: 'keras.src.ops.numpy' };
    await refuses(keras(model([operation], 'e')), /layer "e": its axis is "" and should be a whole number/);
    await refuses(
      wrong('GroupNormalization', { groups: 3 }),
      /has 3 groups, which do not divide its 4 channels/,
    );
    // TensorFlow.js refuses the weight's name when its tensor is made already.
    await refuses(keras(model([layer('Dense', '__proto__', 'x', { units: 2 })], '__proto__')), /"__proto__"/);
    // Found so as well: wasm wrote past the end of a map whose margins, axes or window are of other axes.
    await refuses(
      wrong('ZeroPadding2D', { padding: [[1, 1]] }),
      /its padding is \[\[1,1\]\] and should be a number or a pair for each of 2 axes/,
    );
    await refuses(wrong('Cropping1D', { cropping: [1, 1, 1] }), /its cropping is .* for each of 1 axes/);
    await refuses(wrong('Permute', { dims: [1, 1] }), /its axes are \[0,1,1\], one of them twice/);
    await refuses(wrong('Permute', { dims: [] }), /its order of axes is \[0\] and there are 2 axes/);
    await refuses(wrong('LayerNormalization', { axis: [7] }), /its axis is 7 and there are 2 axes/);
    await refuses(edited('functional', /"batch_shape": \[[^\]]*\]/, '"batch_shape": []'), /has no shape/);
    const cell = { class_name: 'Own', config: {} };
    await refuses(wrong('RNN', { cell }), /layer "a" runs a cell of class Own, which is not supported/);
    await refuses(wrong('RNN', {}), /layer "a" has no cell/);
  },

  async 'a picture that is cropped to less than a pixel is one pixel wide, as in Keras'() {
    await ready();
    const before = tf().memory().numTensors;
    const ramp = tf().tidy(() => tf().reshape(tf().range(0, 7 * 8 * 4), [1, 7, 8, 4]));
    for (const name of ['center_crop', 'resizing_crop']) {
      const flat = await loadModel(edited(name, /"height": \d+/, '"height": 831'));
      const { data, shape } = (await predict(flat, ramp))[0]!;
      assert.equal(shape, [1, 831, 5, 4]);
      // Keras 3.15.1 on the same picture, by both layers.
      for (const [row, value] of [
        [0, 12],
        [100, 23.090253829956055],
        [415, 108.00000762939453],
        [830, 204],
      ] as const) {
        for (const column of [0, 4]) {
          const found = data[(row * 5 + column) * 4]!;
          assert.ok(Math.abs(found - value) <= 1e-4, `${name}, row ${row}, column ${column}: ${found}`);
        }
      }
      flat.dispose();
    }
    ramp.dispose();
    assert.is(tf().memory().numTensors, before);
  },
});
