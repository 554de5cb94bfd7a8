import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { predict } from '../../../src/keras/run/predict';
import { tf } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { LIVING_MAPS } from './living-maps';

const load = () => loadModel('notebooks/dogcat_v1.h5');

async function refuses(run: () => Promise<unknown>, pattern: RegExp) {
  const before = tf().memory().numTensors;
  try {
    await run();
  } catch (error) {
    assert.match((error as Error).message, pattern);
    assert.is(tf().memory().numTensors, before);
    return;
  }
  assert.unreachable('it ran');
}

suite('activations', {
  async 'layers may be objects, names or indices, and are returned in the requested order'() {
    const model = await load();
    const x = tf().zeros([2, 150, 150, 3]);
    const names = (list: { layer: string }[]) => list.map(({ layer }) => layer);
    const asked = [model.layers[2]!, 'conv2d_1', -1, 1];
    assert.equal(names(await predict(model, x, { layers: asked })), [
      'conv2d_2',
      'conv2d_1',
      'dense_2',
      'max_pooling2d_1',
    ]);
    assert.equal(names(await predict(model, x)), [
      'conv2d_1',
      'max_pooling2d_1',
      'conv2d_2',
      'max_pooling2d_2',
      'conv2d_3',
    ]);
    const [first] = await predict(model, x, { layers: [0] });
    assert.equal(first!.shape, [2, 148, 148, 16]);
    assert.is(first!.data.length, 2 * 148 * 148 * 16);
    model.dispose();
  },

  async 'a typo suggests the nearest layer, a wrong shape the right one; nothing runs'() {
    const model = await load();
    const x = tf().zeros([1, 150, 150, 3]);
    const small = tf().zeros([1, 64, 64, 3]);
    await refuses(
      () => predict(model, x, { layers: ['conv2_d1'] }),
      /no layer "conv2_d1"\. Did you mean "conv2d_1"\?/,
    );
    await refuses(() => predict(model, x, { layers: [9] }), /no layer 9\. The model has layers 0 to 8/);
    await refuses(
      () => predict(model, small),
      /needs shape \[any, 150, 150, 3\] and the tensor has \[1, 64, 64, 3\]/,
    );
    await refuses(() => predict(model, [x, x]), /has 1 inputs and 2 tensors/);
    await refuses(() => predict(model, {} as never), /the input is an object\. Give a picture/);
    model.dispose();
  },

  async 'one layer, a pattern and classes choose layers too'() {
    const model = await load();
    const x = tf().zeros([1, 150, 150, 3]);
    const names = async (options: object) => (await predict(model, x, options)).map(({ layer }) => layer);
    const convolutions = ['conv2d_1', 'conv2d_2', 'conv2d_3'];
    assert.equal(await names({ layers: 'conv2d_2' }), ['conv2d_2']);
    assert.equal(await names({ layers: model.layers[1] }), ['max_pooling2d_1']);
    assert.equal(await names({ layers: /^CONV/gi }), convolutions);
    assert.equal(await names({ types: ['Conv2D'] }), convolutions);
    assert.equal(
      await names({ types: 'Conv2D', layers: model.layers.slice(0, 4) }),
      convolutions.slice(0, 2),
    );
    await refuses(() => names({ types: ['Conv2d'] }), /no layer of class "Conv2d"\. Did you mean "Conv2D"\?/);
    await refuses(() => names({ layers: /x$/ }), /no layer's name matches \/x\$\//);
    await refuses(() => names({ layers: {} }), /a layer is an object/);
    await refuses(() => names({ layer: 'conv2d_1' }), /unknown option "layer"\. Did you mean "layers"\?/);
    model.dispose();
    x.dispose();
  },

  async 'input layers give the input, also inside nested models'() {
    const model = await loadModel('test/fixtures/keras/functional.keras');
    const inputs = [tf().ones([1, 8, 8, 3]), tf().zeros([1, 8, 8, 3])];
    const all = await predict(model, inputs, { layers: model.layers.slice(0, 4) });
    const [a] = all.filter(({ layer }) => layer === 'a');
    assert.equal([...a!.data], new Array(192).fill(1));
    const inner = model.layers.find(({ name }) => name === 'inner') as typeof model;
    const [into] = await predict(model, inputs, { layers: `inner/${inner.layers[0]!.name}` });
    const [shared] = await predict(model, inputs, { layers: 'shared' });
    assert.equal(into!.data, shared!.data);
    model.dispose();
  },

  async 'without options, layers with steps or positions of any number of axes are chosen'() {
    for (const [file, rank] of [
      ['conv1d', 3],
      ['conv3d', 5],
    ] as const) {
      const model = await loadModel(`test/fixtures/keras/${file}.keras`);
      const x = tf().zeros(model.inputs[0]!.shape.map((size) => size ?? 1) as never);
      const [map] = await predict(model, x);
      assert.is(map!.shape.length, rank);
      model.dispose();
    }
    const model = await loadModel('test/fixtures/keras/repeat_vector.keras');
    (model.layers[0] as unknown as { getClassName(): string }).getClassName = () => 'StepsToBatch';
    const x = tf().zeros([1, 4]);
    await refuses(
      () => predict(model, x),
      /no layer of this model has a map.*such as \{ layers: 'repeat_vector/,
    );
    model.dispose();
  },

  async 'a wrong model, a wrong tensor and a disposed one have their error messages'() {
    const x = tf().zeros([1, 150, 150, 3]);
    const model = await load();
    const gone = tf().zeros([1, 150, 150, 3]);
    gone.dispose();
    await refuses(
      () => predict(load() as never, x).finally(() => undefined),
      /the model is a Promise \(write await/,
    );
    await refuses(
      () => predict(undefined as never, x),
      /the model is undefined\. Give what loadModel returns/,
    );
    await refuses(() => predict(model, Promise.resolve(x) as never), /the input is a Promise/);
    await refuses(() => predict(model, 'cat.jpg' as never), /the input is a string/);
    await refuses(() => predict(model, gone), /was disposed/);
    const gray = tf().zeros([1, 100, 150, 1]);
    await refuses(
      () => predict(model, gray),
      /Load the picture with colorMode: 'rgb' and targetSize: \[150, 150\]/,
    );
    await refuses(() => loadModel(undefined as never), /the source is undefined/);
    await refuses(() => loadModel('a.h5', { maxBytes: '1' as never }), /maxBytes is a string/);
    await refuses(() => loadModel('a.h5', { maxbytes: 1 } as never), /Did you mean "maxBytes"/);
    model.dispose();
    await refuses(() => predict(model, x), /the model was disposed/);
  },

  async 'outputs that do not fit into memory are refused with advice'() {
    const model = await load();
    const x = tf().zeros([1, 150, 150, 3]);
    const system = process as unknown as { availableMemory?: () => number };
    const own = system.availableMemory;
    system.availableMemory = () => 1e6;
    try {
      await refuses(
        () => predict(model, x),
        /outputs of 5 layers take \d\.\d MB, which do not fit into memory.*\{ layers \}/,
      );
    } finally {
      system.availableMemory = own;
    }
    model.dispose();
  },

  async 'where memory ends in the computation, the error names what is larger: the outputs or the weights'() {
    const model = await load();
    const x = tf().zeros([1, 150, 150, 3]);
    // What TensorFlow throws, which cannot be had on purpose without using up the machine's memory.
    const first = model.layers[0] as unknown as { call(): never };
    first.call = () => {
      throw new Error('OOM when allocating tensor with shape[1,148,148,16]');
    };
    await refuses(() => predict(model, x, { layers: [0] }), /outputs of 1 layer take 1\.4 MB/);
    await refuses(
      () => predict(model, x, { layers: [-1] }),
      /the weights of the model take 0\.1 MB, and what is computed with them does not fit .* native TensorFlow/,
    );
    model.dispose();
    x.dispose();
  },

  async 'layers that no requested layer needs do not run'() {
    const model = await load();
    const later = model.layers[3] as unknown as { call(): never };
    later.call = () => {
      throw new Error('it ran');
    };
    const x = tf().zeros([1, 150, 150, 3]);
    assert.is((await predict(model, x, { layers: ['conv2d_2', 0] })).length, 2);
    await refuses(() => predict(model, x, { layers: [4] }), /it ran/);
    model.dispose();
    x.dispose();
  },

  async 'the input is unchanged'() {
    const model = await load();
    const x = tf().ones([1, 150, 150, 3]);
    await predict(model, x);
    assert.ok(x.dataSync().every((value) => value === 1));
    model.dispose();
  },

  async 'layers of nested models are named outer/inner, once per call; without options all maps are returned'() {
    const model = await loadModel('test/fixtures/keras/functional.keras');
    const inputs = [tf().ones([1, 8, 8, 3]), tf().zeros([1, 8, 8, 3])];
    const deepest = await predict(model, inputs, { layers: ['inner/deep/deepest'] });
    assert.equal(
      deepest.map(({ layer, shape }) => [layer, shape]),
      Array(2).fill(['inner/deep/deepest', [1, 8, 8, 4]]),
    );
    assert.not.equal(deepest[0]!.data, deepest[1]!.data);
    const names = (await predict(model, inputs)).map(({ layer }) => layer);
    for (const name of ['shared', 'inner/first', 'inner/deep/deepest', 'inner/inner_add', 'joined']) {
      assert.ok(names.includes(name), name);
    }
    const inner = model.layers.find(({ name }) => name === 'inner') as typeof model;
    const x = tf().ones([1, 8, 8, 4]);
    const alone = await predict(inner, x, { layers: ['first'] });
    assert.is(alone.length, 1);
    model.dispose();
  },

  async 'each layer of a model inside a TimeDistributed gives one map for each step of each sample'() {
    const model = await loadModel('test/fixtures/keras/film_of_models_of_keras.keras');
    const film = tf().randomUniform([2, 3, 6, 5, 2], -1, 1, 'float32', 7);
    const shapes = (await predict(model, film)).map(({ layer, shape }) => `${layer} ${shape}`);
    assert.equal(shapes, [
      'inner/maps/cnn/conv 6,4,3,3',
      'inner/maps/cnn/norm 6,4,3,3',
      'inner/maps/cnn/skip 6,4,3,3',
      'inner/maps/cnn/sum 6,4,3,3',
      'inner/tails/tail/top/last 6,3,2,2',
      'again/plain/conv 6,4,3,2',
      'again/plain/pool 6,2,1,2',
    ]);
    // The last step of the first film alone.
    const one = tf().reshape(tf().slice(film, [0, 2, 0, 0, 0], [1, 1, 6, 5, 2]), [1, 1, 6, 5, 2]);
    const whole = (await predict(model, film, { layers: ['again'] }))[0]!;
    const frames = tf().tile(one, [1, 3, 1, 1, 1]);
    const alone = (await predict(model, frames, { layers: ['again'] }))[0]!;
    const size = whole.data.length / 6;
    const close = [...alone.data.slice(0, size)].every(
      (value, i) => Math.abs(value - whole.data[2 * size + i]!) < 1e-6,
    );
    assert.ok(close);
    model.dispose();
    tf().dispose([film, one, frames]);
  },
});

suite('maps in memory', LIVING_MAPS);
