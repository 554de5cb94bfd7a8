import '../../renderers/node';
import * as assert from 'uvu/assert';
import { compile } from 'vega-lite';
import { boxList } from '../../renderers/architecture-list';
import type { Spec } from '../../renderers/spec';
import { suite } from '../suite';
import { FIGURES } from './figure-cases';

/** Outputs in CSS pixels: a phone's, JupyterLab's beside its sidebar and without it, and one for every width of a figure. */
const OUTPUTS = [326, 480, 560, 700, 1000];

/** What Vega's view has besides its types. */
interface Sized {
  _viewWidth: number;
}

/** A spec whose output has the width that a test says. */
function inOutputs(spec: Spec): Spec {
  const params = spec['params'] as { name: string }[];
  const value = [OUTPUTS[0], 1200];
  return {
    ...spec,
    params: params.map((param) => (param.name === 'output' ? { name: 'output', value } : param)),
  };
}

suite('figures in outputs of all widths', {
  'boxes below each other: what skips a box runs down a lane of its own, past the boxes between': () => {
    const boxes = Array.from({ length: 5 }, () => ({ width: 120, height: 40 }));
    const { left, tops, lines } = boxList(boxes, [
      [0, 1],
      [0, 3],
      [1, 4],
      [3, 4],
    ]);
    const lanes = lines.filter((line) => line.length === 4);
    assert.is(lanes.length, 2);
    // Two lanes at once, neither of them over a box.
    assert.is(new Set(lanes.map((line) => line[1]!.x)).size, 2);
    assert.ok(lanes.every((line) => line[1]!.x < left));
    for (const [line, [from, to]] of [
      [lanes[0]!, [0, 3]],
      [lanes[1]!, [1, 4]],
    ] as const) {
      const [start, end] = [line[0]!.y, line[3]!.y];
      assert.ok(start > tops[from]! && start < tops[from]! + 40, `${start}`);
      assert.ok(end > tops[to]! && end < tops[to]! + 40, `${end}`);
    }
  },
  'none is wider than its output, and where there is room none is smaller than a phone': async () => {
    const { parse, View } = await import('vega');
    const wide: string[] = [];
    for (const [name, make] of Object.entries(FIGURES)) {
      const view = new View(parse(compile(inOutputs(make().spec) as never).spec), { renderer: 'none' });
      for (const output of OUTPUTS) {
        await view.signal('output', [output, 1200]).runAsync();
        const { _viewWidth: width } = view as unknown as Sized;
        // A phone has rows of 8 tiles of 37 pixels, not of 16 of 18.
        if (name === 'grid') assert.is(view.signal('across'), output < 400 ? 8 : 16);
        // Half a line's width on both sides.
        if (width + 24 > output + 2) wide.push(`${name}: ${width + 24} in ${output}`);
        if (width + 24 < 320) wide.push(`${name}: only ${width + 24} in ${output}`);
      }
    }
    assert.equal(wide, []);
  },
});
