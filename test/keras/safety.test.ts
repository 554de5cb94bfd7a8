import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/errors';
import { loadModel } from '../../src/keras/load';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { deflated, storedEntries, zip } from './file/zip-writer';

const KERAS = readFileSync('test/fixtures/dogcat_v1.keras');
const H5 = readFileSync('notebooks/dogcat_v1.h5');
const PATIENCE = 5000;

/** The load ends within five seconds with a ModelError of that text, and leaves no tensor. */
async function refuses(bytes: Uint8Array, pattern: RegExp, options = {}): Promise<void> {
  await ready();
  const before = tf().memory().numTensors;
  const started = performance.now();
  let error: unknown;
  try {
    (await loadModel(bytes, options)).dispose();
  } catch (caught) {
    error = caught;
  }
  assert.instance(error, ModelError, `${error}`);
  assert.match((error as Error).message, pattern);
  assert.match((error as Error).message, /^Cannot load the model: /);
  assert.ok(performance.now() - started < PATIENCE);
  assert.is(tf().memory().numTensors, before);
}

/** Replaces text by other text of the same length, wherever it is: lengths and offsets stay right. */
function replaced(source: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(source);
  const target = to.padEnd(from.length);
  assert.is(target.length, from.length);
  let at = copy.indexOf(from);
  assert.ok(at >= 0, `${from} is in the file`);
  for (; at >= 0; at = copy.indexOf(from, at + 1)) copy.write(target, at, 'latin1');
  return copy;
}

function keras(config: unknown, weights = Buffer.from('')): Buffer {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return zip([
    { name: 'metadata.json', data: Buffer.from('{"keras_version": "3.15.1"}') },
    { name: 'config.json', data: Buffer.from(text) },
    { name: 'model.weights.h5', data: weights.length ? weights : weightsOf(KERAS) },
  ]);
}

/** The weights of the tutorial's .keras, which Keras stores uncompressed and last. */
function weightsOf(file: Buffer): Buffer {
  const start = file.indexOf('\x89HDF\r\n\x1a\n', 0, 'latin1');
  return file.subarray(start, start + Number(file.readBigUInt64LE(start + 40)));
}

/** A model that Keras saved, with its configuration's text changed. */
function edited(name: string, from: string | RegExp, to: string): Buffer {
  const entries = storedEntries(readFileSync(`test/fixtures/keras/${name}.keras`));
  return zip(
    entries.map((entry) => {
      if (entry.name !== 'config.json') return entry;
      const text = entry.data.toString().replace(from, to);
      assert.is.not(text, entry.data.toString(), 'nothing was changed');
      return { ...entry, data: Buffer.from(text) };
    }),
  );
}

const input = {
  class_name: 'InputLayer',
  name: 'x',
  config: { name: 'x', batch_shape: [null, 4] },
  inbound_nodes: [],
};
const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [name, 0, 0] },
});
const layer = (class_name: string, name: string, from: string, config = {}) => ({
  class_name,
  module: 'keras.layers',
  name,
  config: { name, ...config },
  inbound_nodes: [{ args: [tensor(from)], kwargs: {} }],
});
const operation = (class_name: string, name: string, config: object, ...args: unknown[]) => ({
  class_name,
  module: 'keras.src.ops.numpy',
  name,
  config: { name, ...config },
  inbound_nodes: [{ args, kwargs: {} }],
});
const model = (layers: unknown[], last: string) => ({
  class_name: 'Functional',
  config: {
    name: 'm',
    layers: [input, ...layers],
    input_layers: [['x', 0, 0]],
    output_layers: [[last, 0, 0]],
  },
});

suite('keras/safety', {
  async 'shapes of operations are found without memory, however large the tensors'() {
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
      assert.ok(performance.now() - started < 60_000, name);
    }
  },

  async 'code is refused with the layer’s name and what to do'() {
    const lambda = layer('Lambda', 'mine', 'x', {
      function: { class_name: '__lambda__', config: { code: '4wEA' } },
    });
    await refuses(keras(model([lambda], 'mine')), /layer "mine" is a Lambda: Python code.*registerLayer/);
    const own = { ...layer('Scale', 'odd', 'x'), module: 'mine', registered_name: 'package>Scale' };
    await refuses(keras(model([own], 'odd')), /layer "odd" is a Scale.*registerLayer\('Scale'/);
    await refuses(
      keras({ class_name: 'MyNet', config: {} }),
      /subclassed model: class MyNet, which is Python code/,
    );
    const act = layer('Activation', 'a', 'x', {
      activation: { class_name: 'function', config: 'evil', registered_name: 'p>evil' },
    });
    await refuses(keras(model([act], 'a')), /layer "a" has the activation "evil"/);
  },

  async 'a missing, an extra and a misshapen weight are refused'() {
    await refuses(
      keras(model([layer('Flatten', 'f', 'x')], 'f')),
      /has the weight layers\/.* which no layer needs/,
    );
    await refuses(
      keras(model([layer('BatchNormalization', 'b', 'x')], 'b')),
      /needs 4 weights and the file has 0/,
    );
    await refuses(
      replaced(H5, '"filters": 32', '"filters": 31'),
      /has shape \[3, 3, 16, 32\]; \[3, 3, 16, 31\] is needed/,
    );
  },

  async 'circles, loose ends and depth end in an error'() {
    const circle = [layer('ReLU', 'a', 'b'), layer('ReLU', 'b', 'a')];
    await refuses(
      keras(model(circle, 'b')),
      /gets an input that nothing in the file makes, or its own output/,
    );
    await refuses(keras(model([layer('ReLU', 'a', 'nowhere')], 'a')), /layer "a" gets an input that nothing/);
    await refuses(keras(model([layer('ReLU', 'a', 'x')], 'z')), /its output "z" is not in the file/);
    await refuses(keras('['.repeat(1e6)), /nested too deeply/);
    await refuses(keras('{"class_name": '), /its configuration is no JSON/);
    let deep: unknown = layer('ReLU', 'a', 'x');
    for (let i = 0; i < 100; i++)
      deep = { class_name: 'Sequential', name: `s${i}`, config: { name: `s${i}`, layers: [deep] } };
    await refuses(keras(deep), /nested too deeply/);
  },

  async 'a zip that lies or leads elsewhere is refused'() {
    const data = Buffer.from('x');
    await refuses(zip([{ name: '../evil.json', data }]), /evil\.json/);
    await refuses(zip([{ name: '/etc/evil', data }]), /evil/);
    await refuses(zip([{ name: 'config.json', data, size: 5000 }]), /damaged|truncated|declares/);
    await refuses(zip([{ name: 'config.json', data }]), /without config\.json and model\.weights\.h5/);
    const flipped = Buffer.from(KERAS);
    flipped[KERAS.length >> 1]! ^= 1;
    await refuses(flipped, /"model\.weights\.h5" does not have the checksum/);
    (await loadModel(deflated(storedEntries(KERAS)))).dispose();
    await refuses(KERAS, /above the limit of 1000\. Raise \{ maxBytes \}/, { maxBytes: 1000 });
    // The largest array takes 73,728 bytes, all of them 102,788: the limit is for the whole file.
    await refuses(H5, /take \d+ bytes, above the limit of 100000/, { maxBytes: 100_000 });
  },

  async 'an entry that unpacks to more than it declares, or than may be, is never unpacked whole'() {
    const data = deflateRawSync(Buffer.alloc(300e6));
    const before = process.memoryUsage().rss;
    const weights = { name: 'model.weights.h5', data, method: 8 };
    await refuses(zip([{ ...weights, size: 1000 }]), /does not unpack to its declared size/);
    await refuses(
      zip([{ ...weights, size: 300e6 }]),
      /declares 300000000 bytes, above the limit of 1000000/,
      {
        maxBytes: 1e6,
      },
    );
    // 1,000 times smaller than it declares to be, as zeros are and weights are not.
    await refuses(zip([{ ...weights, size: 300e6 }]), /declares 300000000 bytes in \d+, as no model/);
    await refuses(zip([{ ...weights, size: 0xfffffff0 }]), /damaged|above the limit|as no model/, {
      maxBytes: 2 ** 31,
    });
    assert.ok(process.memoryUsage().rss - before < 100e6);
  },

  async 'an HDF5 file with a weight that is missing, left over, elsewhere or too large is refused'() {
    for (const [change, pattern] of [
      ['missing', /the weight conv2d_1\/bias:0 of layer "conv2d_1" is missing/],
      ['extra', /needs 2 weights and the file has 3/],
      ['swapped', /layer "dense_1" needs its kernel, and the file has .*bias:0 in its place/],
      ['external_link', /bias:0" is a link to another place, which is never followed/],
      ['circle', /damaged/],
      ['external_numbers', /the numbers of .*bias:0 cannot be read|cannot make sense/],
      ['huge', /take \d+ bytes, above the limit of 4294967296/],
      ['bomb', /take \d+ bytes, above the limit of 4294967296/],
    ] as const) {
      await refuses(readFileSync(`test/fixtures/keras/hostile_${change}.h5`), pattern);
    }
  },

  'loading works, and refuses, where nothing may be written and no program started'() {
    const files = ['functional.keras', 'keras2.h5', 'hostile_external_numbers.h5', 'hostile_bomb.h5'];
    const script = `
      const { loadModel } = require('./dist/src/keras/load');
      const { writeFileSync } = require('node:fs');
      (async () => {
        const told = [];
        for (const file of ${JSON.stringify(files)})
          told.push(await loadModel('test/fixtures/keras/' + file).then(() => 'loaded', ({ name }) => name));
        try { writeFileSync('out/written', ''); told.push('written'); } catch ({ code }) { told.push(code); }
        console.log(told.join());
      })();`;
    const named = process.allowedNodeEnvironmentFlags.has('--permission');
    const permissions = [
      named ? '--permission' : '--experimental-permission',
      '--allow-fs-read=*',
      '--allow-worker',
    ];
    const { stdout, stderr } = spawnSync(process.execPath, [...permissions, '-e', script], {
      env: { ...process.env, CONVLENS_BACKEND: 'wasm', NODE_OPTIONS: '' },
      encoding: 'utf8',
    });
    assert.is(stdout.trim(), 'loaded,loaded,ModelError,ModelError,ERR_ACCESS_DENIED', stderr);
  },

  async 'numbers that no Keras wrote are refused, not computed with'() {
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
    await refuses(wrong('LSTM', { units: 2, return_state: true }), /layer "a".*returns its states/);
  },

  async 'found by changing configurations: shapes that Keras refuses, and a layer that leads to no output'() {
    await refuses(
      keras(model([layer('Resizing', 'a', 'x', { height: 2, width: 2 })], 'a')),
      /\(Resizing\) needs an input of 4 axes/,
    );
    // Keras 3.15.1: "expected shape=(None, 8, 8, 4), found shape=(None, 1, 1, 4)".
    await refuses(
      edited('functional', /("name": "first"[\s\S]*?"strides": )\[1, 1\]/, '$1[9, 9]'),
      /the model "deep" is made for an input of shape \[any, 8, 8, 4\] and gets one of \[any, 1, 1, 4\]/,
    );
    await refuses(
      edited(
        'training_of_tf_keras',
        /("name": "plain"[\s\S]*?"batch_input_shape": \[null, 4, 5, 3)\]/,
        '$1, null]',
      ),
      /the model "plain" is made for an input of shape \[any, 4, 5, 3, any\] and gets one of \[any, 4, 5, 3\]/,
    );

    // Keras cannot read it either; its layers would lead nowhere, and their weights stay.
    await refuses(edited('masked', /\["dense", 0, 0\]\]/, 'null]'), /its inputs or outputs hold null/);
    const before = tf().memory().numTensors;
    const shorter = await loadModel(edited('masked', /, \["dense", 0, 0\]\]/, ']'));
    shorter.dispose();
    assert.is(tf().memory().numTensors, before, 'of layers that lead to no output');
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

  async 'a size that a model computes is not larger than a map can be'() {
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

  async 'an argument of a layer that is not known, or given in several ways, is refused by name'() {
    await refuses(
      edited('given_masks', '"mask": {', '"weight": {'),
      /layer "both_ways" \(Bidirectional\) is called with the argument weight, which convlens does not know/,
    );
    await refuses(
      edited('given_states_of_keras', '"initial_state": [{', '"initial_state": [0.5, {'),
      /layer "lstm" \(LSTM\) is called with more than tensors as its initial_state/,
    );
    await refuses(
      keras(model([layer('MultiHeadAttention', 'a', 'x', { num_heads: 2, key_dim: 3 })], 'a')),
      /layer "a" needs a query and a value of as many axes, 3 or more, .* gets \[any, 4\]/,
    );
    await refuses(
      edited(
        'given_masks',
        /("name": "global_average_pooling1d", "inbound_nodes": \[\{"args": \[.*?), (\{"class_name".*?\}\})\]/,
        '$1, [$2, $2]]',
      ),
      /"global_average_pooling1d" .* is called with 2 masks for 1 inputs/,
    );
    const once = '[[["x", 0, 0, {"training": true}]]]';
    await refuses(
      edited('training_of_tf_keras', once, '[[["x", 0, 0, {"training": true}]], [["x", 0, 0, {}]]]'),
      /layer "by_batch" \(BatchNormalization\) is called several times with other arguments/,
    );
    const states = '["x", 0, 0, {}], ["c", 0, 0, {}]';
    const loaded = await loadModel(edited('given_states_of_tf_keras', states, `${states}, ["h", 0, 0, {}]`));
    const inputs = loaded.inputs.map(({ shape }) => tf().ones([1, ...(shape.slice(1) as number[])]));
    const error = await predict(loaded, inputs as never, { layers: ['simple_rnn'] }).catch(
      (thrown) => thrown,
    );
    assert.instance(error, ModelError);
    assert.match(
      error.message,
      /starts with states of shape \[1, 3\], \[1, 3\], and has 1 of shape \[1, 3\]/,
    );
    loaded.dispose();
    tf().dispose(inputs);
  },

  async 'an operation that nobody knows, or with an argument or a size that is none, is refused by name'() {
    for (const [name, config, args, words] of [
      ['Svd', { full_matrices: true }, [], /layer "o" is the operation Svd, which convlens does not know/],
      ['Einsum', { subscripts: 'ab->a' }, [1], /the operation Einsum: its equation "ab->a" is none of two/],
      [
        'Einsum',
        { subscripts: 'ab,bc->ad' },
        [[[1]]],
        /its equation "ab,bc->ad" is none of two tensors of 2/,
      ],
      ['Norm', { ord: 'nuc' }, [], /the operation Norm: its ord is "nuc"/],
      ['Mean', { axis: 1, where: 0 }, [], /the operation Mean with the argument where, which convlens/],
      ['Add', {}, [1, 2], /the operation Add with the argument argument 3/],
      [
        'Pad',
        { pad_width: [[0, 0], [1]] },
        [],
        /the operation Pad: its margins are \[\[0,0\],\[1\]\] for 2 axes/,
      ],
      ['Pad', { pad_width: 1, mode: 'wrap' }, [], /the operation Pad: it pads by mode "wrap"/],
      ['Split', { indices_or_sections: 3, axis: 1 }, [], /an axis of 4 cannot be split into 3 equal parts/],
      ['Take', { axis: 1 }, [[4]], /its indices go beyond the 4 of the axis/],
      ['Tile', { repeats: [1, 0.5] }, [], /its repeats is \[1,0.5\] and should be whole numbers/],
      ['Tile', { repeats: [1, 1e15] }, [], /./],
      ['Transpose', { axes: [0, 0] }, [], /the operation Transpose: its axes are \[0,0\], one of them twice/],
      ['Mean', { axis: 2 }, [], /the operation Mean: its axis is 2 and there are 2 axes/],
      ['Flip', { axis: -3 }, [], /the operation Flip: its axis is -3 and there are 2 axes/],
      [
        'Swapaxes',
        { axis1: '', axis2: 1 },
        [],
        /the operation Swapaxes: its axis is "" and there are 2 axes/,
      ],
      ['Stack', { axis: 9 }, [], /the operation Stack: its axis is 9/],
      ['GetItem', {}, [[0, 0, 0]], /the operation GetItem: it takes 3 places of 2 axes/],
      ['Resize', { size: [2, 2, 2] }, [], /its size has 3 numbers and should be a height and a width/],
      ['Resize', {}, [tensor('x')], /its size has 4 numbers and should be a height and a width/],
      ['Reshape', { newshape: [0.5] }, [], /its newshape is 0.5 and should be whole numbers/],
      ['MaxPool', { pool_size: [[]] }, [], /its pool_size is \[\[\]\]/],
      ['Add', {}, [[1, 2, 3]], /shapes \[,4\] and \[3\] do not go together/],
    ] as [string, object, unknown[], RegExp][]) {
      await refuses(keras(model([operation(name, 'o', config, tensor('x'), ...args)], 'o')), words);
    }
    // What would take gigabytes takes none before it is asked for.
    const before = process.memoryUsage().rss;
    for (const [name, config, args] of [
      ['Tile', { repeats: [1, 1e9] }, []],
      [
        'Pad',
        {
          pad_width: [
            [0, 0],
            [0, 1e9],
          ],
        },
        [],
      ],
      ['Repeat', { repeats: 1e9, axis: 1 }, []],
      ['BroadcastTo', { shape: [1e6, 1e6, 4] }, []],
    ] as [string, object, unknown[]][]) {
      const large = [operation(name, 'o', config, tensor('x'), ...args), layer('ReLU', 'r', 'o')];
      await loadModel(keras(model(large, 'r'))).then(
        (loaded) => loaded.dispose(),
        (error) => assert.instance(error, ModelError),
      );
    }
    assert.ok(process.memoryUsage().rss - before < 300e6);
  },

  async 'a model of hundreds of gigabytes takes no memory before it is refused'() {
    const dense = layer('Dense', 'd', 'x', { units: 1e11 });
    const before = process.memoryUsage().rss;
    await refuses(keras(model([dense], 'd')), /layer "d"/);
    assert.ok(process.memoryUsage().rss - before < 300e6);
  },

  async 'a file that sends the HDF5 library round in circles, or makes it crash, is stopped'() {
    // Found by changing bytes at random: h5wasm never comes back from the first, and crashes on the second.
    const damaged = (name: string, bytes: [number, number][]) => {
      const copy = readFileSync(`test/fixtures/keras/${name}.h5`);
      for (const [at, value] of bytes) copy[at] = value;
      return copy;
    };
    const circle: [number, number][] = [
      [13180, 3],
      [2057, 60],
    ];
    await refuses(damaged('keras2', circle), /takes longer than 3 s to read/);
    const crash: [number, number][] = [
      [19410, 16],
      [4876, 109],
      [11308, 35],
    ];
    await refuses(damaged('stored_latest', crash), /cannot make sense of it/);
    (await loadModel(H5)).dispose();
  },

  async 'any damaged byte of the structure gives a model or a ModelError, in time'() {
    await ready();
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (const file of [H5, KERAS]) {
      for (let round = 0; round < 150; round++) {
        const copy = Buffer.from(file);
        for (let i = 0; i <= random(4); i++) copy[random(random(2) ? copy.length : 6000)] = random(256);
        const started = performance.now();
        try {
          (await loadModel(copy)).dispose();
        } catch (error) {
          assert.instance(error, ModelError, `round ${round}: ${(error as Error).stack}`);
        }
        assert.ok(performance.now() - started < PATIENCE);
      }
    }
  },
  'layers that do not fit together are refused, not thrown at the user as tfjs says it': async () => {
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
