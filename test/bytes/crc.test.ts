import * as assert from 'uvu/assert';
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
});
