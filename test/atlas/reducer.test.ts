import * as assert from 'uvu/assert';
import { BINS } from '../../src/atlas/bins';
import { emptyTotals } from '../../src/atlas/layer-totals';
import { Reducer } from '../../src/atlas/reductions/reducer';
import { json, npy } from '../npy';
import { suite } from '../suite';

const TOP = 2;
const COUNTS = [
  'count',
  'zeros',
  'nan',
  'positiveInfinity',
  'negativeInfinity',
  'fires',
  'exponents',
] as const;

interface Expected extends Record<(typeof COUNTS)[number], number> {
  mean: number;
  squares: number;
  min: number | null;
  max: number | null;
  bins: number[];
  maxima: (number | null)[];
  pictures: number[];
  positions: number[];
}

suite('atlas/reducer', {
  'counts finite, NaN and infinite values as numpy does'() {
    const { shape, data } = npy('atlas/odd-values');
    const expected = json<Expected[]>('atlas/odd-values');
    const [pictures, positions, channels] = shape as [number, number, number];
    const totals = emptyTotals({ channels, top: TOP });
    const reducer = new Reducer([totals]);
    const maxima: Float32Array[] = [];
    for (let picture = 0; picture < pictures; picture++) {
      const size = positions * channels;
      const values = (data as Float32Array).subarray(picture * size, (picture + 1) * size);
      maxima.push(new Float32Array(channels));
      reducer.add(0, { values, positions, picture }, maxima[picture]!);
    }
    reducer.finish();
    const close = (actual: number, value: number) =>
      assert.ok(Math.abs(actual - value) <= 1e-9 * Math.max(1, Math.abs(value)), `${actual} for ${value}`);
    for (const [channel, own] of expected.entries()) {
      for (const name of COUNTS) assert.is(totals[name][channel], own[name], `${name} of ${channel}`);
      close(totals.mean[channel]!, own.mean);
      close(totals.squares[channel]!, own.squares);
      assert.is(totals.min[channel], own.min ?? Number.POSITIVE_INFINITY);
      assert.is(totals.max[channel], own.max ?? Number.NEGATIVE_INFINITY);
      assert.equal([...totals.bins.subarray(channel * BINS, (channel + 1) * BINS)], own.bins, `${channel}`);
      assert.equal(
        maxima.map((each) => each[channel]),
        own.maxima.map((value) => value ?? Number.NEGATIVE_INFINITY),
      );
      const top = channel * TOP;
      const listed = own.pictures.length;
      assert.equal([...totals.topPictures.subarray(top, top + listed)], own.pictures);
      assert.equal([...totals.topPositions.subarray(top, top + listed)], own.positions);
      assert.is(
        [...totals.topPictures.subarray(top + listed, top + TOP)].every((one) => one === -1),
        true,
      );
    }
  },
});
