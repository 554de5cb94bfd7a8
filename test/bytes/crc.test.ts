import * as assert from 'uvu/assert';
import { crcOf } from '../../src/bytes/crc-of';
import { crc32 } from '../../src/bytes/crc32';
import { crc32c } from '../../src/keras/file/saved-model/crc32c';
import { suite } from '../suite';

const text = (letters: string) => new TextEncoder().encode(letters);

suite('checksums', {
  'the check values of both polynomials, and of RFC 3720': () => {
    assert.is(crc32(text('123456789')), 0xcbf43926);
    assert.is(crc32c(text('123456789')), 0xe3069283);
    assert.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.is(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.is(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  },
  'the same wherever the bytes lie, however many there are, and in parts': () => {
    const all = Uint8Array.from({ length: 80 }, (_, i) => (i * 37 + 11) & 255);
    for (let start = 0; start < 8; start++) {
      for (let length = 0; length <= 64; length++) {
        const moved = all.slice(start, start + length);
        const view = all.subarray(start, start + length);
        assert.is(crc32(view), crc32(moved), `${length} bytes from ${start}`);
        for (const cut of [0, 1, 5, 16, length]) {
          assert.is(crc32(view.subarray(cut), crc32(view.subarray(0, cut))), crc32(moved));
        }
      }
    }
  },
  'many bytes, which WebAssembly folds, as tables compute it, wherever they lie and in parts': () => {
    const byTable = crcOf(0x82f63b78);
    const all = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 37 + (i >> 7)) & 255);
    for (const length of [16_383, 16_384, 16_385, 19_728, 19_744, 36_111, 36_112, 65_536, 99_999]) {
      for (const start of [0, 1, 5]) {
        const view = all.subarray(start, start + length);
        const expected = byTable(view);
        assert.is(crc32c(view), expected, `${length} bytes from ${start}`);
        for (const cut of [3, 16_384, length - 16_384]) {
          assert.is(crc32c(view.subarray(cut), crc32c(view.subarray(0, cut))), expected);
        }
      }
    }
  },
  'one wrong bit among many bytes': () => {
    const bytes = new Uint8Array(50_000).fill(7);
    const right = crc32c(bytes);
    for (const place of [0, 3344, 25_000, 46_655, 46_656, 49_999]) {
      bytes[place]! ^= 1;
      assert.is.not(crc32c(bytes), right, `byte ${place}`);
      bytes[place]! ^= 1;
    }
  },
});
