import type { Rank } from '@tensorflow/tfjs-core';
import * as assert from 'uvu/assert';
import { ready, tf } from '../../src/tensorflow/backend';
import { allCases } from '../keras/cases';
import { suite } from '../suite';

process.env['CONVLENS_BACKEND'] = 'wasm';

suite("Keras's layers on wasm", allCases());

suite('what wasm would pass over', {
  async 'where there is no memory, an error says so and nothing is written to'() {
    await ready();
    const one = tf().ones([1]);
    assert.throws(() => tf().tile(one, [2 ** 30]), /out of memory: wasm cannot hold 4294967296 bytes more/);
    one.dispose();
    // Without values they are held and not written to. Of a fourth gigabyte the heap would give a place beyond its end.
    const wasm = tf().backend() as unknown as { write(v: null, shape: number[], dtype: string): object };
    const held = wasm.write(null, [2 ** 29], 'float32');
    assert.throws(() => wasm.write(null, [2 ** 29], 'float32'), /wasm cannot hold 2147483648 bytes more/);
    assert.throws(() => wasm.write(null, [2 ** 28], 'float32'), /wasm cannot hold 1073741824 bytes more/);
    tf().backend().disposeData(held);
    const again = wasm.write(null, [2 ** 28], 'float32');
    tf().backend().disposeData(again);
    assert.equal([...tf().tile([1, 2], [2]).dataSync()], [1, 2, 1, 2]);
  },

  async 'what XNNPACK refuses is an error, and its output is freed'() {
    await ready();
    const scalar = tf().scalar(1);
    const { numTensors, numBytes } = tf().memory();
    assert.throws(() => tf().softmax(scalar), /wasm cannot compute this: XNNPACK refuses softmax_nc_f32/);
    assert.equal([tf().memory().numTensors, tf().memory().numBytes], [numTensors, numBytes]);
    scalar.dispose();
  },

  async 'a window larger than its map is an error, and one as large less one gives nothing, as in Keras'() {
    await ready();
    const kernel = tf().ones<Rank.R4>([3, 3, 4, 2]);
    const convolve = (size: number) =>
      tf().conv2d(tf().ones<Rank.R4>([1, size, size, 4]), kernel, 1, 'valid');
    assert.throws(() => convolve(1), /the window is larger than the map: .* shape \[1,-1,-1,2\]/);
    assert.equal(convolve(2).shape, [1, 0, 0, 2]);
    assert.equal(convolve(3).dataSync(), new Float32Array([36, 36]));
    // Found by changing configurations: an access out of bounds.
    const pool = () => tf().avgPool(tf().ones<Rank.R4>([1, 7, 8, 4]), 32767, 2, 'same');
    assert.throws(pool, /wasm cannot compute windows of 32767 by 32767 for 4 by 4 places/);
  },
});
