import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { setAside } from '../../src/tensorflow/set-aside';
import { timesSigmoid } from '../../src/tensorflow/times-sigmoid';
import { LIVING_MAPS } from '../keras/run/living-maps';
import { suite } from '../suite';

process.env['CONVLENS_BACKEND'] = 'wasm';

const MB = 2 ** 18;
const heap = () => (tf().backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;

suite('maps on wasm', LIVING_MAPS);

suite('memory of large models on wasm', {
  async 'weights make room for a large map and come back when they are used, and the heap does not grow'() {
    await ready();
    // 120 MB in weights of 1 to 9 MB, some of them small.
    const sizes = Array.from({ length: 24 }, (_, i) => (i % 3 ? (1 + (i % 9)) * MB : 40));
    const weights = sizes.map((size, i) => tf().fill([size], i));
    const bytes = sizes.reduce((sum, size) => sum + 4 * size, 0);
    const before = heap();
    const { numTensors } = tf().memory();
    const bringBack = setAside(tf(), weights);
    const map = tf().fill([Math.floor((0.9 * bytes) / 4)], 7);
    assert.is(heap(), before);
    map.dispose();
    const read = (i: number) => {
      const values = weights[i]!.dataSync();
      return values.length === sizes[i] && values.every((value) => value === i);
    };
    assert.ok(read(20));
    const doubled = tf().mul(weights[3]!, 2);
    assert.equal([...doubled.dataSync().subarray(0, 2)], [6, 6]);
    bringBack();
    assert.ok(sizes.every((_, i) => read(i)));
    assert.is(heap(), before);
    tf().dispose([weights, doubled]);
    assert.ok(tf().memory().numTensors <= numTensors - weights.length + 1);
  },

  async 'weights that are asked for twice, or dropped afterwards, stay what they are'() {
    await ready();
    const weight = tf().tensor([1, 2, 3]);
    const whole = tf().tensor([4, 5], [2], 'int32');
    const bringBack = setAside(tf(), [weight, weight, whole]);
    assert.equal([...whole.dataSync()], [4, 5]);
    assert.equal([...tf().add(weight, weight).dataSync()], [2, 4, 6]);
    bringBack();
    assert.equal([...weight.dataSync()], [1, 2, 3]);
    weight.dispose();
    setAside(tf(), [])();
  },

  async 'all maps of a model, whose weights were aside, are those of its layers one by one'() {
    const model = await loadModel('notebooks/dogcat_v1.h5');
    const x = tf().randomUniform([16, 150, 150, 3], 0, 1, 'float32', 5);
    const before = tf().memory().numBytes;
    const maps = await predict(model, x);
    const { weights } = model as unknown as LayersModel;
    const size = weights.reduce((sum, weight) => sum + 4 * weight.read().size, 0);
    assert.ok(maps.reduce((sum, { data }) => sum + data.byteLength, 0) > size);
    for (const { layer, data } of maps) {
      const [alone] = await predict(model, x, { layers: layer });
      assert.is(Buffer.compare(Buffer.from(data.buffer), Buffer.from(alone!.data.buffer)), 0, layer);
    }
    const again = await predict(model, x);
    assert.ok(again.every(({ data }, i) => data.every((value, at) => value === maps[i]!.data[at])));
    assert.is(tf().memory().numBytes, before);
    x.dispose();
    model.dispose();
  },

  async 'x times its sigmoid takes one map beside x, and has the bits of both operations'() {
    await ready();
    for (const shape of [[1, 7, 5, 3], [33], []]) {
      const x = tf().randomNormal(shape, 0, 4, 'float32', 3);
      const values = [...x.dataSync()];
      const apart = tf().tidy(() => tf().mul(x, tf().sigmoid(x)).dataSync());
      const { numBytes, numTensors } = tf().memory();
      const y = timesSigmoid(tf() as never, x as never);
      assert.is(tf().memory().numBytes - numBytes, 4 * x.size);
      assert.is(tf().memory().numTensors - numTensors, 1);
      assert.equal(y.shape, shape);
      assert.equal([...y.dataSync()], [...apart]);
      assert.equal([...x.dataSync()], values);
      tf().dispose([x, y as never]);
    }
    const none = tf().zeros([2, 0, 4]);
    assert.equal(
      tf().tidy(() => timesSigmoid(tf() as never, none as never).shape),
      [2, 0, 4],
    );
    // A gradient needs the sigmoid: at 0 it is 1 / 2, at 2 it is s (1 + 2 (1 - s)) with s = 1 / (1 + e^-2).
    const slope = tf().grad((x) => timesSigmoid(tf() as never, x as never) as never)(tf().tensor([0, 2]));
    const s = 1 / (1 + Math.exp(-2));
    const [at0, at2] = slope.dataSync();
    assert.ok(Math.abs(at0! - 0.5) < 1e-6 && Math.abs(at2! - s * (1 + 2 * (1 - s))) < 1e-6);
  },
});
