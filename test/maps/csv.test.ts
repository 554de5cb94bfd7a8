import * as assert from 'uvu/assert';
import { channelStats } from '../../src/maps/channel-stats';
import { toCsv } from '../../src/maps/csv';
import { stats } from '../../src/maps/stats';
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
  'the statistics of one map are a line below its names; dates are written as ISO 8601': () => {
    assert.is(
      toCsv(stats(Float32Array.of(0, 2))),
      'mean,std,min,max,sparsity,dead,nan,positiveInfinity,negativeInfinity\n1,1,0,2,0.5,false,0,0,0\n',
    );
    assert.is(toCsv([{ at: new Date(0), size: [3, 4] }]), 'at,size\n1970-01-01T00:00:00.000Z,"3,4"\n');
  },
  'anything else is refused': () => {
    const map = kerasActivation('conv2d_3');
    const mixed = [[1], { a: 1 }];
    for (const wrong of [
      ...[undefined, 'x', [], [1, 2], new Float32Array(3), {}, new Map(), [null], mixed],
      ...[[map, map], [{ a: { b: 1 } }], Promise.resolve(1)],
    ]) {
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
