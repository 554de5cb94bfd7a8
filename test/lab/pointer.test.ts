import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import {
  type Activation,
  compareFigure,
  exploreFigure,
  type Figure,
  gradCam,
  gridFigure,
  heatmapFigure,
  kernelsFigure,
  loadImage,
  loadModel,
  matshowFigure,
  overlayFigure,
  predict,
  saliency,
} from '../../src/index';
import { json } from '../npy';
import { suite } from '../suite';
import { until } from '../until';
import { inBrowser } from './browser';
import { openFigure, type Pointed, pointAt, pointAtEach, signalOf } from './figure-page';

const ROOT = join(__dirname, '..', '..', '..');

/** The colours of matplotlib's maps, as it wrote them. */
const COLORS = json<Record<string, string[]>>('colormaps');

const made = (shape: number[], value: (i: number) => number): Activation => ({
  layer: 'made',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i)),
});

/** How a figure tells values. */
interface Kind {
  figure: Figure;
  /** The value at the place that a line tells: of the n-th line. */
  value: (place: number[], line: number) => number;
  /** Significant digits; 0 for what is told as "≈". */
  digits: number;
  /** The scale of the map with these values, where its colours are seen plain: [low, high], and the colour map. */
  colors?: (place: number[]) => [low: number, high: number, cmap: string];
  /** Whether cells are drawn with no whole pixels, or numbers stand on them. */
  isFine?: boolean;
}

const at = ({ shape, data }: Activation, [row, column]: number[], channel: number) =>
  data[(row! * shape[2]! + column!) * shape[3]! + channel]!;

const extent = ({ shape, data }: Activation, channel: number): [number, number] => {
  const values = data.filter((value, i) => i % shape.at(-1)! === channel && Number.isFinite(value));
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
};
const viridis = (activation: Activation, channel: number) => (): [number, number, string] => [
  ...extent(activation, channel),
  'viridis',
];

async function makeKinds(): Promise<Record<string, Kind>> {
  const model = await loadModel(join(ROOT, 'notebooks', 'dogcat_v1.h5'));
  const picture = await loadImage(join(ROOT, 'notebooks', 'cat.jpg'), { targetSize: [150, 150] });
  const [large, pooled, , , map] = (await predict(model, picture, { layers: model.layers.slice(0, 5) })) as [
    Activation,
    Activation,
    Activation,
    Activation,
    Activation,
  ];
  const cam = await gradCam(model, picture, { labels: ['cat', 'dog'] });
  const gradient = await saliency(model, picture, { labels: ['cat', 'dog'] });
  const steps = made([1, 60, 10], (i) => Math.sin(i / 9));
  const units = made([1, 60], (i) => Math.sin(i / 9) * 1e-7);
  const tiny = made([1, 8, 8, 1], (i) => (i + 1) * 1e-7);
  const vast = made([1, 8, 8, 1], (i) => (i % 2 ? -1 : 1) * 10 ** (i / 4 - 8));
  const odd = made(
    [1, 6, 6, 1],
    (i) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i - 7] ?? i / 10,
  );
  const cut = (activation: Activation, channels: number[]): Activation => ({
    ...activation,
    shape: [...activation.shape.slice(0, 3), channels.length],
    data: activation.data.filter((_, i) => channels.includes(i % activation.shape[3]!)),
  });
  const few = cut(map, [3, 9, 20, 25]);
  const { weights } = model.layers[2] as unknown as {
    weights: { val: { shape: number[]; dataSync(): Float32Array } }[];
  };
  const { shape } = weights[0]!.val;
  const values = weights[0]!.val.dataSync();
  const ofInput0: Activation = {
    layer: 'kernel',
    shape: [1, shape[0]!, shape[1]!, shape[3]!],
    data: Float32Array.from(values).filter((_, i) => Math.floor(i / shape[3]!) % shape[2]! === 0),
  };
  const one = (activation: Activation, channel: number) => (place: number[]) =>
    at(activation, place, channel);
  const many = (activation: Activation) => (place: number[]) => at(activation, place.slice(1), place[0]!);
  const scales = (activation: Activation, cmap = 'viridis') =>
    ((place) => [...extent(activation, place[0]!), cmap]) as Kind['colors'];
  return {
    matshow: {
      figure: matshowFigure(map, { channel: 20 }),
      value: one(map, 20),
      digits: 4,
      colors: viridis(map, 20),
    },
    'matshow-large': {
      figure: matshowFigure(large, { channel: 1 }),
      value: one(large, 1),
      digits: 3,
      colors: viridis(large, 1),
      isFine: true,
    },
    'matshow-picture': {
      figure: matshowFigure(map, { channel: 20, picture }),
      value: one(map, 20),
      digits: 4,
      colors: viridis(map, 20),
    },
    'matshow-steps': {
      figure: matshowFigure(steps),
      value: ([channel, step]) => steps.data[step! * 10 + channel!]!,
      digits: 4,
      colors: () => {
        const most = Math.max(...steps.data.map(Math.abs));
        return [-most, most, 'RdBu_r'];
      },
      isFine: true,
    },
    'matshow-units': { figure: matshowFigure(units), value: ([unit]) => units.data[unit!]!, digits: 4 },
    'matshow-tiny': {
      figure: matshowFigure(tiny),
      value: one(tiny, 0),
      digits: 4,
      colors: viridis(tiny, 0),
    },
    'matshow-vast': { figure: matshowFigure(vast), value: one(vast, 0), digits: 4 },
    'matshow-odd': { figure: matshowFigure(odd), value: one(odd, 0), digits: 4 },
    'matshow-dead': { figure: matshowFigure(map, { channel: 9 }), value: one(map, 9), digits: 4 },
    grid: { figure: gridFigure(map), value: many(map), digits: 3, colors: scales(map), isFine: true },
    'grid-tutorial': { figure: gridFigure(map, { style: 'tutorial' }), value: many(map), digits: 3 },
    'grid-few': { figure: gridFigure(few), value: many(few), digits: 4, colors: scales(few), isFine: true },
    'grid-small': { figure: gridFigure(large), value: many(large), digits: 0 },
    'grid-odd': { figure: gridFigure(odd), value: many(odd), digits: 4 },
    explore: {
      figure: exploreFigure([large, map], { picture, layer: 'conv2d_3', channel: 20 }),
      value: one(map, 20),
      digits: 0,
    },
    'explore-alone': {
      figure: exploreFigure(few, { channel: 2 }),
      value: one(few, 2),
      digits: 4,
      colors: viridis(few, 2),
    },
    overlay: { figure: overlayFigure(picture, map, { channel: 20 }), value: one(map, 20), digits: 4 },
    compare: {
      figure: compareFigure([large, pooled], { channel: 3 }),
      value: (place, line) => at(line ? pooled : large, place, 3),
      digits: 4,
    },
    'compare-difference': {
      figure: compareFigure(map, { channel: [3, 20], difference: true }),
      value: (place, line) =>
        [at(map, place, 3), at(map, place, 20), Math.fround(at(map, place, 3) - at(map, place, 20))][line]!,
      digits: 4,
    },
    kernels: {
      figure: kernelsFigure(model.layers[2]!),
      value: many(ofInput0),
      digits: 4,
    },
    gradCam: {
      figure: heatmapFigure(picture, cam),
      value: one(cam, 0),
      digits: 4,
    },
    saliency: {
      figure: heatmapFigure(picture, gradient),
      value: one(gradient, 0),
      digits: 3,
    },
  };
}

let known: ReturnType<typeof makeKinds> | undefined;
const kinds = () => (known ??= makeKinds());

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number as figures write it. */
function numberOf(text: string): number {
  const [, sign, digits, , negative, power = '0'] =
    /^(?:≈ )?(−?)([\d.]+)(×10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?$/.exec(text) ?? [];
  assert.ok(digits, text);
  const exponent = [...power]
    .map((digit) => (/\d/.test(digit) ? digit : SUPERSCRIPTS.indexOf(digit)))
    .join('');
  return Number(`${sign ? '-' : ''}${digits}e${negative ? '-' : ''}${exponent}`);
}

/** "channel 3 · 13, 15 → 0.4389" as [3, 13, 15] and 0.4389. */
function parsed(text: string): { place: number[]; words: string } {
  const [, before, words] = /^(.*) → (.*)$/.exec(text) ?? [];
  assert.ok(words, text);
  return { place: before!.match(/\d+/g)!.map(Number), words };
}

const rgb = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

function check(name: string, kind: Kind, { told, color }: Pointed): boolean {
  let isSeen = true;
  for (const [i, { text }] of told.entries()) {
    const { place, words } = parsed(text);
    const value = kind.value(place, i);
    const special = { NaN: 'NaN', Infinity: '+Infinity', '-Infinity': '−Infinity', 0: '0' }[String(value)];
    if (special) {
      assert.is(words, special, `${name}: ${text}`);
    } else if (kind.digits) {
      // As numpy rounds: to significant digits.
      assert.is(numberOf(words), Number(value.toPrecision(kind.digits)), `${name}: ${text}, not ${value}`);
    } else assert.match(words, /^≈ /);
    if (!kind.colors || !Number.isFinite(value)) continue;
    const [low, high, cmap] = kind.colors(place);
    if (!(low < high)) continue;
    const step = Math.trunc(Math.fround((value - low) / (high - low)) * 256);
    const nth = Math.min(255, Math.max(0, step));
    const expected = rgb(COLORS[cmap.replace('_r', '')]![cmap.endsWith('_r') ? 255 - nth : nth]!);
    isSeen = expected.every((part, n) => Math.abs(part - color[n]!) <= 3);
  }
  return isSeen;
}

/** Places along an axis: near both edges, and others that no size of cells divides. */
const PLACES = [0.013, 0.111, 0.237, 0.301, 0.419, 0.507, 0.613, 0.743, 0.907];

suite('the pointer in a browser', {
  "what it tells is the tensor's value at that place, in the colour that is drawn there, in a line below the map":
    inBrowser(async () => {
      let page: Page | undefined;
      for (const [name, kind] of Object.entries(await kinds())) {
        for (const width of [360, 960]) {
          page = await openFigure(`pointer-${name}-${width}`, kind.figure, { width, height: 900 }, page);
          const { canvas } = await pointAt(page, 1, 1);
          let found = 0;
          const missed: string[] = [];
          const places = PLACES.flatMap((down) =>
            PLACES.map((right): [x: number, y: number] => [
              Math.floor(right * canvas.width) + 0.5,
              Math.floor(down * canvas.height) + 0.5,
            ]),
          );
          const all = await pointAtEach(page, places);
          for (const [n, [x, y]] of places.entries()) {
            const pointed = all[n]!;
            // From corner to corner a real pointer moves, too, and the figure tells it the same.
            if (n % (PLACES.length + 1) === 0)
              assert.equal(await pointAt(page, x, y), pointed, `${name} at ${x}, ${y}`);
            assert.equal(pointed.canvas, canvas, `${name} changes its size under the pointer`);
            if (!pointed.told.length) continue;
            found++;
            if (!check(name, kind, pointed))
              missed.push(`${pointed.told.map(({ text }) => text)} at ${x}, ${y}: ${pointed.color}`);
            for (const { text, left, top, right, bottom } of pointed.told) {
              const where = `${name} at ${width} in ${JSON.stringify(canvas)}: “${text}” from ${left}, ${top} to ${right}, ${bottom}`;
              assert.ok(left >= 0 && top >= 0 && right <= canvas.width && bottom <= canvas.height, where);
              assert.not.ok(x > left && x < right && y > top && y < bottom, `${where} covers ${x}, ${y}`);
              assert.not.ok(text.includes('\n'), where);
            }
          }
          assert.ok(found > 8, `${name} at ${width}: only ${found} places tell a value`);
          // Numbers stand on tiles, and a cell that is no whole pixels may end with a pixel of its neighbour.
          if (!kind.isFine) assert.equal(missed, [], `${name} at ${width}`);
          else assert.ok(missed.length < 0.3 * found, `${name} at ${width}: ${missed.join('; ')}`);
        }
      }
    }),
  'matshow: dragging moves a map that is larger than its view, and neither the picture beside it nor the whole map':
    inBrowser(async () => {
      const { matshow, 'matshow-picture': besidePicture } = await kinds();
      for (const { figure } of [besidePicture!, matshow!]) {
        const page = await openFigure('pointer-drag', figure, { width: 960, height: 900 });
        const box = (await page.locator('canvas').first().boundingBox())!;
        const isMoved = async () =>
          Object.values(await signalOf<object>(page, 'zoom')).some((domain) => domain);
        const drag = async (x: number, y: number) => {
          await page.mouse.move(x, y);
          await page.mouse.down();
          await page.mouse.move(x + 30, y + 20, { steps: 4 });
          await page.mouse.up();
          return isMoved();
        };
        // Both figures have something at the left: the picture, or the map itself.
        assert.not.ok(await drag(box.x + 150, box.y + 200));
        const onMap = [box.x + (figure === matshow!.figure ? 200 : 550), box.y + 200] as const;
        assert.not.ok(await drag(...onMap));
        await page.keyboard.down('Shift');
        await page.mouse.wheel(0, -300);
        await page.keyboard.up('Shift');
        await until(isMoved);
        const before = JSON.stringify(await signalOf(page, 'zoom'));
        await drag(...onMap);
        assert.is.not(JSON.stringify(await signalOf(page, 'zoom')), before);
        const { told } = await pointAt(page, onMap[0] - box.x, onMap[1] - box.y);
        assert.is(told.length, 1);
        check('zoomed', matshow!, { told, color: [0, 0, 0], canvas: { width: 0, height: 0 } });
        await page.mouse.dblclick(...onMap);
        await until(async () => !(await isMoved()));
        await page.context().close();
      }
    }),
  'a finger: a tap tells a value, a swipe over a figure scrolls the page and moves no map': inBrowser(
    async () => {
      const all = await kinds();
      for (const name of ['matshow', 'grid', 'explore', 'overlay', 'compare', 'gradCam']) {
        const { figure } = all[name]!;
        const page = await openFigure(`pointer-finger-${name}`, figure, {
          width: 360,
          height: 400,
          hasTouch: true,
        });
        await page.evaluate(() => {
          document.body.style.paddingBottom = '2000px';
        });
        const box = (await page.locator('canvas').first().boundingBox())!;
        await page.touchscreen.tap(box.x + 120, box.y + 180);
        if (!/explore|gradCam/.test(name)) {
          await until(async () => (await signalOf(page, 'spot')) !== null);
        }
        const client = await page.context().newCDPSession(page);
        const touch = (type: string, y?: number) =>
          client.send('Input.dispatchTouchEvent', {
            type: type as 'touchStart',
            touchPoints: y === undefined ? [] : [{ x: box.x + 120, y }],
          });
        await touch('touchStart', 350);
        for (let y = 340; y > 150; y -= 10) await touch('touchMove', y);
        await touch('touchEnd');
        await until(async () => (await page.evaluate(() => scrollY)) > 100, `${name} keeps the page`);
        if (name === 'matshow') {
          const zoom = await signalOf<object>(page, 'zoom');
          assert.not.ok(Object.values(zoom).some((domain) => domain));
        }
        await page.context().close();
      }
    },
  ),
  'a finger: a tap enlarges a tile, and chooses by thumbnail and by arrow': inBrowser(async () => {
    const { 'grid-few': few, 'explore-alone': explorer, explore } = await kinds();
    const finger = { width: 360, height: 900, hasTouch: true };
    const grid = await openFigure('pointer-tap-grid', few!.figure, finger);
    const box = (await grid.locator('canvas').first().boundingBox())!;
    await grid.touchscreen.tap(box.x + 0.3 * box.width, box.y + 0.5 * box.height);
    await until(async () => (await signalOf(grid, 'chosen')) === 1);
    await grid.context().close();
    const page = await openFigure('pointer-tap-explore', explorer!.figure, finger);
    const { x, y, height } = (await page.locator('canvas').first().boundingBox())!;
    const before = await signalOf<number>(page, 'shown');
    // The last of four thumbnails, which stand in the figure's last line; ▶ stands in the line above.
    await page.touchscreen.tap(x + 12 + 3.5 * (await signalOf<number>(page, 'thumbSize')), y + height - 30);
    await until(async () => (await signalOf(page, 'shown')) === 3);
    assert.is(before, 2);
    await page.context().close();
    // Of 64 channels those around the one that is shown, each large enough for a finger.
    const many = await openFigure('pointer-tap-many', explore!.figure, finger);
    const canvas = (await many.locator('canvas').first().boundingBox())!;
    const [side, start] = [
      await signalOf<number>(many, 'thumbSize'),
      await signalOf<number>(many, 'thumbsStart'),
    ];
    assert.ok(side >= 24, `${side}`);
    assert.ok(start > 0);
    const top = canvas.y + canvas.height - 12 - 2 * side;
    await many.touchscreen.tap(canvas.x + 12 + 23.5 * side - start, top + side / 2);
    await until(async () => (await signalOf(many, 'shown')) === 23);
    await many.context().close();
  }),
  'an enlarged tile tells the values of its map; a double click on it puts it away': inBrowser(async () => {
    const { 'grid-few': few } = await kinds();
    for (const width of [360, 960]) {
      const page = await openFigure('pointer-enlarged', few!.figure, { width, height: 900 });
      const before = (await page.locator('canvas').first().boundingBox())!;
      await pointAt(page, 0.3 * before.width, 0.5 * before.height);
      await page.mouse.down();
      await page.mouse.up();
      await until(
        async () => (await page.locator('canvas').first().boundingBox())!.height > before.height + 200,
      );
      for (const down of [0.05, 0.3, 0.6, 0.9]) {
        for (const right of [0.1, 0.3, 0.5, 0.7]) {
          // The enlarged tile is what was added at the bottom.
          const y = before.height + 40 + down * 200;
          const pointed = await pointAt(page, Math.floor(right * 260) + 20.5, Math.floor(y) + 0.5);
          assert.is(pointed.told.length, 1, `${right}, ${y}`);
          assert.ok(check('enlarged', few!, pointed), `${JSON.stringify(pointed)}`);
        }
      }
      const after = (await page.locator('canvas').first().boundingBox())!;
      await page.mouse.dblclick(after.x + 100, after.y + before.height + 100);
      await until(async () => (await page.locator('canvas').first().boundingBox())!.height === before.height);
      await page.context().close();
    }
  }),
});
