import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { base64 } from '../../renderers/base64';
import { suite } from '../suite';

suite('base64', {
  'is the text that Node makes of the same bytes'() {
    for (let length = 0; length < 100; length++) {
      const bytes = randomBytes(length);
      assert.is(base64(bytes), bytes.toString('base64'));
    }
    const large = randomBytes(200_001).subarray(1);
    assert.is(base64(large), large.toString('base64'));
  },
});
