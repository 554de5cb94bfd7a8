import type { Rank } from '@tensorflow/tfjs-core';
import * as assert from 'uvu/assert';
import { ready, tf } from '../../src/tensorflow/backend';
import { withoutPacked } from '../../src/tensorflow/wasm-packed';
import { allCases } from '../keras/cases';
import { suite } from '../suite';

process.env['CONVLENS_BACKEND'] = 'wasm';

suite("Keras's layers on wasm", allCases());

suite('failures that wasm ignores by default', {
  async 'running out of memory is an error, and no memory is overwritten'() {
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

  async 'an operation that XNNPACK refuses is an error, and its output is freed'() {
    await ready();
    const scalar = tf().scalar(1);
    const { numTensors, numBytes } = tf().memory();
    assert.throws(() => tf().softmax(scalar), /wasm cannot compute this: XNNPACK refuses softmax_nc_f32/);
    assert.equal([tf().memory().numTensors, tf().memory().numBytes], [numTensors, numBytes]);
    scalar.dispose();
  },

  async 'a window two larger than its map is an error, one larger gives an empty map, as in Keras'() {
    await ready();
    const kernel = tf().ones<Rank.R4>([3, 3, 4, 2]);
    const convolve = (size: number) =>
      tf().conv2d(tf().ones<Rank.R4>([1, size, size, 4]), kernel, 1, 'valid');
    assert.throws(() => convolve(1), /the window is larger than the map: .* shape \[1,-1,-1,2\]/);
    assert.equal(convolve(2).shape, [1, 0, 0, 2]);
    assert.equal(convolve(3).dataSync(), new Float32Array([36, 36]));
    // Found by changing configurations: an access out of bounds.
    const pool = () => tf().avgPool(tf().ones<Rank.R4>([1, 7, 8, 4]), 32767, 2, 'same');
    assert.throws(pool, /wasm cannot compute windows of 32767 × 32767 for an output of 4 × 4/);
  },

  async 'sums of many numbers do not lose digits'() {
    await ready();
    const { fill, mean, sum, tidy } = tf();
    const all = 300 * 300;
    tidy(() => {
      const x = fill([1, 300, 300, 1], 0.1);
      const off = (found: number) => Math.abs(found - Math.fround(0.1) * all);
      // One after another they would be off by more than 1.
      assert.ok(off(sum(x, [1, 2]).dataSync()[0]!) < 0.2);
      const kept = mean(x, [1, 2], true);
      assert.equal(kept.shape, [1, 1, 1, 1]);
      assert.ok(off(kept.dataSync()[0]! * all) < 0.2);
    });
  },

  async 'weights used once are not copied, and the results stay the same'() {
    await ready();
    const { conv2d, fill, matMul, ones, reshape, tidy } = tf();
    const { wasm } = tf().backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
    const x = ones<Rank.R4>([1, 1, 1, 2048]);
    const kernels = [1, 2, 3, 4].map((factor) => fill<Rank.R4>([1, 1, 2048, 2048], factor));
    const before = wasm.HEAPU8.length;
    const run = () =>
      kernels.map((kernel) =>
        tidy(() => {
          const convolved = conv2d(x, kernel, 1, 'valid');
          const product = matMul(reshape(x, [1, 2048]), reshape(kernel, [2048, 2048]));
          return [convolved, product].map((made) => made.dataSync()[2047]);
        }),
      );
    const expected = [1, 2, 3, 4].map((factor) => [2048 * factor, 2048 * factor]);
    assert.equal(withoutPacked(run), expected);
    // A packed kernel takes 17 MB.
    assert.ok(wasm.HEAPU8.length - before < 60e6, `${wasm.HEAPU8.length - before} bytes`);
    // They run again as they are, also after they ran without being kept.
    assert.equal(run(), expected);
    assert.equal(withoutPacked(run), expected);
    tf().dispose([x, ...kernels]);
  },
});
