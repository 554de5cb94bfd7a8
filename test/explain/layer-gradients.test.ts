import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { inputGradient, scoresOf } from '../../src/explain/input-gradient';
import { prepareGradients } from '../../src/explain/score-gradient';
import { scoredModel } from '../../src/explain/scored-model';
import { loadModel } from '../../src/index';
import { makeLayer } from '../../src/keras/layers/make';
import { DEFINITIONS } from '../../src/keras/layers/registry';
import { ready, tf } from '../../src/tensorflow/backend';
import { gradientOf } from '../../src/tensorflow/gradients/gradient-of';
import { running } from '../../src/tensorflow/running';
import type { Tensor } from '../../src/tensorflow/types';
import { FOLDER, readCase } from '../keras/cases';
import { FIXTURES } from '../npy';
import { suite } from '../suite';
import { agrees, type Values } from './golden';

const expected: Record<string, (Values | null)[]> = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, 'explain', 'layers.json.gz'))).toString(),
);

/** The gradient of the first output's sum by the weights cos(i), at each input, against Keras's. */
async function check(file: string): Promise<void> {
  await ready();
  const model = await loadModel(`${FOLDER}/${file}`);
  const { inputs } = readCase(FOLDER, file.slice(0, file.lastIndexOf('.')));
  const tensors = inputs.map(({ data, shape }) => tf().tensor(data, shape, 'float32') as Tensor);
  const before = tf().memory().numTensors;
  // The output itself, with its softmax or sigmoid.
  const scored = { ...scoredModel(model, 0), final: undefined };
  const { shape, data } = scoresOf(tf(), scored, tensors);
  const weights = { shape, data: Float32Array.from(data, (_, i) => Math.cos(i)) };
  for (const [at, wanted] of expected[file]!.entries()) {
    if (!wanted) continue;
    const { gradient } = inputGradient(tf(), scored, tensors, at, weights);
    agrees({ data: gradient, shape: inputs[at]!.shape }, wanted, `${file} at input ${at}`);
  }
  assert.is(tf().memory().numTensors, before, `${file} leaves tensors behind`);
  for (const tensor of tensors) tensor.dispose();
  model.dispose();
}

suite('explain/layer-gradients', {
  ...Object.fromEntries(
    Object.keys(expected).map((file) => [`${file} differentiates as in Keras`, () => check(file)]),
  ),
  async 'a large map passes BatchNormalization without gamma'() {
    await ready();
    const definition = DEFINITIONS['BatchNormalization']!;
    const config = { name: 'norm', axis: -1, scale: false, epsilon: 1e-3 };
    prepareGradients(tf());
    const layer = makeLayer(tf(), running().layers(), 'BatchNormalization', definition, config, 3);
    const x = tf().ones([1, 400, 400, 1]) as Tensor;
    layer.build([1, 400, 400, 1]);
    const dx = gradientOf(tf(), x, (given) => tf().sum(layer.call(given, {}) as Tensor));
    // The moving variance of a new layer here is 0: Keras's 1 / √(variance + epsilon).
    const factor = 1 / Math.sqrt(1e-3);
    assert.ok(dx.dataSync().every((value: number) => Math.abs(value - factor) < 1e-4 * factor));
    tf().dispose([x, dx]);
  },
});
