/** On native TensorFlow a prediction that is asked for again and again runs as a graph: what it gives must not show it. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import type { Model } from '../../../src/keras/model';
import { predict } from '../../../src/keras/run/predict';
import { ready, tf } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';

type Weighted = Omit<Model, 'layers'> & {
  layers: { name: string; weights: object[]; getWeights(): object[]; setWeights(values: object[]): void }[];
};

const FIXTURES = join(__dirname, '..', '..', '..', '..', 'test', 'fixtures', 'keras');
const TIMES = [1, 2, 3, 4, 5];
const COLOURS = [0.1, 0.5, 0.9];

/** Nested, shared and several of everything; big enough for a graph. */
const load = () => loadModel(join(FIXTURES, 'functional.h5')) as unknown as Promise<Weighted>;

/** What all layers make of two pictures. */
async function maps(model: Weighted, colour: number): Promise<Float32Array[]> {
  const pictures = [tf().fill([1, 8, 8, 3], colour), tf().fill([1, 8, 8, 3], 1 - colour ** 2)];
  const activations = await predict(model as unknown as Model, pictures as never);
  tf().dispose(pictures);
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

/** What the layers make of each colour when they are asked for once. */
async function askedOnce(): Promise<Map<number, Float32Array[]>> {
  const once = new Map<number, Float32Array[]>();
  for (const colour of COLOURS) {
    const model = await load();
    once.set(colour, await maps(model, colour));
    model.dispose();
  }
  return once;
}

interface Binding {
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(id: number, ids: number[], inputs: string, outputs: string): { id: number }[];
}

/** Counts the graphs that are made while `work` runs; `run` may stand in for TensorFlow's own way to run one. */
async function graphs(work: () => Promise<void>, run?: Binding['runSavedModel']): Promise<number> {
  const backend = tf().backend() as unknown as { binding: Binding };
  const { binding } = backend;
  let made = 0;
  const loadSavedModel: Binding['loadSavedModel'] = (...given) => {
    made++;
    return binding.loadSavedModel(...given);
  };
  if (isNative()) {
    const others = {
      loadSavedModel: { value: loadSavedModel },
      ...(run && { runSavedModel: { value: run } }),
    };
    backend.binding = Object.create(binding, others);
  }
  try {
    await work();
  } finally {
    backend.binding = binding;
  }
  return made;
}

const isNative = () => tf().getBackend() === 'tensorflow';

suite('keras/repeated', {
  async 'repeated predictions give each picture its own maps'() {
    await ready();
    const once = await askedOnce();
    const model = await load();
    const made = await graphs(async () => {
      for (const _ of TIMES)
        for (const colour of COLOURS) close(await maps(model, colour), once.get(colour)!);
    });
    assert.is(made, isNative() ? 1 : 0);
    model.dispose();
  },

  async "the tutorial's maps are the same to the last bit in every prediction"() {
    await ready();
    const model = await loadModel('notebooks/dogcat_v1.h5');
    const picture = tf().fill([1, 150, 150, 3], 0.4);
    const first = await predict(model, picture);
    for (const _ of TIMES) assert.equal(await predict(model, picture), first);
    picture.dispose();
    model.dispose();
  },

  async 'new weights give new maps at once'() {
    await ready();
    const [model, twin] = [await load(), await load()];
    for (const _ of TIMES) await maps(model, 0.5);
    const before = await maps(model, 0.5);
    for (const { layers } of [model, twin]) {
      const layer = layers.find(({ weights }) => weights.length > 0)!;
      const changed = layer.getWeights().map((weight) => tf().mul(weight as never, -1));
      layer.setWeights(changed);
      tf().dispose(changed);
    }
    const expected = await maps(twin, 0.5);
    assert.not.equal(expected, before);
    for (const _ of TIMES) close(await maps(model, 0.5), expected);
    for (const one of [model, twin]) one.dispose();
  },

  async 'if no graph can be built, or it gives different numbers, operations run one by one'() {
    await ready();
    if (!isNative()) return;
    const once = await askedOnce();
    const repeat = async () => {
      const model = await load();
      for (const _ of TIMES) assert.equal(await maps(model, 0.1), once.get(0.1));
      model.dispose();
    };
    const folder = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(FIXTURES, 'not-there');
    try {
      assert.is(await graphs(repeat), 0);
    } finally {
      if (folder === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = folder;
    }
    // A mock of a TensorFlow that is wrong: it takes one input for the other.
    const { binding } = tf().backend() as unknown as { binding: Binding };
    const wrong: Binding['runSavedModel'] = (id, [a, b, ...rest], ...names) =>
      binding.runSavedModel(id, [b!, a!, ...rest], ...names);
    assert.is(await graphs(repeat, wrong), 1);
  },

  async 'disposing the model frees its graphs'() {
    await ready();
    const count = () => [tf().memory().numTensors, tf().memory().numDataBuffers];
    const start = count();
    const model = await load();
    const loaded = count()[0];
    for (const _ of TIMES) await maps(model, 0.5);
    assert.is(count()[0], loaded);
    model.dispose();
    assert.equal(count(), start);
  },
});
