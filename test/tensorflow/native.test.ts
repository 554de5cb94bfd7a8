import * as assert from 'uvu/assert';
import { ready, tf } from '../../src/tensorflow/backend';
import { kept, moveIn } from '../../src/tensorflow/native';
import { suite } from '../suite';

process.env['CONVLENS_BACKEND'] = 'native';

/** Numbers of a weight: TensorFlow copies small arrays in any case. */
const COUNT = 40_000;

/** Whether a tensor made of each 4-byte place of a buffer changes when the buffer is written again. */
async function changed(keep: (values: Float32Array) => Float32Array): Promise<boolean[]> {
  await ready();
  const buffer = new Float32Array(COUNT + 16);
  // One of sixteen places has an address that is a multiple of 64.
  return Array.from({ length: 16 }, (_, place) => {
    const view = buffer.subarray(place, place + COUNT).fill(1);
    const tensor = tf().tensor(keep(view), [COUNT]);
    moveIn(tf(), tensor);
    view.fill(2);
    const isChanged = tensor.dataSync()[7] !== 1;
    tensor.dispose();
    return isChanged;
  });
}

suite('tensorflow/native', {
  'a weight stays as it was read when its buffer is used for the next one, wherever the buffer lies':
    async () => {
      assert.equal(await changed((values) => kept(tf(), values)), Array(16).fill(false));
    },
  'without a copy, TensorFlow reads an aligned buffer where it lies': async () => {
    assert.is((await changed((values) => values)).filter(Boolean).length, 1);
  },
});
