import type { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { matshowFigure } from '../../renderers/matshow';
import { specPng } from '../../renderers/png/draw';
import { kerasActivation, npy } from '../npy';
import { suite } from '../suite';
import { readPng } from './read-png';

type Bytes = ArrayLike<number>;

/** The colour at a pixel, as 0xrrggbb. */
function colorAt({ data, width }: PNG, x: number, y: number): number {
  const at = (y * width + x) * 4;
  return (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
}

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
        same = colorAt(png, x, y) === rgb;
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
    assert.is((dead.spec.hconcat as object[]).length, 1, 'a dead channel has no scale bar');
  },
  'a Dense output is a strip, one cell per unit': () => {
    const figure = matshowFigure(made([1, 4], [0, 1, 0, 1]));
    const png = readPng(figure.png);
    const [dark, light] = [0x440154, 0xfde725];
    const rows = Array.from({ length: png.height }, (_, y) => y).filter((y) => colorAt(png, 100, y) === dark);
    assert.ok(rows.length >= 38 && rows.length <= 40, `${rows.length} pixels high`);
    const runs: { color: number; length: number }[] = [];
    for (let x = 0; x < png.width; x++) {
      const color = colorAt(png, x, rows[20]!);
      if (runs.at(-1)?.color === color) runs.at(-1)!.length++;
      else runs.push({ color, length: 1 });
    }
    // 720 / 4 = 180 pixels a cell; the frame takes one from the cells at the ends.
    const cells = runs.filter(({ color, length }) => (color === dark || color === light) && length > 100);
    assert.equal(
      cells.map(({ color }) => color),
      [dark, light, dark, light],
    );
    assert.ok(cells.every(({ length }) => length >= 179 && length <= 180));
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
  'columns, rows and the scale bar are numbered, at every size': async () => {
    const { parse, View } = await import('vega');
    const { compile } = await import('vega-lite');
    for (const [height, width] of [
      [2, 2],
      [13, 13],
      [148, 148],
      [30, 300],
      [300, 30],
      [1, 128],
    ]) {
      const values = Float32Array.from({ length: height! * width! }, (_, i) => Math.sin(i));
      const { spec } = matshowFigure({ layer: 'made', shape: [1, height!, width!, 1], data: values });
      const svg = await new View(parse(compile(spec as never).spec), { renderer: 'none' }).toSVG();
      const numbers = [...svg.matchAll(/role-axis-label"[^>]*>(.*?)<\/g>/g)].map(([, axis]) =>
        [...axis!.matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => Number(text!.replace('−', '-'))),
      );
      const bar = numbers.pop()!;
      assert.ok(bar.length >= 2 && bar.every((number) => Math.abs(number) <= 1), `bar: ${bar}`);
      const cells = height === 1 ? [width] : [width, height];
      assert.is(numbers.length, cells.length);
      for (const [i, axis] of numbers.entries()) {
        const name = `${height} × ${width}, ${i ? 'rows' : 'columns'}: ${axis}`;
        const step = axis[1]! - axis[0]!;
        assert.ok(axis.length >= 2 && axis[0] === 0 && Number.isInteger(step), name);
        assert.ok(axis.at(-1)! < cells[i]! && axis.at(-1)! >= cells[i]! - step, name);
      }
    }
  },
  'a batch of several pictures needs an index': () => {
    const two = made([2, 1, 1, 1], [1, 2]);
    assert.throws(
      () => matshowFigure(two),
      (e: Error) => e instanceof RangeError && e.message.includes('made: it holds 2 pictures'),
    );
    assert.match(matshowFigure(two, { index: 1 }).text, 'every value is 2');
  },
});
