import * as assert from 'uvu/assert';
import { featureMap } from '../../src/maps/activation';
import { colorSteps, range, standardize } from '../../src/maps/scale';
import { stats } from '../../src/maps/stats';
import { json, kerasActivation, npy } from '../npy';
import { suite } from '../suite';

const { NaN: nan, POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down } = Number;
const viridis = json<Record<string, string[]>>('colormaps').viridis;

suite('scale', {
  "minmax and colorSteps give matplotlib's colour for each of 148 × 148 values": () => {
    for (const channel of [1, 3]) {
      const { data } = featureMap(kerasActivation('conv2d_1'), channel);
      const steps = colorSteps(data, ...range('minmax', stats(data)));
      const colors = Buffer.from(Array.from(steps, (step) => viridis![step]!.slice(1)).join(''), 'hex');
      assert.ok(colors.equals(npy(`matshow-${channel}`).data as Uint8Array), `channel ${channel}`);
    }
  },
  "standardize gives numpy's bytes of a channel, except for 2": () => {
    const golden = npy('grid-conv2d_1');
    for (const channel of [0, 1, 3, 15]) {
      const { data } = featureMap(kerasActivation('conv2d_1'), channel);
      const bytes = standardize(data, stats(data));
      let differences = 0;
      bytes.forEach((byte, i) => {
        const at = Math.floor(i / 148) * 2368 + channel * 148 + (i % 148);
        if (byte !== golden.data[at]) differences++;
      });
      assert.ok(differences <= 2, `channel ${channel}: ${differences}`);
    }
  },
  'each named range has its limits': () => {
    const summary = stats([-3, 0, 1, 2]);
    assert.equal(range('minmax', summary), [-3, 2]);
    assert.equal(range('symmetric', summary), [-3, 3]);
    // mean 0; population variance (9 + 0 + 1 + 4) / 4
    assert.equal(range('standardize', summary), [-2 * Math.sqrt(3.5), 2 * Math.sqrt(3.5)]);
    assert.equal(range([-1, 0.5], summary), [-1, 0.5]);
  },
  'a scale that does not exist, or a range that does not ascend, is refused by name': () => {
    for (const scale of ['log', [1, 1], [2, 1], [0], [0, 1, 2], [0, up], [nan, 1], ['0', '1'], null]) {
      assert.throws(
        () => range(scale as never, stats([0, 1])),
        (e: Error) =>
          e instanceof RangeError && e.message.includes(`Cannot scale by ${JSON.stringify(scale)}:`),
        JSON.stringify(scale),
      );
    }
  },
  'the ends and all values beyond them take the end colours; NaN takes the first': () => {
    const values = Float32Array.of(0, 1, 0.5, -9, 9, nan, up, down);
    assert.equal([...colorSteps(values, 0, 1)], [0, 255, 128, 0, 255, 0, 255, 0]);
  },
  'an empty range, a range of NaN and an empty list give 0 or an empty list': () => {
    assert.equal([...colorSteps(Float32Array.of(5, 6, nan), 5, 5)], [0, 0, 0]);
    assert.equal([...colorSteps(Float32Array.of(5, 6), nan, nan)], [0, 0]);
    assert.equal([...colorSteps(new Float32Array(0), 0, 1)], []);
    assert.equal([...standardize(Float32Array.of(4, 4), stats([4, 4]))], [0, 0]);
  },
  "the tutorial's scale clips at two standard deviations and puts the mean at 128": () => {
    const summary = { ...stats([0, 1]), mean: 0, std: 1 };
    const values = Float32Array.of(0, 1, -1, 2, -2, 50, -50, nan);
    assert.equal([...standardize(values, summary)], [128, 192, 64, 255, 0, 255, 0, 0]);
  },
});

suite('stats', {
  'values that are not finite are counted and left out': () => {
    const summary = stats([1, nan, 3, up, up, down, 0]);
    assert.equal([summary.nan, summary.positiveInfinity, summary.negativeInfinity], [1, 2, 1]);
    assert.equal([summary.min, summary.max, summary.mean, summary.dead], [0, 3, 4 / 3, false]);
    assert.is(summary.sparsity, 1 / 7);
  },
  'values far from 0 keep their standard deviation': () => {
    assert.is(stats([1e9, 1e9 + 1, 1e9 + 2]).std, Math.sqrt(2 / 3));
  },
  'a channel is dead if all its values are one finite number, and only then': () => {
    for (const values of [[7], [2, 2, 2]]) assert.is(stats(values).dead, true, `[${values}]`);
    for (const values of [[1, 2], [2, nan], [nan], [up, down], []]) {
      assert.is(stats(values).dead, false, `[${values}]`);
    }
    for (const values of [[nan], [up, down], []]) {
      const { mean, std, min, max } = stats(values);
      assert.ok([mean, std, min, max].every(Number.isNaN), `[${values}]`);
    }
    assert.is(stats([]).sparsity, 0);
    assert.is(stats([7]).std, 0);
  },
});
