import * as assert from 'uvu/assert';
import { gridFigure } from '../../renderers/grid';
import { json, kerasActivation, npy } from '../npy';
import { suite } from '../suite';
import { colorAt, gridRaster, hexAt, readPng } from './read-png';

interface Layer {
  data: { values: Record<string, unknown>[] };
  mark: { type: string; color?: string };
  layer?: Layer[];
}

const viridis = json<Record<string, string[]>>('colormaps').viridis;
/** The same as numbers, which are faster to compare in every pixel. */
const viridisColors = viridis!.map((hex) => Number.parseInt(hex.slice(1), 16));

const partsOf = (spec: Record<string, unknown>) =>
  (spec['vconcat'] as { vconcat: { layer: Layer[] }[] }[])[0]!.vconcat;
const layersOf = (spec: Record<string, unknown>) => partsOf(spec)[0]!.layer;

/** The dead channels on cat.jpg, from the model's card. */
const DEAD: Record<string, string> = {
  conv2d_1: '12',
  max_pooling2d_1: '12',
  conv2d_2: '6, 30',
  max_pooling2d_2: '6, 30',
  conv2d_3: '9, 24, 27, 41',
};

/** Layers that fit into a notebook's width and so are drawn value for value. */
const whole = ['max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3'];

const colored = Object.fromEntries(
  whole.map((layer) => [
    `${layer}: numpy's display_grid in matplotlib's viridis, but for 10 pixels, in the spec and in the PNG`,
    () => {
      const golden = npy(`grid-${layer}`);
      const figure = gridFigure(kerasActivation(layer), { width: golden.shape[1], style: 'tutorial' });
      const raster = gridRaster(figure);
      assert.equal([raster.height, raster.width], golden.shape);
      let differences = 0;
      golden.data.forEach((step, pixel) => {
        if (colorAt(raster, pixel) !== viridisColors[step]) differences++;
      });
      assert.ok(differences <= 10, `${differences} pixels differ`);
      assert.match(figure.text, `: ${DEAD[layer]}`);
      assert.match(figure.text, `${DEAD[layer]!.split(', ').length} dead of `);
    },
  ]),
);

suite('grid figure', {
  ...colored,
  'a grid that is too wide is shown smaller, tile by tile, and says so': () => {
    const golden = npy('grid-conv2d_1');
    // 148 does not divide by 3: a tile's last blocks are one value high or wide.
    for (const { width, n, size } of [
      { width: 1200, n: 2, size: 74 },
      { width: 840, n: 3, size: 50 },
      { width: undefined, n: 4, size: 37 },
    ]) {
      const figure = gridFigure(kerasActivation('conv2d_1'), { width, style: 'tutorial' });
      assert.match(figure.text, `shown at 1/${n} size`);
      const raster = gridRaster(figure);
      assert.equal([raster.height, raster.width], [size, 16 * size]);
      let differences = 0;
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < 16 * size; x++) {
          const tile = Math.floor(x / size) * 148;
          let [sum, count] = [0, 0];
          for (let row = y * n; row < Math.min(148, (y + 1) * n); row++)
            for (let column = (x % size) * n; column < Math.min(148, ((x % size) + 1) * n); column++) {
              sum += golden.data[row * 2368 + tile + column]!;
              count++;
            }
          const mean = Math.round(sum / count);
          if (colorAt(raster, y * 16 * size + x) !== viridisColors[mean]) differences++;
        }
      }
      assert.ok(differences <= 10, `${differences} pixels differ`);
      assert.match(figure.text, '1 dead of 16: 12');
    }
  },
  'dead tiles are gray and crossed out, empty tiles are white': () => {
    const { spec } = gridFigure(kerasActivation('conv2d_3'), {
      channels: [8, 9, 24, 25, 26],
      imagesPerRow: 4,
    });
    const layers = layersOf(spec);
    const isPaper = ({ mark }: Layer) => (mark?.color as unknown as { expr?: string })?.expr === 'paper';
    const papers = layers.filter(isPaper);
    assert.equal(papers.at(-1)!.data.values, [{ place: 5 }, { place: 6 }, { place: 7 }]);
    const dead = layers.find(({ layer }) => layer?.length === 3)!;
    assert.equal(dead.data.values, [{ place: 1 }, { place: 2 }]);
    assert.equal(
      dead.layer!.map(({ mark }) => mark.type),
      ['rect', 'rule', 'rule'],
    );
  },
  'a selection of channels is counted as such': () => {
    const { text } = gridFigure(kerasActivation('conv2d_1'), { channels: [0, 1, 2, 3, 4], imagesPerRow: 4 });
    assert.match(text, '5 of 16 channels of 148 × 148');
    assert.not.match(text, 'dead');
  },
  'NaN and infinity are counted per channel and have colours of their own': () => {
    const { NaN: nan, POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down } = Number;
    const data = Float32Array.of(0, nan, 1, up, 0, 5, 1, down);
    const figure = gridFigure(
      { layer: 'made', shape: [1, 2, 2, 2], data },
      { scale: 'minmax', imagesPerRow: 2, gutter: 0, width: 4 },
    );
    assert.match(figure.text, '1 not finite of 2: 1 (1 NaN, 1 +Infinity, 1 −Infinity)');
    const raster = gridRaster(figure);
    assert.equal(
      [2, 3, 7].map((pixel) => hexAt(raster, pixel)),
      ['#ff00ff', '#ff8c00', '#00b7ff'],
    );
    assert.equal(
      [0, 1, 4, 5].map((pixel) => hexAt(raster, pixel)),
      [viridis![0], viridis![255], viridis![0], viridis![255]],
    );
  },
  'a channel of only NaN counts as not finite, not as dead': () => {
    const { NaN: nan } = Number;
    const data = Float32Array.of(nan, 0, nan, 0);
    const figure = gridFigure({ layer: 'made', shape: [1, 1, 2, 2], data }, { imagesPerRow: 2 });
    assert.match(figure.text, '1 dead of 2: 1;');
    assert.match(figure.text, '1 not finite of 2: 0 (2 NaN)');
    assert.is(hexAt(gridRaster(figure), 0), '#ff00ff');
    const dead = layersOf(figure.spec).find(({ layer }) => layer?.length === 3)!;
    assert.is(dead.data.values.length, 1);
  },
  'a Dense output is one tile, one value high': () => {
    const dense = { layer: 'dense', shape: [1, 4], data: Float32Array.of(0, 1, 2, 3) };
    const figure = gridFigure(dense, { imagesPerRow: 1, gutter: 0 });
    // Stretched, so that one row of values can be seen.
    const { height, width } = gridRaster(figure);
    assert.ok(height >= 12 && width % 4 === 0, `${height} × ${width}`);
    assert.equal(
      [0, 1].map((value) => hexAt(gridRaster(figure), value * (width - 1))),
      [viridis![0], viridis![255]],
    );
    assert.match(figure.text, '1 channel of 1 × 4');
  },
  'one scale for all channels: equal colours are equal numbers, and the bar has numbers': () => {
    const figure = gridFigure(kerasActivation('conv2d_2'), { scale: 'shared' });
    assert.match(figure.text, 'all channels on one scale');
    const { data } = kerasActivation('conv2d_2');
    const [low, high] = [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
    const bar = JSON.stringify(partsOf(figure.spec)[1]);
    for (const end of [low, high]) assert.match(bar, `"text":"${Number(end.toPrecision(4))}"`);
    // matplotlib's rule on the whole layer, at a few places of channel 13, which has values everywhere.
    const raster = gridRaster(
      gridFigure(kerasActivation('conv2d_2'), { scale: 'shared', width: 1152, gutter: 0 }),
    );
    for (const at of [0, 1000, 2500, 5183]) {
      const value = data[at * 32 + 13];
      const step = Math.min(255, Math.floor(Math.fround(Math.fround((value! - low) / (high - low)) * 256)));
      const pixel = Math.floor(at / 72) * 1152 + 13 * 72 + (at % 72);
      assert.is(hexAt(raster, pixel), viridis![step], `${at}`);
    }
  },
  'channels can be sorted, the largest first, and are labelled': () => {
    const activation = kerasActivation('conv2d_1');
    const max = Array.from({ length: 16 }, (_, channel) =>
      activation.data.filter((_, i) => i % 16 === channel).reduce((a, b) => Math.max(a, b)),
    );
    const order = [...max.keys()].sort((a, b) => max[b]! - max[a]!);
    const figure = gridFigure(activation, { sort: 'max' });
    assert.match(figure.text, 'largest max first');
    const channelsOf = ({ spec }: { spec: Record<string, unknown> }) =>
      (spec.params as { name: string; value: string[] }[])
        .find(({ name }) => name === 'texts')!
        .value.map((text) => Number(text.replace('channel ', '')));
    assert.equal(channelsOf(figure), order);
    const sparse = gridFigure(activation, { sort: 'sparsity' });
    assert.is(channelsOf(sparse)[0], 12, 'the dead channel is all zeros');
    assert.throws(
      () => gridFigure(activation, { sort: 'size' as never }),
      /sort by 'size': choose index, mean/,
    );
  },
  'a gutter is paper, and the tiles keep every value': () => {
    const activation = kerasActivation('max_pooling2d_2');
    const figures = [gridFigure(activation, { gutter: 0 }), gridFigure(activation, { gutter: 3 })];
    const [plain, spaced] = figures.map(gridRaster);
    assert.equal([spaced!.width, spaced!.height], [16 * 39, 2 * 39]);
    for (const [row, column] of [
      [0, 0],
      [35, 35],
      [40, 100],
      [71, 575],
    ]) {
      const moved =
        (row! + 3 * Math.floor(row! / 36)) * spaced!.width + column! + 3 * Math.floor(column! / 36);
      assert.is(hexAt(spaced!, moved), hexAt(plain!, row! * plain!.width + column!));
    }
    const drawn = readPng(figures[1]!.png);
    const white = (x: number, y: number) => colorAt(drawn, y * drawn.width + x) === 0xffffff;
    // In a row through the tiles, 15 runs of three white pixels, 39 apart.
    const gutters = (y: number) =>
      Array.from({ length: drawn.width - 4 }, (_, x) => x + 1).filter(
        (x) => !white(x - 1, y) && white(x, y) && white(x + 1, y) && white(x + 2, y) && !white(x + 3, y),
      );
    const rows = Array.from({ length: drawn.height }, (_, y) => gutters(y)).filter(
      ({ length }) => length === 15,
    );
    assert.ok(rows.length > 30, `${rows.length} rows`);
    assert.ok(rows.every((xs) => xs.every((x, i) => x === xs[0]! + 39 * i)));
    assert.throws(() => gridFigure(activation, { gutter: -1 }), /gutter is -1/);
    assert.throws(() => gridFigure(activation, { gutter: 100 }), /leave no space/);
  },
  'an empty list of channels and a batch without an index are refused': () => {
    const refuses = (run: () => unknown, words: string) =>
      assert.throws(run, (e: Error) => e instanceof RangeError && e.message.includes(words));
    refuses(() => gridFigure(kerasActivation('conv2d_1'), { channels: [] }), 'channels is empty');
    const two = { layer: 'pair', shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) };
    refuses(() => gridFigure(two), 'pair: it holds 2 pictures');
  },
  'the palette of a PNG holds the whole bar: the maps have each of its colours, but few of the light ones'() {
    const png = readPng(gridFigure(kerasActivation('conv2d_3')).png);
    const low = new Set<number>();
    for (let i = 4 * png.width * (png.height - 25); i < png.data.length; i += 4)
      low.add((png.data[i]! << 16) | (png.data[i + 1]! << 8) | png.data[i + 2]!);
    const parts = (color: number) => [color >> 16, (color >> 8) & 255, color & 255];
    for (const color of viridisColors) {
      const near = [...low].some((other) =>
        parts(color).every((part, i) => Math.abs(part - parts(other)[i]!) <= 10),
      );
      assert.ok(near, color.toString(16));
    }
  },
});
