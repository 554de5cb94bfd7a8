import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { placesFor } from '../../src/keras/file/hdf5/room';
import { ready, tf } from '../../src/tensorflow/backend';
import { recordGraph } from '../../src/tensorflow/graph/session';
import { moveIn, reserve, withShortcuts } from '../../src/tensorflow/native';
import { setAside } from '../../src/tensorflow/set-aside';
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
  async 'weights that were set aside come back when they are used, with all their bits, also into a recorded graph'() {
    await ready();
    const sizes = Array.from({ length: 60 }, (_, i) => (i % 3 ? 1 + 977 * i : 300_000 + i));
    const weights = sizes.map((size, i) => tf().add(tf().range(0, size), i));
    const whole = tf().tensor([4, 5], [2], 'int32');
    const bits = weights.map((weight) => weight.dataSync());
    const x = tf().range(0, sizes[1]!);
    const graph = recordGraph(tf(), [x], () => [withShortcuts(tf()).mul(x, weights[1]!)])!;
    const expected = [...graph.run([x])[0]!.dataSync()];
    for (const used of [[1, 0, 58], [], [1, 1]]) {
      const bringBack = setAside(tf(), [...weights, weights[0]!, whole]);
      for (const i of used) assert.equal([...tf().mul(weights[i]!, 1).dataSync()], [...bits[i]!]);
      assert.equal([...graph.run([x])[0]!.dataSync()], expected);
      bringBack();
      // What TensorFlow would read in place would change with the memory that is free now.
      for (const size of sizes) new Float32Array(size).fill(-1);
      assert.ok(weights.every((weight, i) => weight.dataSync().every((value, at) => value === bits[i]![at])));
      assert.equal([...whole.dataSync()], [4, 5]);
    }
    setAside(tf(), [])();
    graph.dispose();
    tf().dispose([...weights, whole, x]);
  },
  async 'memory is reserved without being taken'() {
    await ready();
    const resident = () =>
      Number(/VmRSS:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
    const [before, { numTensors }] = [resident(), tf().memory()];
    for (const bytes of [0, 400e6, 1e15]) reserve(tf(), bytes);
    assert.ok(resident() - before < 100, `${resident() - before} MB`);
    assert.is(tf().memory().numTensors, numTensors);
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
