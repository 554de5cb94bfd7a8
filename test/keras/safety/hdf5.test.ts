import { readFileSync } from 'node:fs';
import workers from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { suite } from '../../suite';
import { until } from '../../until';
import { H5 } from './models';
import { refuses } from './refuses';

suite('keras/safety/hdf5', {
  async 'an HDF5 file with a weight that is missing, left over, elsewhere or too large is refused'() {
    for (const [change, pattern] of [
      ['missing', /the weight conv2d_1\/bias:0 of layer "conv2d_1" is missing/],
      ['extra', /needs 2 weights and the file has 3/],
      ['swapped', /layer "dense_1" needs its kernel, and the file has .*bias:0 in its place/],
      ['external_link', /bias:0" is a link to another place, which is never followed/],
      ['circle', /damaged/],
      ['external_numbers', /the numbers of .*bias:0 cannot be read|cannot make sense/],
      ['huge', /take \d+ bytes, above the limit of 4294967296/],
      ['bomb', /take \d+ bytes, above the limit of 4294967296/],
      ['hollow', /declare 21\d{8} bytes in a file of \d+, as no model's weights do/],
      ['hollow_whole', /declare 21\d{8} bytes in a file of \d+, as no model's weights do/],
    ] as const) {
      await refuses(readFileSync(`test/fixtures/keras/hostile_${change}.h5`), pattern);
    }
  },

  async 'a file that makes the HDF5 library loop forever or crash is stopped'() {
    // Found by changing bytes at random: h5wasm never comes back from the first, and crashes on the second.
    const damaged = (name: string, bytes: [number, number][]) => {
      const copy = readFileSync(`test/fixtures/keras/${name}.h5`);
      for (const [at, value] of bytes) copy[at] = value;
      return copy;
    };
    const circle: [number, number][] = [
      [13180, 3],
      [2057, 60],
    ];
    await refuses(damaged('keras2', circle), /takes longer than 3 s to read/);
    const crash: [number, number][] = [
      [19410, 16],
      [4876, 109],
      [11308, 35],
    ];
    await refuses(damaged('stored_latest', crash), /cannot make sense of it/);
    (await loadModel(H5)).dispose();
  },

  async "the library's thread reads the files that follow, and ends when none does"() {
    const { Worker } = workers;
    let [started, running] = [0, 0];
    workers.Worker = class extends Worker {
      constructor(...made: ConstructorParameters<typeof Worker>) {
        super(...made);
        started++;
        running++;
        this.once('exit', () => running--);
      }
    };
    try {
      // Ends the thread that an earlier test may have left: this file makes the library crash.
      await refuses(readFileSync('test/fixtures/keras/hostile_circle.h5'), /damaged/);
      await until(() => running === 0);
      started = 0;
      for (let i = 0; i < 3; i++) (await loadModel(H5)).dispose();
      assert.is(started, 1, 'one thread reads all');
      await until(() => running === 0, 'the thread never ended');
      (await loadModel(H5)).dispose();
      assert.is(started, 2);
    } finally {
      workers.Worker = Worker;
    }
  },
});
