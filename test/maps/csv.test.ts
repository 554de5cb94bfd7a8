import * as assert from 'uvu/assert';
import { channelStats } from '../../src/maps/channel-stats';
import { toCsv } from '../../src/maps/csv';
import { kerasActivation } from '../npy';
import { suite } from '../suite';

suite('CSV', {
  'a channel is rows of numbers with all their digits': () => {
    const map = kerasActivation('conv2d_3');
    const rows = toCsv(map, { channel: 20 }).trimEnd().split('\n');
    assert.is(rows.length, 34);
    rows.forEach((line, row) => {
      line.split(',').forEach((number, column) => {
        assert.is(Number(number), map.data[(row * 34 + column) * 64 + 20], `${row}, ${column}`);
      });
    });
  },
  'statistics are a table with names': () => {
    const [head, first, ...rest] = toCsv(channelStats(kerasActivation('conv2d_3')))
      .trimEnd()
      .split('\n');
    assert.is(head, 'channel,mean,std,min,max,sparsity,dead,nan,positiveInfinity,negativeInfinity');
    assert.match(first!, /^0,0\.\d+,/);
    assert.is(rest.length, 63);
  },
  'texts with commas, quotation marks and line breaks are quoted as RFC 4180 says': () => {
    assert.is(
      toCsv([
        { a: 'x, "y"', b: 'two\nlines' },
        { a: null, c: 1 },
      ]),
      'a,b,c\n"x, ""y""","two\nlines",\n,,1\n',
    );
    assert.is(
      toCsv([
        [1, 2.5],
        [Number.NaN, -0],
      ]),
      '1,2.5\nNaN,0\n',
    );
  },
  'anything else is refused': () => {
    for (const wrong of [undefined, 'x', [], [1, 2], new Float32Array(3)]) {
      assert.throws(
        () => toCsv(wrong as never),
        (e: Error) => e instanceof TypeError && /Cannot write CSV/.test(e.message),
      );
    }
  },
  'an unknown option is an error, not the first channel'() {
    const options = { chanel: 3 } as object;
    assert.throws(
      () => toCsv(kerasActivation('conv2d_3'), options),
      (error: Error) => error instanceof TypeError && /"chanel".*Did you mean "channel"/.test(error.message),
    );
  },
});
