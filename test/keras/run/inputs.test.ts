import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { predict } from '../../../src/keras/run/predict';
import { toTensor } from '../../../src/pictures/to-tensor';
import { tf } from '../../../src/tensorflow/backend';
import { FIXTURES } from '../../npy';
import { suite } from '../../suite';

/** What a call writes with console.warn. */
async function warnings(call: () => Promise<unknown>): Promise<string[]> {
  const { warn } = console;
  const said: string[] = [];
  console.warn = (...words: unknown[]) => void said.push(words.join(' '));
  try {
    await call();
  } finally {
    console.warn = warn;
  }
  return said;
}

suite('inputs of predict', {
  'a model with a Rescaling layer gets a picture as bytes, and no tensor is left': async () => {
    const model = await loadModel(join(FIXTURES, 'keras', 'rescaling.keras'));
    const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
    const size = height * width * channels;
    const picture = {
      height,
      width,
      channels,
      data: Uint8Array.from({ length: size }, (_, i) => (i * 31) % 256),
    };
    const raw = toTensor(picture, { preprocess: 'raw' });
    const [expected] = await predict(model, raw, { layers: [-1] });
    const before = tf().memory().numTensors;
    const said = await warnings(async () => {
      const [got] = await predict(model, picture, { layers: [-1] });
      assert.equal(got!.data, expected!.data);
    });
    assert.equal(said, []);
    assert.is(tf().memory().numTensors, before);
    raw.dispose();
  },
  'a tensor of 0..1 for such a model gives one warning line, once': async () => {
    const model = await loadModel(join(FIXTURES, 'keras', 'rescaling.keras'));
    const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
    const picture = { height, width, channels, data: new Uint8Array(height * width * channels) };
    const tensor = toTensor(picture);
    const said = await warnings(async () => {
      await predict(model, tensor, { layers: [-1] });
      await predict(model, tensor, { layers: [-1] });
    });
    assert.is(said.length, 1);
    assert.match(
      said[0]!,
      /wants pictures preprocessed as 'raw' \(its layer ".*" scales .*the tensor has '0\.\.1'/,
    );
    assert.not.match(said[0]!, /\n/);
    tensor.dispose();
  },
});
