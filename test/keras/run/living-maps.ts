import type { Tensor } from '@tensorflow/tfjs-core';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { predict } from '../../../src/keras/run/predict';
import { tf } from '../../../src/tensorflow/backend';

/** How much of a model's maps is in TensorFlow while they are read, on the backend that runs. */
export const LIVING_MAPS = {
  async 'of a chain of layers TensorFlow holds one map while it is read'() {
    const model = await loadModel('notebooks/dogcat_v1.h5');
    const x = tf().randomUniform([2, 150, 150, 3], 0, 1, 'float32', 5);
    await predict(model, x, { layers: [-1] });
    const before = tf().memory().numBytes;
    const { prototype } = tf().Tensor as unknown as { prototype: Tensor };
    const { dataSync } = prototype;
    const held: string[] = [];
    const sizes: string[] = [];
    prototype.dataSync = function (this: Tensor) {
      held.push(`${tf().memory().numBytes - before}`);
      sizes.push(`${4 * this.size}`);
      return dataSync.call(this) as never;
    } as never;
    try {
      await predict(model, x);
    } finally {
      prototype.dataSync = dataSync;
    }
    // 148, 74, 72, 36 and 34 pixels wide, 16, 32 and 64 channels deep.
    const maps = [148 ** 2 * 16, 74 ** 2 * 16, 72 ** 2 * 32, 36 ** 2 * 32, 34 ** 2 * 64];
    assert.equal(
      sizes,
      maps.map((size) => `${2 * 4 * size}`),
    );
    assert.equal(held, sizes);
    assert.is(tf().memory().numBytes, before);
    x.dispose();
    model.dispose();
  },
};
