import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tfc from '@tensorflow/tfjs-core';
import * as assert from 'uvu/assert';
import { registerActivation, registerLayer } from '../../src/keras/layers/custom';
import { loadModel } from '../../src/keras/load';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { close, readCase } from './cases';

const layers = () => require('@tensorflow/tfjs-layers') as typeof import('@tensorflow/tfjs-layers');

/** The model's output for the inputs that Keras got. */
async function equalsKeras(name: string, file: string) {
  const { inputs, outputs } = readCase('test/fixtures', name);
  const model = await loadModel(file);
  const x = tf().tensor(inputs[0]!.data, inputs[0]!.shape, 'float32');
  const before = tf().memory().numTensors;
  const y = model.predict(x) as unknown as tfc.Tensor;
  close(y.dataSync() as Float32Array, y.shape, outputs[0]!, name);
  y.dispose();
  for (let time = 1; time <= 4; time++) {
    const [last] = await predict(model, x, { layers: [-1] });
    close(last!.data, last!.shape, outputs[0]!, `${name}, time ${time}`);
  }
  assert.is(tf().memory().numTensors, before, `${name} leaves tensors behind`);
  model.dispose();
}

suite('keras/register', {
  async 'a registered class stands in for a layer that convlens does not know'() {
    await ready();
    // The tutorial's file with its MaxPooling2D renamed to a class of the same length.
    const file = Buffer.from(
      readFileSync('notebooks/dogcat_v1.h5')
        .toString('latin1')
        .replaceAll('"MaxPooling2D"', '"EveryOther2D"'),
      'latin1',
    );
    class EveryOther extends layers().layers.Layer {
      readonly stride: number;
      constructor(config: { name: string; poolSize: number[] }) {
        super({ name: config.name });
        this.stride = config.poolSize[0]!;
      }
      override computeOutputShape(shape: number[]) {
        return [shape[0]!, Math.floor(shape[1]! / 2), Math.floor(shape[2]! / 2), shape[3]!];
      }
      override call(x: tfc.Tensor | tfc.Tensor[]) {
        const image = (Array.isArray(x) ? x[0]! : x) as tfc.Tensor4D;
        return tf().avgPool(image, [1, 1], this.stride, 'valid');
      }
    }
    registerLayer('EveryOther2D', EveryOther);
    const model = await loadModel(file);
    const x = tf().ones([1, 150, 150, 3]);
    const [conv, pool] = await predict(model, x, { layers: ['conv2d_1', 'max_pooling2d_1'] });
    assert.equal(pool!.shape, [1, 74, 74, 16]);
    assert.is(pool!.data[16 * 75], conv!.data[16 * (2 * 148 + 2)]);
  },

  async "a layer of one's own with weights agrees with Keras (docs/layers.md)"() {
    await ready();
    class Gain extends layers().layers.Layer {
      private gain?: { read(): tfc.Tensor };
      constructor(private readonly config: { name: string; power: number }) {
        super({ name: config.name });
      }
      override build(shape: number[]) {
        this.gain = this.addWeight('gain', shape.slice(-1));
        super.build(shape);
      }
      override call(x: tfc.Tensor | tfc.Tensor[]) {
        return tf().mul(this.gain!.read(), tf().pow(Array.isArray(x) ? x[0]! : x, this.config.power));
      }
    }
    registerLayer('Gain', Gain);
    const own = readCase('test/fixtures', 'with-gain');
    const model = await loadModel('test/fixtures/with-gain.keras');
    const x = tf().tensor4d(
      Array.from({ length: 150 * 150 }, () => own.inputs[0]!.data).flat(),
      [1, 150, 150, 3],
    );
    const [pool] = await predict(model, x, { layers: ['pool'] });
    assert.equal([...pool!.data.slice(0, 3)], own.outputs[0]!.data);
  },

  async 'Lambdas are registered by the names of their layers, and without one'() {
    await ready();
    const only = (x: tfc.Tensor | tfc.Tensor[]) => (Array.isArray(x) ? x[0]! : x);
    class Scale extends layers().layers.Layer {
      override call(x: tfc.Tensor | tfc.Tensor[]) {
        return tf().div(only(x), 255);
      }
    }
    class Unit extends layers().layers.Layer {
      override call(x: tfc.Tensor | tfc.Tensor[]) {
        return tf().div(only(x), tf().norm(only(x), 2, -1, true));
      }
    }
    const file = 'test/fixtures/with-lambda.h5';
    await loadModel(file).then(
      () => assert.unreachable('it loaded'),
      (error) => assert.match(error.message, /registerLayer\('Lambda', LayerClass, \{ layer: "scale" \}\)/),
    );
    registerLayer('Lambda', Unit);
    registerLayer('Lambda', Scale, { layer: 'scale' });
    await equalsKeras('with-lambda', file);
  },

  async "a package's layer, its activation, and a registered layer in wrappers and as an activation"() {
    await ready();
    class Shift extends layers().layers.Layer {
      override call(x: tfc.Tensor | tfc.Tensor[]) {
        return tf().add(Array.isArray(x) ? x[0]! : x, 1);
      }
    }
    const file = 'test/fixtures/with-package.keras';
    const refused = async (pattern: RegExp) => {
      const error = await loadModel(file).catch((caught) => caught);
      assert.match(String(error), pattern);
    };
    await refused(/"maps" has the activation "snake".*registerActivation\("snake"/);
    registerActivation('snake', (x: tfc.Tensor) => tf().add(x, tf().square(tf().sin(x))));
    await refused(/"shift" is a Shift, .*registerLayer\('Shift'/);
    registerLayer('Shift', Shift);
    await equalsKeras('with-package', file);
  },

  async "weights of layers inside a layer of one's own are matched by attribute or by shape, never guessed"() {
    await ready();
    const own = (names: readonly string[], shapes: readonly number[][], run: Run) =>
      class extends layers().layers.Layer {
        private own: { read(): tfc.Tensor }[] = [];
        override build(shape: number[]) {
          this.own = names.map((name, i) => this.addWeight(name, shapes[i]!));
          super.build(shape);
        }
        override call(x: tfc.Tensor | tfc.Tensor[]) {
          const rows = tf().reshape(Array.isArray(x) ? x[0]! : x, [3, 4]);
          const values = this.own.map((weight) => weight.read());
          return tf().expandDims(run(rows as tfc.Tensor2D, values), 0);
        }
      };
    type Run = (x: tfc.Tensor2D, weights: tfc.Tensor[]) => tfc.Tensor;
    const dense = (x: tfc.Tensor, kernel: tfc.Tensor, bias: tfc.Tensor) =>
      tf().add(tf().matMul(x as tfc.Tensor2D, kernel as tfc.Tensor2D), bias);
    // In the order in which Keras makes them.
    const mix: Run = (x, [shift, k2, b2, k1, b1, k3, b3, k4, b4]) => {
      const y = tf().add(tf().tanh(dense(dense(x, k1!, b1!), k2!, b2!)), shift!);
      return dense(tf().relu(dense(y, k3!, b3!)), k4!, b4!);
    };
    const shapes = [[4], [4, 4], [4], [4, 4], [4], [4, 4], [4], [4, 4], [4]];
    const parts = ['second', 'first', 'blocks/0', 'blocks/1'].flatMap((name) => [
      `${name}/kernel`,
      `${name}/bias`,
    ]);
    const named = own(['shift', ...parts], shapes, mix);
    const plain = own(['shift', ...parts.map((name) => name.replaceAll('/', '_'))], shapes, mix);
    const encode: Run = (x, [kernel, bias, back]) =>
      tf().matMul(dense(x, kernel!, bias!) as tfc.Tensor2D, back as tfc.Tensor2D);
    registerLayer('Encoder', own(['kernel', 'bias', 'back'], [[4, 5], [5], [5, 4]], encode));
    const files = ['keras.h5', 'keras.keras', 'tf_keras.h5', 'tf_keras.keras', 'tf_keras.savedmodel'];
    for (const file of files) {
      const name = `layers-inside-${file.split('.')[0]}`;
      registerLayer('Mixer', named);
      await equalsKeras(name, `test/fixtures/layers-inside-${file}`);
      registerLayer('Mixer', plain);
      // An .h5 has Keras's own order.
      if (file.endsWith('.h5')) await equalsKeras(name, `test/fixtures/layers-inside-${file}`);
      else {
        const error = await loadModel(`test/fixtures/layers-inside-${file}`).catch((caught) => caught);
        assert.match(String(error), /"mixer" .*several attributes .*addWeight\('(second|first|blocks)/);
      }
    }
  },

  async 'a name in a file may have any package before it'() {
    await ready();
    class Own extends layers().layers.Layer {
      override call(x: tfc.Tensor | tfc.Tensor[]) {
        return tf().mul(Array.isArray(x) ? x[0]! : x, 2);
      }
    }
    registerLayer('Twofold', Own);
    for (const className of ['Twofold', 'Custom>Twofold', 'shop>Twofold']) {
      const config = {
        name: 'm',
        layers: [{ class_name: className, config: { batch_input_shape: [null, 2] } }],
      };
      const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
      writeFileSync(
        join(folder, 'model.json'),
        JSON.stringify({ modelTopology: { class_name: 'Sequential', config }, weightsManifest: [] }),
      );
      const model = await loadModel(join(folder, 'model.json'));
      const y = model.predict(tf().ones([1, 2]) as never) as unknown as tfc.Tensor;
      assert.equal([...y.dataSync()], [2, 2], className);
      rmSync(folder, { recursive: true });
    }
  },

  'wrong arguments are named'() {
    const { call } = Function.prototype;
    for (const [wrong, pattern] of [
      [() => registerLayer('', call as never), /its class name is not a text/],
      [() => registerLayer('A', 1 as never), /Cannot register "A": no class was given/],
      [() => registerLayer('A', call as never, { layer: '' }), /its layer is not a text/],
      [() => registerLayer('A', call as never, { name: 'x' } as never), /unknown option "name"/],
      [() => registerActivation(3 as never, call as never), /its name is not a text/],
      [() => registerActivation('a', undefined as never), /Cannot register "a": no function was given/],
    ] as const)
      assert.throws(wrong, pattern);
  },

  async 'a model.json of TensorFlow.js loads; weights outside its folder do not'() {
    await ready();
    const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
    try {
      const { input, model, layers: l } = layers();
      const x = input({ shape: [4], name: 'x' });
      const made = model({ inputs: x, outputs: l.dense({ units: 2, name: 'd' }).apply(x) as never });
      const values = Float32Array.from({ length: 10 }, (_, i) => i / 4);
      const json = (path: string) =>
        JSON.stringify({
          modelTopology: JSON.parse(made.toJSON() as unknown as string),
          weightsManifest: [
            {
              paths: [path],
              weights: [
                { name: 'd/kernel', shape: [4, 2], dtype: 'float32' },
                { name: 'd/bias', shape: [2], dtype: 'float32' },
              ],
            },
          ],
        });
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(values.buffer));
      writeFileSync(join(folder, 'model.json'), json('weights.bin'));
      const loaded = await loadModel(join(folder, 'model.json'));
      const [out] = await predict(loaded, tf().ones([1, 4]), { layers: ['d'] });
      // Columns of 0, 1/4 … 7/4, plus the biases 2 and 9/4.
      assert.equal([...out!.data], [3 + 2, 4 + 9 / 4]);
      writeFileSync(join(folder, 'model.json'), json('../../etc/hostname'));
      try {
        await loadModel(join(folder, 'model.json'));
        assert.unreachable('it was loaded');
      } catch (error) {
        assert.match((error as Error).message, /lies outside the model's folder|is missing/);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});
