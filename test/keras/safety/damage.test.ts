import * as assert from 'uvu/assert';
import { ModelError } from '../../../src/errors';
import { loadModel } from '../../../src/keras/load';
import { ready } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { H5, KERAS } from './models';
import { PATIENCE } from './refuses';

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
});
