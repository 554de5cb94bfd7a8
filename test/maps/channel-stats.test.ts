import '../../renderers/node';
import * as assert from 'uvu/assert';
import { channelStatsFigure } from '../../renderers/channel-stats';
import { overviewFigure } from '../../renderers/overview';
import { channelStats } from '../../src/maps/channel-stats';
import { kerasActivation } from '../npy';
import { suite } from '../suite';

// The dead channels stand in the model's card; the sums below were computed in doubles from Keras's activations.
const DEAD: Record<string, number[]> = { conv2d_1: [12], conv2d_2: [6, 30], conv2d_3: [9, 24, 27, 41] };

suite('statistics of channels', {
  "each channel has its statistics, and the dead ones are those named in the model's card": () => {
    for (const [layer, dead] of Object.entries(DEAD)) {
      const activation = kerasActivation(layer);
      const all = channelStats(activation);
      const count = activation.shape[3];
      assert.is(all.length, count);
      assert.equal(
        all.filter((c) => c.dead).map(({ channel }) => channel),
        dead,
      );
      for (const { channel, mean, max, sparsity } of all) {
        const values = activation.data.filter((_, i) => i % count! === channel);
        assert.is(max, Math.max(...values));
        assert.ok(Math.abs(mean - values.reduce((sum, v) => sum + v, 0) / values.length) < 1e-9);
        assert.is(sparsity, values.filter((v) => v === 0).length / values.length);
      }
    }
  },
  'the figure names dead channels and channels with values that are not finite': () => {
    assert.match(channelStatsFigure(kerasActivation('conv2d_3')).text, '4 dead of 64: 9, 24, 27, 41');
    const data = Float32Array.of(1, Number.NaN, 2, 3);
    const { text } = channelStatsFigure({ layer: 'made', shape: [1, 1, 2, 2], data });
    assert.match(text, '2 channels');
    assert.match(text, '1 not finite of 2: 1');
  },
  'the figure takes a title and, of a batch, the picture': () => {
    const two = { layer: 'pair', shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) };
    const { text } = channelStatsFigure(two, { index: 1, title: 'the second' });
    assert.match(text, /^the second; 1 channel;/);
    assert.throws(() => channelStatsFigure(two, { titel: 'x' } as object), /unknown option "titel"/);
  },
  'an overview has one row per layer, with the statistics of its channels': () => {
    const { text } = overviewFigure(Object.keys(DEAD).map(kerasActivation));
    assert.match(text, '3 layers');
    assert.match(text, 'conv2d_1 148 × 148 × 16: 0 to 1.17, zeros 64 %, dead 1 of 16');
    assert.match(text, 'conv2d_3 34 × 34 × 64: 0 to 1.84, zeros 53 %, dead 4 of 64');
    assert.throws(() => overviewFigure([]), /there are no activations/);
  },
  'a batch of several pictures needs an index': () => {
    const two = { layer: 'pair', shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) };
    assert.throws(() => channelStats(two), /pair: it holds 2 pictures/);
    assert.is(channelStats(two, { index: 1 })[0]!.mean, 2);
  },
});
