import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { ModelError } from '../../../src/errors';
import { loadModel } from '../../../src/keras/load';
import { ready } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { PATIENCE } from '../../until';
import { H5, KERAS } from './models';
import { refuses } from './refuses';

suite('keras/safety/damage', {
  async 'any damaged byte of the structure gives a model or a ModelError, within the time limit'() {
    await ready();
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (const file of [H5, KERAS]) {
      for (let round = 0; round < 150; round++) {
        const copy = Buffer.from(file);
        for (let i = 0; i <= random(4); i++) copy[random(random(2) ? copy.length : 6000)] = random(256);
        const started = performance.now();
        try {
          (await loadModel(copy)).dispose();
        } catch (error) {
          assert.instance(error, ModelError, `round ${round}: ${(error as Error).stack}`);
        }
        assert.ok(performance.now() - started < PATIENCE);
      }
    }
  },

  async 'a file that was cut short is refused, whatever its length'() {
    for (const name of [
      'notebooks/dogcat_v1.h5',
      'test/fixtures/dogcat_v1_keras3.h5',
      'test/fixtures/dogcat_v1.keras',
    ]) {
      const whole = readFileSync(name);
      for (const part of [0.999, 0.9, 0.5, 0.1, 0.01])
        await refuses(whole.subarray(0, Math.floor(whole.length * part)), /truncated|damaged|neither/);
    }
  },
});
