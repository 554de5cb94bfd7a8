import type { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import type { TopLevelSpec } from 'vega-lite';
import { COLORMAPS, colormap } from '../../renderers/colormap';
import { compareFigure } from '../../renderers/compare';
import { exploreFigure } from '../../renderers/explore';
import type { Figure } from '../../renderers/figure';
import { gridFigure } from '../../renderers/grid';
import { matshowFigure } from '../../renderers/matshow';
import { overviewFigure } from '../../renderers/overview';
import { specPng } from '../../renderers/png/draw';
import { NOT_FINITE } from '../../renderers/theme';
import { json, kerasActivation, npy } from '../npy';
import { suite } from '../suite';
import { FIGURES, odd } from './figure-cases';
import { readPng } from './read-png';

/**
 * At how many places a lattice of 148 × 148 points, 3 pixels apart, has the golden colours everywhere. A map
 * whose cells are 3 × 3 pixels without a soft edge gives 9.
 */
function mapsThatFit(png: PNG, golden: { data: ArrayLike<number> }): number {
  let fits = 0;
  for (let top = 0; top < png.height - 443; top++) {
    for (let left = 0; left < png.width - 443; left++) {
      let same = true;
      for (let cell = 0; same && cell < 148 * 148; cell++) {
        const at = ((top + 3 * Math.floor(cell / 148) + 1) * png.width + left + 3 * (cell % 148) + 1) * 4;
        for (let c = 0; c < 3; c++) same &&= png.data[at + c] === golden.data[3 * cell + c];
      }
      if (same) fits++;
    }
  }
  return fits;
}

/** Compiles with a vega-lite of that name; any warning is an error. */
function compile(name: string, figure: Figure): void {
  const { compile } = require(name) as typeof import('vega-lite');
  const fail = (...words: unknown[]) => {
    throw new Error(`${name} warns: ${words.join(' ')}`);
  };
  const quiet = () => logger;
  const logger = { level: quiet, warn: fail, error: fail, info: quiet, debug: quiet } as never;
  compile(figure.spec as unknown as TopLevelSpec, { logger });
}

const compiles = Object.fromEntries(
  Object.entries(FIGURES).map(([name, make]) => [
    `${name}: a spec without warnings, a PNG and a text, and no text/html`,
    () => {
      const figure = make();
      compile('vega-lite', figure);
      compile('vega-lite-5.6.1', figure);
      const { data } = figure.bundle();
      assert.equal(Object.keys(data), ['application/vnd.vegalite.v5+json', 'image/png', 'text/plain']);
      assert.ok(readPng(Buffer.from(data['image/png'] as string, 'base64')).width > 50);
    },
  ]),
);

suite('figures', {
  ...compiles,
  "matshow's PNG has matplotlib's colours, cell for cell": () => {
    for (const channel of [1, 3]) {
      const figure = matshowFigure(kerasActivation('conv2d_1'), { channel });
      assert.is(mapsThatFit(readPng(figure.png), npy(`matshow-${channel}`)), 9, `channel ${channel}`);
    }
  },
  "matshow's spec, whose cells are rects, has them too": () => {
    const figure = matshowFigure(kerasActivation('conv2d_1'), { channel: 1 });
    const golden = npy('matshow-1');
    const exact = new Set(
      Array.from(
        { length: 148 * 148 },
        (_, i) => (golden.data[3 * i]! << 16) | (golden.data[3 * i + 1]! << 8) | golden.data[3 * i + 2]!,
      ),
    );
    assert.is(mapsThatFit(readPng(specPng(figure.spec, 1, exact)), golden), 9);
  },
  'a matshow of 148 × 148 takes less than 100 kB': () => {
    assert.ok(
      JSON.stringify(matshowFigure(kerasActivation('conv2d_1'), { channel: 1 }).spec).length < 100_000,
    );
  },
  "a bundle's PNG has two pixels per CSS pixel, and its metadata the size in CSS pixels and the text": () => {
    const figure = gridFigure(kerasActivation('conv2d_1'));
    const { data, metadata } = figure.bundle();
    const [once, twice] = [readPng(figure.png), readPng(Buffer.from(data['image/png'] as string, 'base64'))];
    assert.equal([twice.width, twice.height], [2 * once.width, 2 * once.height]);
    assert.equal(metadata['image/png'], { width: once.width, height: once.height, alt: figure.text });
  },
  'a grid without options fits into 800 CSS pixels, including the scale bar': () => {
    for (const layer of ['conv2d_1', 'max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3']) {
      const { width } = readPng(gridFigure(kerasActivation(layer)).png);
      assert.ok(width <= 800, `${layer}: ${width}`);
    }
  },
  'dead channels and values that are not finite are named': () => {
    assert.match(gridFigure(kerasActivation('conv2d_3')).text, '4 dead of 64: 9, 24, 27, 41');
    assert.match(matshowFigure(kerasActivation('conv2d_1'), { channel: 12 }).text, 'dead: every value is 0');
    assert.match(matshowFigure(odd).text, 'NaN: 1; +Infinity: 1; −Infinity: 1');
    assert.match(gridFigure(odd).text, '1 not finite of 2: 0 (1 NaN, 1 +Infinity, 1 −Infinity)');
  },
  'a single value that is not finite keeps its colour in every figure that uses the whole colour map': () => {
    const data = Float32Array.from({ length: 36 * 36 }, (_, i) => i);
    data.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 700);
    const made = { layer: 'made', shape: [1, 36, 36, 1], data };
    const drawn = {
      matshow: matshowFigure(made),
      grid: gridFigure(made),
      overview: overviewFigure([made]),
      compare: compareFigure([made, made], { channel: 0 }),
      explore: exploreFigure([made]),
    };
    for (const [name, { png }] of Object.entries(drawn)) {
      const { data: rgba } = readPng(png);
      const colors = new Set<string>();
      for (let i = 0; i < rgba.length; i += 4) colors.add(`#${rgba.toString('hex', i, i + 3)}`);
      for (const color of NOT_FINITE) assert.ok(colors.has(color), `${name}: ${color}`);
    }
  },
  "the colour maps are matplotlib's, entry for entry": () => {
    const golden = json<Record<string, string[]>>('colormaps');
    assert.equal([...COLORMAPS].sort(), Object.keys(golden).sort());
    for (const name of COLORMAPS) {
      const colors = golden[name]!.map((color) => color.slice(1));
      assert.is(colormap(name), colors.join(''));
      assert.is(colormap(`${name}_r`), colors.reverse().join(''));
    }
  },
  'a colour map or channel that does not exist is refused by name': () => {
    for (const [options, words] of [
      [{ cmap: 'virdis' }, "the colour map 'virdis'"],
      [{ cmap: 'toString' }, "the colour map 'toString'"],
      [{ channel: 16 }, 'channel 16 of conv2d_1: it has 16 channels'],
      [{ vmin: 2, vmax: 1 }, '[2,1]'],
    ] as const) {
      try {
        matshowFigure(kerasActivation('conv2d_1'), options as never);
        assert.unreachable(words);
      } catch (error) {
        assert.instance(error, RangeError);
        assert.ok((error as Error).message.includes(words), (error as Error).message);
      }
    }
  },
});
