import * as assert from 'uvu/assert';
import { predict } from '../../src/activations';
import { ready, tf } from '../../src/backend';
import { loadModel } from '../../src/keras/load';
import type { Model } from '../../src/keras/model';
import { suite } from '../suite';

type Weighted = Model & { layers: { getWeights(): object[]; setWeights(values: object[]): void }[] };

const load = () => loadModel('notebooks/dogcat_v1.h5') as Promise<Weighted>;

/** What layers 0 and 2 make of a picture of one colour. */
async function maps(model: Model, colour: number): Promise<Float32Array[]> {
  const picture = tf().fill([1, 150, 150, 3], colour);
  const activations = await predict(model, picture, { layers: [0, 2] });
  picture.dispose();
  return activations.map(({ data }) => data);
}

function close(got: Float32Array[], expected: Float32Array[]): void {
  assert.is(got.length, expected.length);
  got.forEach((values, i) => {
    const largest = expected[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    const worst = values.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[i]![k]!)), 0);
    assert.ok(worst <= 1e-6 * largest, `map ${i}: off by ${worst} of ${largest}`);
  });
}

suite('keras/repeated', {
  async 'asked again and again, each picture gets its own maps'() {
    await ready();
    const model = await load();
    const once = new Map<number, Float32Array[]>();
    for (const colour of [0.1, 0.5, 0.9]) {
      const other = await load();
      once.set(colour, await maps(other, colour));
      other.dispose();
    }
    for (let time = 0; time < 5; time++)
      for (const colour of [0.1, 0.5, 0.9]) close(await maps(model, colour), once.get(colour)!);
    model.dispose();
  },

  async 'other weights give other maps at once'() {
    await ready();
    const [model, twin] = [await load(), await load()];
    for (let time = 0; time < 5; time++) await maps(model, 0.5);
    const before = await maps(model, 0.5);
    for (const { layers } of [model, twin]) {
      const changed = layers[0]!.getWeights().map((weight) => tf().mul(weight as never, -1));
      layers[0]!.setWeights(changed);
      tf().dispose(changed);
    }
    const expected = await maps(twin, 0.5);
    assert.not.equal(expected[0], before[0]);
    for (let time = 0; time < 5; time++) close(await maps(model, 0.5), expected);
    for (const one of [model, twin]) one.dispose();
  },

  async 'nothing stays of it'() {
    await ready();
    const count = () => [tf().memory().numTensors, tf().memory().numDataBuffers];
    const start = count();
    const model = await load();
    const loaded = count()[0];
    for (let time = 0; time < 5; time++) await maps(model, 0.5);
    assert.is(count()[0], loaded);
    model.dispose();
    assert.equal(count(), start);
  },
});
