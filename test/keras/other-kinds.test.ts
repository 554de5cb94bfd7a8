import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/errors';
import { loadModel } from '../../src/keras/load';
import { suite } from '../suite';

const FOLDER = 'test/fixtures/other-kinds';

/** What the error says of each file: what it is, and the line that helps. */
const SAID: Record<string, [RegExp, RegExp]> = {
  exported: [/a SavedModel without Keras's layers/, /model\.save\("model\.keras"\)/],
  'exported/saved_model.pb': [/the saved_model\.pb of a SavedModel/, /Give its folder/],
  'frozen.pb': [/a frozen graph of TensorFlow \(\.pb\)/, /model\.save\("model\.keras"\)/],
  'model.onnx': [/an ONNX model/, /onnx2tf -i model\.onnx -oh5/],
  'model.pkl': [/a Python pickle/, /pickle\.load\(open\("model\.pkl", "rb"\)\)\.save\("model\.keras"\)/],
  'model.pt': [/a PyTorch file/, /torch\.onnx\.export/],
  'model.safetensors': [/weights only \(safetensors\)/, /model\.save\("model\.keras"\)/],
  'model.tar.gz': [/compressed \(gzip\)/, /tar xzf/],
  'model.tflite': [/a TensorFlow Lite model/, /model\.save\("model\.keras"\)/],
  'saved.zip': [/a zipped SavedModel/, /Unpack it/],
  'weights.npz': [/numpy arrays/, /model\.save\("model\.keras"\)/],
};

suite('keras/other-kinds', {
  'every file of another kind is tried': () =>
    assert.equal(
      readdirSync(FOLDER).filter((name) => !(name in SAID)),
      [],
    ),

  ...Object.fromEntries(
    Object.entries(SAID).map(([name, patterns]) => [
      `${name} is named as what it is, with what to do`,
      async () => {
        const error = await loadModel(join(FOLDER, name)).then(
          () => assert.unreachable('it loaded'),
          (caught) => caught,
        );
        assert.instance(error, ModelError, String(error));
        assert.ok(error.message.length < 400, error.message);
        for (const pattern of patterns) assert.match(error.message, pattern);
      },
    ]),
  ),
});
