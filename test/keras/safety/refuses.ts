import * as assert from 'uvu/assert';
import { ModelError } from '../../../src/errors';
import { loadModel } from '../../../src/keras/load';
import { ready, tf } from '../../../src/tensorflow/backend';
import { PATIENCE } from '../../until';

/** The load ends (on an idle machine after at most 3 s) with a ModelError of that text, and leaves no tensor. */
export async function refuses(bytes: Uint8Array, pattern: RegExp, options = {}): Promise<void> {
  await ready();
  const before = tf().memory().numTensors;
  const started = performance.now();
  let error: unknown;
  try {
    (await loadModel(bytes, options)).dispose();
  } catch (caught) {
    error = caught;
  }
  assert.instance(error, ModelError, `${error}`);
  assert.match((error as Error).message, pattern);
  assert.match((error as Error).message, /^Cannot load the model: /);
  assert.ok(performance.now() - started < PATIENCE);
  assert.is(tf().memory().numTensors, before);
}
