import '../../renderers/node';
import * as assert from 'uvu/assert';
import { histogramFigure } from '../../renderers/histogram';
import { histogramOf } from '../../src/maps/histogram';
import { json, kerasActivation } from '../npy';
import { suite } from '../suite';

interface Case {
  bins: number;
  range?: [number, number] | null;
  values?: number[];
  counts: number[];
  edges: number[];
}

const cases = json<Record<string, Case>>('histograms');

const tests = Object.fromEntries(
  Object.entries(cases).map(([name, { bins, range, values, counts, edges }]) => [
    `${name}: numpy's counts and edges`,
    () => {
      const all = values ?? [...kerasActivation(name).data].filter((value) => value !== 0);
      const ends =
        range ?? ([all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))] as const);
      const made = histogramOf(all, bins, ends);
      assert.equal([...made.counts], counts);
      for (const [i, edge] of edges.entries())
        assert.ok(Math.abs(made.edges[i]! - edge) < 1e-12, `edge ${i}`);
    },
  ]),
);

suite('histogram', {
  ...tests,
  'values that are not finite or beyond the range are not counted, but the figure says so': () => {
    const { NaN: nan, POSITIVE_INFINITY: up } = Number;
    const values = Float32Array.of(nan, up, -5, 0, 1, 2);
    assert.equal([...histogramOf(values, 2, [0, 2]).counts], [1, 2]);
    const odd = { layer: 'odd', shape: [1, 6], data: values };
    const { text } = histogramFigure(odd, { range: [0, 2] });
    assert.match(text, '1 beyond the range');
    assert.match(text, 'NaN: 1, +Infinity: 1');
    assert.match(text, '17 % zeros');
    assert.ok(histogramFigure({ ...odd, data: new Float32Array(6) }).png.length > 0);
    assert.ok(histogramFigure({ ...odd, data: new Float32Array(6).fill(nan) }).png.length > 0);
  },
  'wrong bins and ranges are refused': () => {
    const map = kerasActivation('conv2d_3');
    assert.throws(() => histogramFigure(map, { bins: 0 }), /bins is 0/);
    assert.throws(() => histogramFigure(map, { range: [2, 1] }), /range is \[2,1\]/);
    assert.throws(() => histogramFigure([]), /there are no activations/);
  },
});
