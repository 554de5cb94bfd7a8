import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/errors';
import { loadModel } from '../../src/keras/load';
import type { Tensor } from '../../src/keras/model';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { close, readCase } from './cases';
import { storedEntries } from './file/zip-writer';

const FOLDER = 'test/fixtures/pairs';
/** Checkpoints of TensorFlow, in a folder each. */
const CHECKPOINTS = 'test/fixtures/checkpoints';
const namesIn = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.expected.json'))
    .map((file) => file.replace('.expected.json', ''));
const NAMES = namesIn(FOLDER);

async function check(
  name: string,
  source: Parameters<typeof loadModel>[0],
  weights?: string | Uint8Array,
  folder = FOLDER,
) {
  await ready();
  const { inputs, outputs } = readCase(folder, name);
  const model = await loadModel(source, weights === undefined ? {} : { weights });
  const x = tf().tensor(inputs[0]!.data, inputs[0]!.shape, 'float32');
  const y = model.predict(x) as unknown as { dataSync(): Float32Array; shape: number[] };
  close(y.dataSync(), y.shape, outputs[0]!, name);
  model.dispose();
}

const weightsOf = (name: string) => join(FOLDER, readCase(FOLDER, name).formats[0]!);

async function refuses(loading: Promise<unknown>, pattern: RegExp) {
  const error = await loading.then(
    () => undefined,
    (caught) => caught,
  );
  assert.instance(error, ModelError, String(error));
  assert.match((error as Error).message, pattern);
}

suite('keras/two-files', {
  ...Object.fromEntries(
    NAMES.map((name) => [
      `${name}: a configuration and its weights give Keras's numbers`,
      () => check(name, join(FOLDER, `${name}.json`), weightsOf(name)),
    ]),
  ),

  ...Object.fromEntries(
    namesIn(CHECKPOINTS).map((name) => [
      `${name}: a configuration and a checkpoint, however it is named, give Keras's numbers`,
      async () => {
        const folder = join(CHECKPOINTS, name);
        const prefix = join(folder, readCase(CHECKPOINTS, name).formats[0]!);
        const names = [
          prefix,
          `${prefix}.index`,
          `${prefix}.data-00000-of-00001`,
          folder,
          ...(name === 'saved' ? [] : [join(folder, 'checkpoint')]),
        ];
        for (const weights of names) await check(name, join(folder, 'model.json'), weights, CHECKPOINTS);
      },
    ]),
  ),

  async 'a checkpoint that is incomplete, damaged, of another model or alone is refused with what to do'() {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-checkpoint-'));
    const model = join(CHECKPOINTS, 'sequence', 'model.json');
    const [index, data] = ['index', 'data-00000-of-00001'].map((part) =>
      readFileSync(join(CHECKPOINTS, 'sequence', `cp.ckpt.${part}`)),
    );
    const place = join(folder, 'cp.ckpt');
    try {
      await refuses(loadModel(model, { weights: place }), /there is no such file/);
      writeFileSync(`${place}.index`, index!);
      await refuses(
        loadModel(model, { weights: place }),
        /cp\.ckpt\.data-00000-of-00001 is missing\. A checkpoint is an \.index and one or more \.data files: copy all/,
      );
      for (const at of [0, data!.length >> 1, data!.length - 20]) {
        const broken = Uint8Array.from(data!);
        broken[at]! ^= 1;
        writeFileSync(`${place}.data-00000-of-00001`, broken);
        // What no layer reads, an optimizer's state, may be damaged.
        const loading = loadModel(model, { weights: place });
        if (at === 0) await refuses(loading, /damaged: .* does not have the checksum/);
        else
          await loading.then(
            (one) => one.dispose(),
            () => {},
          );
      }
      writeFileSync(`${place}.index`, index!.subarray(0, 500));
      await refuses(loadModel(model, { weights: place }), /damaged|checksum/);
      await refuses(
        loadModel(`${join(CHECKPOINTS, 'parts', 'cp.ckpt')}.index`),
        /it is a checkpoint, which holds weights only/,
      );
      await refuses(
        loadModel(join(CHECKPOINTS, 'parts', 'model.json'), { weights: join(CHECKPOINTS, 'sequence') }),
        /layer "|no layer needs/,
      );
      await refuses(loadModel(model, { weights: 'test/fixtures/pairs' }), /it is a folder\. Give the file/);
      await refuses(
        loadModel(join(CHECKPOINTS, 'parts', 'cp.ckpt')),
        /it is a checkpoint, which holds weights only/,
      );
      await refuses(
        loadModel(CHECKPOINTS, { weights: join(CHECKPOINTS, 'parts') }),
        /it is a folder\. Beside weights give/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },

  async 'bytes do as well, and the weights of a whole model'() {
    const json = readFileSync(join(FOLDER, 'keras.json'));
    await check('keras', json, readFileSync(weightsOf('keras')));
    const x = tf().ones([1, 7, 8, 4]);
    const [one, two] = await Promise.all([
      loadModel('test/fixtures/keras/conv2d.keras'),
      loadModel('test/fixtures/keras/conv2d.keras', { weights: 'test/fixtures/keras/conv2d.keras' }),
    ]);
    const [first, second] = [one, two].map((model) => (model.predict(x) as Tensor).dataSync());
    assert.equal(first, second);
  },

  async 'one of the two files alone says what the other is'() {
    const words = /loadModel\('model\.json', \{ weights: 'model\.weights\.h5' \}\)/;
    for (const file of [weightsOf('keras'), weightsOf('tf_keras_legacy')]) {
      await refuses(loadModel(file), /it holds weights only/);
      await refuses(loadModel(file), words);
    }
    await refuses(loadModel(join(FOLDER, 'keras.json')), /it is a configuration without weights/);
    await refuses(loadModel(join(FOLDER, 'tf_keras_renamed.json')), words);
    await refuses(loadModel(readFileSync(join(FOLDER, 'keras.json'))), words);
  },

  async 'weights of another model are refused by name'() {
    const model = join(FOLDER, 'tf_keras_renamed.json');
    await refuses(
      loadModel(model, { weights: 'notebooks/dogcat_v1.h5' }),
      /the file of weights has 5 layers with weights and the model has 3/,
    );
    await refuses(
      loadModel(model, { weights: 'test/fixtures/keras/dense_on_map.keras' }),
      /needs|no layer needs|is needed/,
    );
    await refuses(loadModel(model, { weights: model }), /its weights are no HDF5 file/);
    await refuses(loadModel(model, { weights: 'no-such.h5' }), /no-such\.h5: there is no such file/);
    await refuses(loadModel('notebooks/cat.jpg', { weights: weightsOf('keras') }), /neither an HDF5 file/);
    await loadModel(model, { weights: 5 as never }).then(
      () => assert.unreachable('it loaded'),
      (error) => assert.match(error.message, /Cannot load a model: weights is a number/),
    );
  },

  async 'a .keras that was unpacked loads as a folder'() {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
    try {
      for (const { name, data } of storedEntries(readFileSync('test/fixtures/keras/conv2d.keras')))
        writeFileSync(join(folder, name), data);
      const [packed, loose] = await Promise.all([
        loadModel('test/fixtures/keras/conv2d.keras'),
        loadModel(folder),
      ]);
      const x = tf().ones([1, 7, 8, 4]);
      const [first, second] = [packed, loose].map((model) => (model.predict(x) as Tensor).dataSync());
      assert.equal(first, second);
      rmSync(join(folder, 'model.weights.h5'));
      await refuses(loadModel(folder), /without config\.json and model\.weights\.h5/);
      rmSync(join(folder, 'config.json'));
      await refuses(loadModel(folder), /it is a folder without a model/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});
