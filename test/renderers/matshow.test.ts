import type { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { matshowFigure } from '../../renderers/matshow';
import { specPng, specSvg } from '../../renderers/png/draw';
import { json, kerasActivation, npy } from '../npy';
import { suite } from '../suite';
import { colorAt, readPng } from './read-png';

type Bytes = ArrayLike<number>;

/** The top left corners from which cells of `size` pixels have the golden colours, at every centre. */
function corners(png: PNG, golden: Bytes, [rows, columns]: number[], size: number): [number, number][] {
  const found: [number, number][] = [];
  const half = Math.floor(size / 2);
  for (let top = 0; top <= png.height - rows! * size; top++) {
    for (let left = 0; left <= png.width - columns! * size; left++) {
      let same = true;
      for (let cell = 0; same && cell < rows! * columns!; cell++) {
        const x = left + (cell % columns!) * size + half;
        const y = top + Math.floor(cell / columns!) * size + half;
        const rgb = (golden[3 * cell]! << 16) | (golden[3 * cell + 1]! << 8) | golden[3 * cell + 2]!;
        same = colorAt(png, y * png.width + x) === rgb;
      }
      if (same) found.push([left, top]);
    }
  }
  return found;
}

/** Every colour of golden RGB bytes, which the PNG must keep to the bit. */
function colorsOf(golden: Bytes): Set<number> {
  const colors = new Set<number>();
  for (let i = 0; i < golden.length; i += 3) {
    colors.add((golden[i]! << 16) | (golden[i + 1]! << 8) | golden[i + 2]!);
  }
  return colors;
}

const made = (shape: number[], values: number[]) => ({
  layer: 'made',
  shape,
  data: Float32Array.from(values),
});

/** pixelmatch, an ES module: how many pixels of two pictures of one size look different. */
async function differing(a: PNG, b: PNG): Promise<number> {
  assert.equal([a.width, a.height], [b.width, b.height]);
  const { default: pixelmatch } = await import('pixelmatch');
  return pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.02, includeAA: true });
}

suite('matshow', {
  'the spec, drawn cell by cell, equals the faster drawing in every pixel': async () => {
    for (const channel of [1, 3]) {
      const figure = matshowFigure(kerasActivation('conv2d_1'), { channel });
      const exact = colorsOf(npy(`matshow-${channel}`).data);
      const drawn = readPng(specPng(figure.spec, 1, exact));
      assert.is(await differing(readPng(figure.png), drawn), 0, `channel ${channel}`);
    }
  },
  "the spec's cells have matplotlib's colours where the drawing's have them": () => {
    for (const channel of [1, 3]) {
      const golden = npy(`matshow-${channel}`);
      const figure = matshowFigure(kerasActivation('conv2d_1'), { channel });
      const drawing = corners(readPng(figure.png), golden.data, [148, 148], 3);
      const exact = colorsOf(golden.data);
      const cells = corners(readPng(specPng(figure.spec, 1, exact)), golden.data, [148, 148], 3);
      assert.ok(drawing.length > 0, `channel ${channel}`);
      assert.equal(cells, drawing, `channel ${channel}`);
    }
  },
  'at two pixels per unit each cell has 6 × 6': () => {
    const golden = npy('matshow-1');
    const { spec } = matshowFigure(kerasActivation('conv2d_1'), { channel: 1 });
    const png = readPng(specPng(spec, 2, colorsOf(golden.data)));
    const [left, top] = corners(png, golden.data, [148, 148], 6)[0]!;
    assert.ok(left > 0 && top > 0);
  },
  'NaN, +Infinity and −Infinity have colours of their own, in the spec and in the PNG': async () => {
    const { NaN: nan, POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down } = Number;
    const figure = matshowFigure(made([1, 2, 3, 1], [0, 1, 0, nan, up, down]));
    // viridis's ends, and the three colours that renderers/theme.ts promises.
    const golden = Buffer.from('440154fde725440154ff00ffff8c0000b7ff', 'hex');
    const png = readPng(figure.png);
    const drawn = readPng(specPng(figure.spec, 1, colorsOf(golden)));
    assert.ok(corners(png, golden, [2, 3], 150).length > 0);
    assert.equal(corners(drawn, golden, [2, 3], 150), corners(png, golden, [2, 3], 150));
    assert.is(await differing(png, drawn), 0);
    assert.match(figure.text, 'NaN: 1; +Infinity: 1; −Infinity: 1');
  },
  'maps without finite values, with one value, and dead ones are drawn and named': () => {
    const nothing = matshowFigure(made([1, 1, 2, 1], [Number.NaN, Number.NaN]));
    assert.match(nothing.text, 'no finite value; NaN: 2');
    const half = matshowFigure(made([1, 1, 2, 1], [Number.NaN, 4]));
    assert.match(half.text, 'every finite value is 4; NaN: 1');
    assert.not.match(half.text, 'dead');
    assert.ok(readPng(nothing.png).width > 400);
    assert.match(matshowFigure(made([1, 1, 1, 1], [3])).text, '1 × 1; dead: every value is 3');
    const dead = matshowFigure(kerasActivation('conv2d_1'), { channel: 12 });
    assert.match(dead.text, 'dead: every value is 0');
    const layers = dead.spec['layer'] as { mark: { type: string } }[];
    const images = layers.filter(({ mark }) => mark.type === 'image');
    assert.is(images.length, 1, 'a dead channel has no scale bar');
  },
  'a Dense output is bars, each as long as its value': () => {
    const figure = matshowFigure(made([1, 4], [0, 1, -0.5, 0.25]), { labels: ['a', 'b', 'c', 'd'] });
    assert.match(figure.text, 'made; 4 units; −0.5 to 1');
    const png = readPng(figure.png);
    // Blue from zero up, violet from zero down; all rows share one scale.
    const longest = (color: number) => {
      let most = 0;
      for (let y = 0; y < png.height; y++) {
        let length = 0;
        for (let x = 0; x < png.width; x++) if (colorAt(png, y * png.width + x) === color) length++;
        most = Math.max(most, length);
      }
      return most;
    };
    const [up, down] = [longest(0x0969da), longest(0x8250df)];
    assert.ok(Math.abs(up / down - 2) < 0.05, `${up} and ${down} pixels`);
    assert.throws(() => matshowFigure(made([1, 2], [1, 2]), { labels: ['a'] }), /2 and there are 1 labels/);
    const many = matshowFigure(
      made(
        [1, 1000],
        Array.from({ length: 1000 }, (_, i) => Math.sin(i)),
      ),
    );
    assert.ok(readPng(many.png).width <= 800);
  },
  'a layer with steps is one map, a channel a row': () => {
    const layer = made([1, 3, 2], [0, 5, 1, 4, 2, 3]);
    const figure = matshowFigure(layer);
    assert.match(figure.text, 'made; 2 channels × 3 steps; 0 to 5');
    const steps = [0, 1, 2, 5, 4, 3].map((value) => Math.min(255, Math.floor((value / 5) * 256)));
    const viridis = json<Record<string, string[]>>('colormaps').viridis!;
    const golden = Buffer.from(steps.map((step) => viridis[step]!.slice(1)).join(''), 'hex');
    const png = readPng(figure.png);
    // Cells of 150 × 24 pixels.
    const centre = (row: number, column: number, left: number, top: number) =>
      colorAt(png, (top + 24 * row + 12) * png.width + left + 150 * column + 75);
    let found = false;
    for (let top = 0; top < png.height - 48 && !found; top++) {
      for (let left = 0; left < 80 && !found; left++) {
        found = [0, 1, 2, 3, 4, 5].every(
          (cell) => centre(Math.floor(cell / 3), cell % 3, left, top) === golden.readUIntBE(3 * cell, 3),
        );
      }
    }
    assert.ok(found);
    assert.match(matshowFigure(layer, { channel: 1 }).text, 'made · channel 1; 1 × 3; 3 to 5');
  },
  'values on both sides of 0 have it in the middle of a diverging map, unless the caller says otherwise':
    () => {
      const signed = made([1, 1, 3, 1], [-1, 0, 4]);
      const colors = (figure: { png: Uint8Array }) => {
        const png = readPng(figure.png);
        const all = new Set<number>();
        for (let y = 0; y < png.height; y++)
          for (let x = 0; x < png.width; x++) all.add(colorAt(png, y * png.width + x));
        return all;
      };
      const { RdBu, viridis } = json<Record<string, string[]>>('colormaps');
      const hex = (color: string) => Number.parseInt(color.slice(1), 16);
      // matplotlib: (0 + 4) / 8 of 256 is step 128; RdBu_r is RdBu from the end.
      assert.ok(colors(matshowFigure(signed)).has(hex(RdBu![255 - 128]!)));
      assert.ok(colors(matshowFigure(signed, { cmap: 'viridis' })).has(hex(viridis![51]!)));
      assert.ok(colors(matshowFigure(made([1, 1, 2, 1], [0, 4]))).has(hex(viridis![255]!)));
    },
  "the spec's size is 100 kB at most, also with values beyond its bar": () => {
    for (const options of [{ channel: 1 }, { channel: 3, vmin: 0.1, vmax: 0.2 }]) {
      const { spec } = matshowFigure(kerasActivation('conv2d_1'), options);
      assert.ok(Buffer.byteLength(JSON.stringify(spec)) <= 100_000);
    }
  },
  'rows of numbers are drawn as matplotlib draws them': () => {
    const golden = npy('matshow-3');
    const { data } = kerasActivation('conv2d_1');
    const rows = Array.from({ length: 148 }, (_, row) =>
      Array.from({ length: 148 }, (_, column) => data[(row * 148 + column) * 16 + 3]!),
    );
    const figure = matshowFigure(rows, { title: 'mine' });
    assert.match(figure.text, /^mine; 148 × 148; 0 to 0\.5572$/);
    assert.ok(corners(readPng(figure.png), golden.data, [148, 148], 3).length > 0);
    for (const wrong of [[], [[]], [[1, 2], [3]], [['a']]]) {
      assert.throws(
        () => matshowFigure(wrong as never),
        (e: Error) => e instanceof TypeError && e.message.includes('all of one length'),
      );
    }
  },
  'a picture in colours is shown as it is, a gray one as a matrix of its bytes': () => {
    const colors = Buffer.from('ff000000ff000000ff808080', 'hex');
    const picture = { height: 2, width: 2, channels: 3, data: new Uint8Array(colors) };
    const figure = matshowFigure(picture);
    assert.match(figure.text, 'picture; 2 × 2 pixels in colours');
    assert.ok(corners(readPng(figure.png), colors, [2, 2], 225).length > 0);
    const gray = matshowFigure({ height: 1, width: 2, channels: 1, data: Uint8Array.of(3, 250) });
    assert.match(gray.text, '1 × 2; 3 to 250');
    assert.throws(() => matshowFigure({ ...picture, height: 3 }), /Pass what loadImage returns/);
  },
  'columns, rows and the scale bar are numbered, at every size, and no two numbers collide': async () => {
    const { parse, View } = await import('vega');
    const { compile } = await import('vega-lite');
    for (const [height, width, factor] of [
      [2, 2, 1],
      [13, 13, 1],
      [148, 148, 1e-4],
      [30, 300, 1],
      [300, 10, 1],
      [4, 400, 1e6],
    ]) {
      const values = Float32Array.from({ length: height! * width! }, (_, i) => Math.sin(i) * factor!);
      const { spec } = matshowFigure({ layer: 'made', shape: [1, height!, width!, 1], data: values });
      const svg = await new View(parse(compile(spec as never).spec), { renderer: 'none' }).toSVG();
      const axes = [...svg.matchAll(/role-axis-label"[^>]*>(.*?)<\/g>/g)].map(([, axis]) =>
        [...axis!.matchAll(/translate\(([-\d.]+),([-\d.]+)\)[^>]*>([^<]+)<\/text>/g)].map(
          ([, x, y, text]) => ({
            at: [Number(x), Number(y)],
            number: Number(text!.replace('−', '-')),
          }),
        ),
      );
      assert.is(axes.length, 2, `${height} × ${width}`);
      for (const [i, axis] of axes.entries()) {
        const name = `${height} × ${width}, ${i ? 'rows' : 'columns'}: ${axis.map(({ number }) => number)}`;
        assert.is(axis[0]!.number, 0, name);
        assert.ok(axis.length <= 8 && axis.at(-1)!.number < (i ? height! : width!), name);
        for (let k = 1; k < axis.length; k++) {
          assert.ok(axis[k]!.at[i]! - axis[k - 1]!.at[i]! >= (i ? 11 : 20), name);
        }
      }
    }
  },
  'an SVG of one map takes less than 100 kB': async () => {
    const svg = await specSvg(matshowFigure(kerasActivation('conv2d_1'), { channel: 1 }).spec);
    assert.ok(svg.length < 100_000, `${svg.length} bytes`);
  },
  'one picture of several is never picked in silence': () => {
    const two = made([2, 1, 1, 1], [1, 2]);
    assert.throws(
      () => matshowFigure(two),
      (e: Error) => e instanceof RangeError && e.message.includes('made: it holds 2 pictures'),
    );
    assert.match(matshowFigure(two, { index: 1 }).text, 'every value is 2');
  },
});
