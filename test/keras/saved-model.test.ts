import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/errors';
import { loadModel } from '../../src/keras/load';
import type { Tensor } from '../../src/keras/model';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';
import { close, readCase } from './cases';

const FOLDER = 'test/fixtures/saved-models';
const NAMES = readdirSync(FOLDER)
  .filter((file) => /\.expected\.json/.test(file))
  .map((file) => file.replace(/\.expected\.json.*/, ''));

async function check(name: string) {
  await ready();
  const { inputs, outputs } = readCase(FOLDER, name);
  const before = tf().memory().numTensors;
  const model = await loadModel(join(FOLDER, name));
  const xs = inputs.map(({ shape, data }) => tf().tensor(data, shape, 'float32'));
  const made = [model.predict(xs.length > 1 ? xs : xs[0]!)].flat() as Tensor[];
  assert.is(made.length, outputs.length);
  for (const [i, tensor] of made.entries()) {
    close(tensor.dataSync() as Float32Array, tensor.shape, outputs[i]!, `${name} output ${i}`);
    tensor.dispose();
  }
  for (const x of xs) x.dispose();
  model.dispose();
  assert.is(tf().memory().numTensors, before, `${name} leaves tensors behind`);
}

/** Loads a copy that was changed. */
async function refuses(
  change: (folder: string) => void,
  pattern: RegExp,
  name = 'film_of_models_of_tf_keras',
) {
  const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
  try {
    cpSync(join(FOLDER, name), folder, { recursive: true });
    change(folder);
    const error = await loadModel(folder).then(
      () => assert.unreachable('it loaded'),
      (caught) => caught,
    );
    assert.instance(error, ModelError, String(error));
    assert.match(error.message, pattern);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Changes one byte. */
function flip(path: string, at: number) {
  const bytes = readFileSync(path);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = bytes[place]! ^ 16;
  writeFileSync(path, bytes);
}

suite('keras/saved-model', {
  'there is one with an optimizer, one in two files, and one in the older format'() {
    assert.ok(NAMES.length >= 9);
    assert.ok(
      readdirSync(`${FOLDER}/film_of_models_of_tf_keras/variables`).includes('variables.data-00001-of-00002'),
    );
    assert.not(readdirSync(`${FOLDER}/nested_film_of_tf_keras`).includes('keras_metadata.pb'));
  },

  ...Object.fromEntries(NAMES.map((name) => [`${name} gives Keras's numbers`, () => check(name)])),

  async 'damage is found by checksums, and what is missing is named'() {
    await ready();
    const shard = (folder: string, n: number) => join(folder, `variables/variables.data-0000${n}-of-00002`);
    await refuses((folder) => flip(shard(folder, 0), 40), /does not have the checksum that is stored for it/);
    await refuses((folder) => flip(shard(folder, 1), 40), /does not have the checksum that is stored for it/);
    await refuses((folder) => truncateSync(shard(folder, 1), 50), /truncated or damaged/);
    await refuses((folder) => rmSync(shard(folder, 1)), /variables\.data-00001-of-00002 is missing/);
    const index = (folder: string) => join(folder, 'variables/variables.index');
    await refuses((folder) => flip(index(folder), 30), /does not have the checksum that is stored in it/);
    await refuses((folder) => flip(index(folder), -2), /is no table of TensorFlow/);
    await refuses((folder) => truncateSync(index(folder), 20), /is no table of TensorFlow/);
    await refuses((folder) => rmSync(index(folder)), /variables\.index is missing/);
    const metadata = (folder: string) => join(folder, 'keras_metadata.pb');
    await refuses((folder) => truncateSync(metadata(folder), 900), /protocol buffers end too early/);
    await refuses((folder) => rmSync(metadata(folder)), /a SavedModel without Keras's layers/);
    await refuses((folder) => writeFileSync(metadata(folder), ''), /a SavedModel without Keras's layers/);
  },
});
