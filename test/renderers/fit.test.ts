import '../../renderers/node';
import * as assert from 'uvu/assert';
import { compile } from 'vega-lite';
import { boxList } from '../../renderers/architecture-list';
import type { Figure } from '../../renderers/figure';
import type { Spec } from '../../renderers/spec';
import { suite } from '../suite';
import { EXTREMES } from './extreme-figures';
import { FIGURES } from './figure-cases';

/** Outputs in CSS pixels: a phone's, JupyterLab's beside its sidebar and without it, and one for every width of a figure. */
const OUTPUTS = [326, 480, 560, 700, 1000];

/** What Vega's view has besides its types. */
interface Sized {
  _viewWidth: number;
  _viewHeight: number;
  _origin: [number, number];
}

/** A mark of Vega's scenegraph. */
interface Item {
  items?: Item[];
  text?: unknown;
  fontWeight?: unknown;
  x?: number;
  mark?: { marktype: string };
  bounds?: { x1: number; x2: number };
}

/** Edges of the bold lines that the pointer calls up, in CSS pixels from the left of the figure. */
function toldLines(
  view: { scenegraph(): unknown } & object,
): { text: string; left: number; right: number }[] {
  const found: { text: string; left: number; right: number }[] = [];
  const look = (item: Item, dx: number) => {
    const text = String(item.text ?? '');
    if (item.fontWeight === 'bold' && /→| to .*(zeros|values?)/.test(text)) {
      found.push({ text, left: item.bounds!.x1 + dx, right: item.bounds!.x2 + dx });
    }
    const inner = item.mark?.marktype === 'group' ? (item.x ?? 0) : 0;
    for (const one of item.items ?? []) look(one, dx + inner);
  };
  look((view.scenegraph() as { root: Item }).root, (view as unknown as Sized)._origin[0]);
  return found;
}

/** Signals that the pointer sets, and places in a figure. */
const PLACES: Record<string, unknown[]> = {
  spot: [
    [0.99, 0.99],
    [0, 0.99, 0.99],
    [1, 0.5, 0.5],
  ],
  place: [0, 3, [0, 30], [1, 59]],
  under: [0, 1],
};

/** Whether a figure's signal has this form of a place. */
const isOf = (figure: Figure, signal: string, place: unknown): boolean => {
  const given = JSON.stringify(
    (figure.spec['params'] as { name: string }[]).find(({ name }) => name === signal),
  );
  if (signal === 'place') return Array.isArray(place) === given.includes('datum.at');
  const isTile = given.includes('tileHeight') || given.includes('datum.at');
  return signal !== 'spot' || (place as unknown[]).length === (isTile ? 3 : 2);
};

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
  'long names and tiny numbers: none is wider than its output, and what the pointer finds fits in and moves nothing':
    async () => {
      const { parse, View } = await import('vega');
      const wrong: string[] = [];
      let told = 0;
      for (const [name, make] of Object.entries(EXTREMES)) {
        const figure = make();
        const view = new View(parse(compile(inOutputs(figure.spec) as never).spec), { renderer: 'none' });
        const size = () => {
          const { _viewWidth: width, _viewHeight: height, _origin: origin } = view as unknown as Sized;
          return { width, height, origin: `${origin}` };
        };
        const signals = Object.keys((view.getState() as { signals: object }).signals);
        for (const output of [326, 386, 724, 1000]) {
          await view.signal('output', [output, 1200]).runAsync();
          const before = size();
          if (before.width + 24 > Math.min(output, 800) + 2)
            wrong.push(`${name}: ${before.width + 24} in ${output}`);
          for (const [signal, places] of Object.entries(PLACES)) {
            if (!signals.includes(signal)) continue;
            for (const place of places.filter((one) => isOf(figure, signal, one))) {
              await view.signal(signal, place).runAsync();
              for (const { text, left, right } of toldLines(view)) {
                told++;
                // With the padding on both sides.
                if (left < -12 || right > before.width + 12) wrong.push(`${name} in ${output}: ${text}`);
              }
              if (JSON.stringify(size()) !== JSON.stringify(before)) {
                wrong.push(`${name} in ${output} changes: ${JSON.stringify([before, size()])}`);
              }
              await view.signal(signal, null).runAsync();
            }
          }
        }
      }
      assert.equal(wrong, []);
      assert.ok(told > 150, `${told} lines`);
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
