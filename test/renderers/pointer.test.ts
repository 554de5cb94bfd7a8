import '../../renderers/node';
import * as assert from 'uvu/assert';
import type { View } from 'vega';
import { compareFigure } from '../../renderers/compare';
import { exploreFigure } from '../../renderers/explore';
import type { Figure } from '../../renderers/figure';
import { gridFigure } from '../../renderers/grid';
import { matshowFigure } from '../../renderers/matshow';
import { overlayFigure } from '../../renderers/overlay';
import { kerasActivation } from '../npy';
import { suite } from '../suite';

type Activation = ReturnType<typeof kerasActivation>;

/** The versions of Vega-Lite in JupyterLab, Notebook 7 and VS Code, and in pages of our own. */
const VERSIONS = ['vega-lite-5.6.1', 'vega-lite'];

async function viewOf(figure: Figure, version: string): Promise<View> {
  const { parse, View } = await import('vega');
  const { compile } = require(version) as typeof import('vega-lite');
  return new View(parse(compile(figure.spec as never).spec), { renderer: 'none' }).run();
}

interface Item {
  items?: Item[];
  text?: unknown;
  stroke?: unknown;
  opacity?: number;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
}

/** Everything that a view draws. */
function itemsOf(view: View): Item[] {
  const found: Item[] = [];
  const look = (item: Item) => {
    found.push(item);
    for (const inner of item.items ?? []) look(inner);
  };
  look((view.scenegraph() as unknown as { root: Item }).root);
  return found;
}

/** The texts that a view draws. */
const textsOf = (view: View): string[] =>
  itemsOf(view).flatMap(({ text }) => (typeof text === 'string' ? [text] : []));

/** A place in a map as shares of its height and width, in the middle of the cell. */
const spot = ([row, column]: readonly [number, number], { shape }: Activation) => [
  (row + 0.5) / shape[1]!,
  (column + 0.5) / shape[2]!,
];

const valueAt = ({ shape, data }: Activation, channel: number, [row, column]: readonly [number, number]) =>
  data[(row * shape[2]! + column) * shape[3]! + channel]!;

/** The number at the end of a line such as "13, 15 → 0.4389", after any words before the arrow. */
function toldIn(text: string): number {
  const [, told, , power = ''] = /→ (?:≈ )?(−?[\d.]+)(×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?/.exec(text) ?? [];
  assert.ok(told, text);
  const digits = [...power].map((sign) => (sign === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign))).join('');
  return Number(`${told!.replace('−', '-')}e${digits || 0}`);
}

const map = kerasActivation('conv2d_3');
const large = kerasActivation('conv2d_1');
const gray = { height: 150, width: 150, channels: 1, data: new Uint8Array(150 * 150).fill(100) };

/** The largest error of a value with one letter: half of one of 85 steps, and two digits' rounding. */
const coarse = (values: readonly number[]) =>
  (Math.max(...values) - Math.min(...values)) / 85 / 2 + 0.051 * Math.max(...values);

suite('the pointer', {
  ...Object.fromEntries(
    VERSIONS.map((version) => [
      `${version}: signals follow the pointer in every figure that tells values`,
      async () => {
        for (const [figure, names] of [
          [matshowFigure(map), ['spot']],
          [gridFigure(map), ['spot', 'chosen']],
          [exploreFigure(map), ['spot', 'thumb', 'channel']],
          [overlayFigure(gray, map), ['spot']],
          [compareFigure([map, map]), ['spot']],
        ] as const) {
          const { compile } = require(version) as typeof import('vega-lite');
          const { signals = [] } = compile(figure.spec as never).spec;
          for (const name of names) {
            const signal = signals.find((one) => one.name === name) as { on?: { events: string }[] };
            assert.ok(signal?.on?.length, `${name} of ${figure.text.slice(0, 40)}`);
            for (const { events } of signal.on!) {
              for (const [, marks] of String(events).matchAll(/@(\w+):/g)) {
                const known = JSON.stringify(compile(figure.spec as never).spec.marks);
                assert.ok(known.includes(`"name":"${marks}"`), `there are no marks ${marks}`);
              }
            }
          }
        }
      },
    ]),
  ),
  'matshow tells row, column and four significant digits of any value, as toPrecision rounds it; zeros are exact':
    async () => {
      const channel = 20;
      const numbers = Array.from(
        { length: 64 },
        (_, i) => (i % 3 ? 1 : -1) * 1.23456789 ** (i - 32) * 10 ** (i / 4 - 8),
      );
      const edges = [
        9.9996e-5, 0.0001, 999949, 999950, 1e6, 1e-9, 1e9, 0.30005, -0.6551, 0.5209, 1e-30, 3.4e38,
      ];
      for (const [activation, channels] of [
        [map, channel],
        [{ layer: 'vast', shape: [1, 8, 8, 1], data: Float32Array.from(numbers) }, 0],
        [{ layer: 'edges', shape: [1, 3, 4, 1], data: Float32Array.from(edges) }, 0],
        [
          {
            layer: 'negative',
            shape: [1, 3, 4, 1],
            data: Float32Array.from(edges, (value) => -Math.abs(value)),
          },
          0,
        ],
      ] as [Activation, number][]) {
        const view = await viewOf(matshowFigure(activation, { channel: channels }), 'vega-lite');
        const [, height, width] = activation.shape;
        for (let i = 0; i < height! * width!; i += activation === map ? 97 : 1) {
          const place = [Math.floor(i / width!), i % width!] as const;
          view.signal('spot', spot(place, activation)).run();
          const told = textsOf(view).find((text) => text.startsWith(`${place[0]}, ${place[1]} → `))!;
          assert.ok(told, `${place}: ${textsOf(view)}`);
          const value = valueAt(activation, channels, place);
          if (/≈ 0$/.test(told)) assert.ok(Math.abs(value) < 1e-33 * 3.4e38, told);
          else assert.is(toldIn(told), Number(value.toPrecision(4)), `${told}, not ${value}`);
          assert.is(/→ 0$/.test(told), value === 0);
        }
      }
    },
  'figures and the pointer write the same number alike': async () => {
    const { short } = require('../../renderers/theme') as typeof import('../../renderers/theme');
    for (const value of [0.0001, 0.00009999, 1e-7, 123456, 1e6, 65504, -2.5, 1e9]) {
      const data = Float32Array.of(value, 0);
      const view = await viewOf(matshowFigure({ layer: 'two', shape: [1, 1, 2, 1], data }), 'vega-lite');
      view.signal('spot', [0.5, 0.25]).run();
      assert.ok(textsOf(view).includes(`0, 0 → ${short(data[0]!)}`), `${value}: ${textsOf(view)}`);
    }
  },
  'NaN and both infinities are told by name': async () => {
    const { NaN: nan, POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down } = Number;
    const odd = { layer: 'odd', shape: [1, 2, 2, 1], data: Float32Array.of(nan, up, down, 0) };
    const view = await viewOf(matshowFigure(odd), 'vega-lite');
    for (const [place, word] of [
      [[0, 0], 'NaN'],
      [[0, 1], '+Infinity'],
      [[1, 0], '−Infinity'],
      [[1, 1], '0'],
    ] as const) {
      view.signal('spot', spot(place, odd)).run();
      assert.ok(textsOf(view).includes(`${place[0]}, ${place[1]} → ${word}`), `${textsOf(view)}`);
    }
  },
  "a grid tells the map's own value also where the tile is drawn smaller, and the channel's range":
    async () => {
      const view = await viewOf(gridFigure(large), 'vega-lite');
      for (const [channel, place] of [
        [1, [0, 0]],
        [3, [77, 31]],
        [15, [147, 147]],
        [12, [5, 5]],
      ] as const) {
        view.signal('spot', [channel, ...spot(place, large)]).run();
        const told = textsOf(view).find((text) =>
          text.startsWith(`channel ${channel} · ${place[0]}, ${place[1]} → `),
        )!;
        assert.ok(told, `${textsOf(view)}`);
        const values = [...large.data.filter((_, i) => i % 16 === channel)];
        const value = valueAt(large, channel, place);
        assert.ok(Math.abs(toldIn(told) - value) <= coarse(values), `${told}, not ${value}`);
      }
      assert.is(view.signal('tile'), 12);
      view.signal('spot', null).run();
      assert.not.ok(textsOf(view).some((text) => text.includes('→')));
    },
  'a chosen tile stands below the grid, which takes no more room without one': async () => {
    const view = await viewOf(gridFigure(map), 'vega-lite');
    const before = (view as unknown as { _viewHeight: number })._viewHeight;
    view.signal('chosen', 20).run();
    const { _viewHeight: after } = view as unknown as { _viewHeight: number };
    // 360, and a line above it.
    assert.ok(after - before >= 360 && after - before <= 393, `${before} and ${after}`);
    assert.ok(textsOf(view).some((text) => text.startsWith('channel 20 · 0 to 1.694')));
    view.signal('chosen', -1).run();
    assert.is((view as unknown as { _viewHeight: number })._viewHeight, before);
  },
  'an explorer tells values of the layer and the channel that are shown': async () => {
    const view = await viewOf(exploreFigure([large, map], { picture: gray }), 'vega-lite');
    for (const [layer, channel] of [
      [map, 20],
      [large, 3],
    ] as const) {
      view
        .signal('layer', layer.layer)
        .signal('channel', channel)
        .signal('spot', spot([20, 20], layer))
        .run();
      const told = textsOf(view).find((text) => text.startsWith('20, 20 → '))!;
      const values = [...layer.data.filter((_, i) => i % layer.shape[3]! === channel)];
      const value = valueAt(layer, channel, [20, 20]);
      assert.ok(Math.abs(toldIn(told) - value) <= coarse(values), `${told}, not ${value}`);
    }
  },
  'an overlay and each map of a comparison tell their own values': async () => {
    const over = await viewOf(overlayFigure(gray, map, { channel: 20 }), 'vega-lite');
    over.signal('spot', spot([13, 15], map)).run();
    const value = valueAt(map, 20, [13, 15]);
    const told = textsOf(over).find((text) => text.startsWith('13, 15 → '))!;
    assert.ok(Math.abs(toldIn(told) - value) < 0.001, `${told}, not ${value}`);
    const both = await viewOf(compareFigure([large, map], { channel: 3 }), 'vega-lite');
    both.signal('spot', [0.5, 0.5]).run();
    const texts = textsOf(both).filter((text) => text.includes('→'));
    assert.is(texts.length, 2);
    assert.match(texts[0]!, /^74, 74 → /);
    assert.ok(Math.abs(toldIn(texts[0]!) - valueAt(large, 3, [74, 74])) < 0.001);
    assert.match(texts[1]!, /^17, 17 → /);
    assert.ok(Math.abs(toldIn(texts[1]!) - valueAt(map, 3, [17, 17])) < 0.001);
  },
  'beside the picture, explore and matshow frame what the position under the pointer sees, and nothing elsewhere':
    async () => {
      // 3 × 3, pooling, 3 × 3, pooling, 3 × 3: 18 pixels, 4 apart.
      const axis = { start: 0, step: 4, size: 18 };
      const options = { picture: gray, fields: { [map.layer]: { rows: axis, columns: axis } } };
      // The side of the picture, and its place beside the map and the numbers of its rows.
      for (const [figure, side, left] of [
        [matshowFigure(map, { channel: 20, ...options }), 306, -28 - 16 - 306],
        [exploreFigure(map, options), 216, 0],
      ] as const) {
        const view = await viewOf(figure, 'vega-lite');
        const frames = () =>
          itemsOf(view).filter(
            ({ stroke, opacity, width }) => stroke === '#ff5f15' && opacity === 1 && width,
          );
        const before = frames().length;
        view.signal('spot', spot([13, 15], map)).run();
        const { x, y, width, height } = frames().at(before ? -before - 1 : 0)!;
        const expected = [15 * 4, 13 * 4, 18, 18].map((pixels) => (pixels / 150) * side);
        for (const [i, value] of [x! - left, y, width, height].entries()) {
          assert.ok(Math.abs(value! - expected[i]!) < 1e-6, `${[x, y, width, height]}, not ${expected}`);
        }
        view.signal('spot', null).run();
        assert.is(frames().length, before);
      }
      assert.throws(() => matshowFigure(map, { fields: options.fields }), /there is no picture/);
    },
  'the text of every figure is its description, for screen readers': () => {
    for (const figure of [matshowFigure(map), gridFigure(map), exploreFigure(map)]) {
      assert.is(figure.spec['description'], figure.text);
    }
  },
});
