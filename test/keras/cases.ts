import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import type { Tensor } from '../../src/keras/model';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';

export interface Values {
  shape: number[];
  data: number[];
}

export interface Case {
  name: string;
  formats: string[];
  inputs: Values[];
  outputs: Values[];
}

export const FOLDER = 'test/fixtures/keras';
const EXPECTED = /\.expected\.json(\.gz)?$/;

/** What Keras made of a model's inputs: NAME.expected.json beside the model, compressed when it is large. */
export function readCase(folder: string, name: string): Case {
  const file = `${folder}/${name}.expected.json`;
  const text = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  return { name, ...JSON.parse(text.toString()) };
}

/** Models of Keras's layers, with what Keras made of their inputs. */
export const cases = readdirSync(FOLDER)
  .filter((file) => EXPECTED.test(file))
  .sort()
  .map((file) => readCase(FOLDER, file.replace(EXPECTED, '')));

/** What `model.predict` and, for one output, our own walk through the layers make of the inputs. */
export async function check({ name, inputs, outputs }: Case, file: string): Promise<void> {
  const { name: backend } = await ready();
  const model = await loadModel(`${FOLDER}/${file}`);
  const tensors = inputs.map(({ shape, data }) => tf().tensor(data, shape, 'float32'));
  const before = tf().memory().numTensors;
  const result = model.predict(tensors.length > 1 ? tensors : tensors[0]!);
  const got = Array.isArray(result) ? result : [result as Tensor];
  assert.is(got.length, outputs.length);
  got.forEach((tensor, i) => {
    close(tensor.dataSync() as Float32Array, tensor.shape, outputs[i]!, `${name} output ${i}`);
    tensor.dispose();
  });
  if (outputs.length === 1) {
    // From the third time on native TensorFlow runs it as a graph; wasm keeps the plan of the first time.
    const times = backend === 'native' ? 4 : 2;
    for (let time = 1; time <= times; time++) {
      const [activation] = await predict(model, tensors, { layers: [-1] });
      close(activation!.data, activation!.shape, outputs[0]!, `${name} activation, time ${time}`);
    }
  }
  assert.is(tf().memory().numTensors, before, `${name} leaves tensors behind`);
  model.dispose();
  for (const tensor of tensors) tensor.dispose();
}

export function close(data: Float32Array, shape: readonly number[], expected: Values, where: string): void {
  assert.equal([...shape], expected.shape, where);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const worst = expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
  assert.ok(worst <= 1e-5 * largest, `${where}: off by ${worst} of ${largest}`);
}

/** A test for each case, in each format. */
export const allCases = () =>
  Object.fromEntries(
    cases.flatMap((one) =>
      one.formats.map((format) => [
        `${one.name} (.${format}) equals Keras`,
        () => check(one, `${one.name}.${format}`),
      ]),
    ),
  );
