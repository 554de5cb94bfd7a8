import { constants, deflateRawSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/keras/load';
import { suite } from '../../suite';
import { deflated, storedEntries, zip } from '../file/zip-writer';
import { H5, KERAS } from './models';
import { refuses } from './refuses';

suite('keras/safety/zip', {
  async 'a zip with wrong sizes or misleading paths is refused'() {
    const data = Buffer.from('x');
    await refuses(zip([{ name: '../evil.json', data }]), /evil\.json/);
    await refuses(zip([{ name: '/etc/evil', data }]), /evil/);
    await refuses(zip([{ name: 'config.json', data, size: 5000 }]), /damaged|truncated|declares/);
    await refuses(zip([{ name: 'config.json', data }]), /without config\.json and model\.weights\.h5/);
    const flipped = Buffer.from(KERAS);
    flipped[KERAS.length >> 1]! ^= 1;
    await refuses(flipped, /"model\.weights\.h5" does not have the checksum/);
    (await loadModel(deflated(storedEntries(KERAS)))).dispose();
    await refuses(KERAS, /above the limit of 1000\. Raise \{ maxBytes \}/, { maxBytes: 1000 });
    // The largest array takes 73,728 bytes, all of them 102,788: the limit is for the whole file.
    await refuses(H5, /take \d+ bytes, above the limit of 100000/, { maxBytes: 100_000 });
  },

  async 'an entry larger than declared, or than the limit, is never fully unpacked'() {
    // 300 MB of zeros, a piece at a time: packing them at once takes a second.
    const piece = deflateRawSync(Buffer.alloc(1e6), { finishFlush: constants.Z_FULL_FLUSH });
    const end = Buffer.of(3, 0);
    const data = Buffer.concat([...Array<Buffer>(300).fill(piece), end]);
    const before = process.memoryUsage().rss;
    const weights = { name: 'model.weights.h5', data, method: 8 };
    await refuses(zip([{ ...weights, size: 1000 }]), /does not unpack to its declared size/);
    await refuses(
      zip([{ ...weights, size: 300e6 }]),
      /declares 300000000 bytes, above the limit of 1000000/,
      {
        maxBytes: 1e6,
      },
    );
    // 1,000 times smaller than it declares to be, as zeros are and weights are not.
    await refuses(zip([{ ...weights, size: 300e6 }]), /declares 300000000 bytes in \d+, as no model/);
    await refuses(zip([{ ...weights, size: 0xfffffff0 }]), /damaged|above the limit|as no model/, {
      maxBytes: 2 ** 31,
    });
    assert.ok(process.memoryUsage().rss - before < 100e6);
  },
});
