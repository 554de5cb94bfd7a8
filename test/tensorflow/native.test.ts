import * as assert from 'uvu/assert';
import { placesFor } from '../../src/keras/file/hdf5/room';
import { ready, tf } from '../../src/tensorflow/backend';
import { moveIn } from '../../src/tensorflow/native';
import { suite } from '../suite';

process.env['CONVLENS_BACKEND'] = 'native';

/** Numbers of a weight: TensorFlow copies small arrays in any case. */
const COUNT = 40_000;

/** Whether a tensor of the numbers from `start` on changes when they are written again. */
function changes(buffer: Float32Array, start: number): boolean {
  const view = buffer.subarray(start, start + COUNT).fill(1);
  const tensor = tf().tensor(view, [COUNT]);
  moveIn(tf(), tensor);
  view.fill(2);
  const isChanged = tensor.dataSync()[7] !== 1;
  tensor.dispose();
  return isChanged;
}

suite('tensorflow/native', {
  async 'a weight stays as it was read when its memory is used for the next one'() {
    await ready();
    for (let time = 0; time < 8; time++) {
      const { starts, total } = placesFor([COUNT, COUNT + time, 1, COUNT]);
      const buffer = new Float32Array(total);
      for (const start of starts)
        assert.not.ok(changes(buffer.subarray(0, start + COUNT), start), `${start}`);
    }
  },
  async 'TensorFlow reads an aligned array where it lies: at one of sixteen places'() {
    await ready();
    const buffer = new Float32Array(COUNT + 16);
    const found = Array.from({ length: 16 }, (_, start) => start).filter((start) => changes(buffer, start));
    assert.is(found.length, 1);
    assert.is(found[0]! % 4, 0, 'memory begins at a multiple of 16 bytes');
  },
  'places do not overlap': () => {
    const counts = [5, 0, 1, 16, 3, 4, 7];
    const { starts, total } = placesFor(counts);
    starts.forEach((start, i) => {
      assert.is(start % 4, 1);
      assert.ok(start + counts[i]! <= (starts[i + 1] ?? total), `${i}`);
    });
  },
});
