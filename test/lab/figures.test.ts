import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import {
  channelStatsFigure,
  compareFigure,
  exploreFigure,
  type Figure,
  gridFigure,
  heatmapFigure,
  histogramFigure,
  matshowFigure,
  overlayFigure,
  overviewFigure,
  predictionsFigure,
} from '../../src/index';
import { loadImage } from '../../src/pictures/load';
import { FIXTURES, kerasActivation } from '../npy';
import { suite } from '../suite';
import { until } from '../until';
import { inBrowser, shoot, visit } from './browser';
import { openFigure, signalOf } from './figure-page';
import { LabNotebook } from './lab-notebook';
import { startLab } from './lab-server';

const map = kerasActivation('conv2d_3');
const large = kerasActivation('conv2d_1');

const photo = { height: 150, width: 150, channels: 1, data: new Uint8Array(150 * 150).fill(120) };

const made = (...shape: number[]) => ({
  layer: 'made',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i / 9)),
});

/** Figures that fit into the room there is. */
const NARROWING: Record<string, Figure> = {
  matshow: matshowFigure(large, { channel: 1 }),
  'matshow-input': matshowFigure(map, { channel: 20, picture: photo }),
  steps: matshowFigure(made(1, 300, 10)),
  units: matshowFigure(made(1, 600)),
  overlay: overlayFigure(photo, map, { channel: 20 }),
  heatmap: heatmapFigure(photo, made(1, 17, 17, 1)),
  predictions: predictionsFigure(
    ['Egyptian cat', 'a name that is longer than its room, as some are'].map((label, index) => ({
      label,
      score: [0.7, 0.3][index]!,
      index,
      kind: 'softmax' as const,
    })),
    { picture: photo },
  ),
  grid: gridFigure(map),
  overview: overviewFigure([large, map]),
  stats: channelStatsFigure(map),
  histogram: histogramFigure([large, map]),
  compare: compareFigure([large, map]),
};

const open = openFigure;

const signal = async (page: Page, name: string) => JSON.stringify(await signalOf(page, name));

/** Moves the pointer to a share of the canvas's width and height, as a hand does: there are places between. */
async function point(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = (await page.locator('canvas').first().boundingBox())!;
  const place = { x: box.x + x * box.width, y: box.y + y * box.height };
  await page.mouse.move(place.x - 3, place.y - 3);
  await page.mouse.move(place.x, place.y, { steps: 3 });
  await page.waitForTimeout(100);
  return place;
}

/** A notebook whose cells have shown these figures. */
function notebookOf(figures: readonly Figure[]) {
  const cells = figures.map((figure, i) => {
    const { data, metadata } = figure.bundle();
    const outputs = [{ output_type: 'display_data', data, metadata }];
    return { cell_type: 'code', id: `c${i}`, metadata: {}, source: '', execution_count: 1, outputs };
  });
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

/** A signal of the figure in a cell, which JupyterLab's widgets hold. It runs in the page. */
function labSignal([cell, name]: readonly [number, string]): unknown {
  interface Widget {
    _result?: { view: { signal(name: string): unknown } };
    children?(): Iterable<Widget>;
    widgets?: Widget[];
  }
  const { jupyterapp } = window as unknown as {
    jupyterapp: { shell: { currentWidget: { content: { widgets: { outputArea: Widget }[] } } } };
  };
  const look = (widget: Widget): unknown => {
    if (widget._result) return widget._result.view.signal(name);
    for (const inner of widget.widgets ?? widget.children?.() ?? []) {
      const found = look(inner);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(jupyterapp.shell.currentWidget.content.widgets[cell]!.outputArea) ?? null;
}

suite('figures in a browser', {
  'matshow: a value under the pointer, a zoom by Shift and the wheel, a double click back': inBrowser(
    async () => {
      const page = await open('matshow', matshowFigure(large, { channel: 1 }));
      const place = await point(page, 0.45, 0.5);
      const [row, column] = JSON.parse(await signal(page, 'spot')) as [number, number];
      assert.ok(row > 0.3 && row < 0.6 && column > 0.3 && column < 0.6, `${row}, ${column}`);
      await page.keyboard.down('Shift');
      await page.mouse.wheel(0, -300);
      await page.keyboard.up('Shift');
      await page.waitForTimeout(200);
      const zoomed = JSON.parse(await signal(page, 'zoom')) as Record<string, [number, number] | undefined>;
      const [[from, to] = [0, 0]] = Object.values(zoomed);
      assert.ok(to - from < 140 && to > from, `${from} to ${to}`);
      // What was under the pointer still is.
      await page.mouse.move(place.x + 1, place.y);
      await page.waitForTimeout(100);
      const [again] = JSON.parse(await signal(page, 'spot')) as [number, number];
      assert.ok(Math.abs(again - row) < 0.03, `${again}, not ${row}`);
      await page.mouse.dblclick(place.x, place.y);
      await page.waitForTimeout(200);
      const back = JSON.parse(await signal(page, 'zoom')) as Record<string, unknown>;
      assert.ok(
        Object.values(back).every((domain) => domain === null),
        JSON.stringify(back),
      );
    },
  ),
  'grid: a click enlarges the tile under the pointer, a double click puts it away': inBrowser(async () => {
    const page = await open('grid', gridFigure(map));
    const canvas = page.locator('canvas').first();
    const before = (await canvas.boundingBox())!.height;
    const place = await point(page, 0.3, 0.5);
    const tile = Number(await signal(page, 'tile'));
    assert.ok(tile >= 16 && tile < 48, `tile ${tile}`);
    await page.mouse.click(place.x, place.y);
    await page.waitForTimeout(300);
    assert.is(Number(await signal(page, 'chosen')), tile);
    assert.ok((await canvas.boundingBox())!.height > before + 300);
    await shoot(page, 'figure-grid-enlarged');
    await page.mouse.dblclick(place.x, place.y);
    await page.waitForTimeout(300);
    assert.is((await canvas.boundingBox())!.height, before);
  }),
  'explore: menu, slider, number and arrows work by keyboard; the slider ends where the layer ends':
    inBrowser(async () => {
      const picture = await loadImage(`${FIXTURES}/../../notebooks/cat.jpg`, { targetSize: [150, 150] });
      const page = await open('explore', exploreFigure([large, map], { picture }));
      const slider = page.locator('input[type=range][aria-label=channel]');
      assert.is(await slider.getAttribute('max'), '15');
      await page.locator('select').focus();
      await page.keyboard.press('ArrowDown');
      await page.waitForTimeout(200);
      assert.is(await signal(page, 'layer'), '"conv2d_3"');
      assert.is(await slider.getAttribute('max'), '63');
      const start = Number(await signal(page, 'shown'));
      await slider.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(200);
      assert.is(Number(await signal(page, 'shown')), start + 1);
      const box = page.locator('input[type=number][name=channel]');
      assert.is(await box.getAttribute('max'), '63');
      assert.is(await box.inputValue(), String(start + 1));
      await box.fill('20');
      await page.waitForTimeout(200);
      assert.is(Number(await signal(page, 'shown')), 20);
      assert.is(await slider.inputValue(), '20');
      // A thumbnail by the pointer: the strip's first row, the sixth of 32.
      const canvas = (await page.locator('canvas').first().boundingBox())!;
      await point(page, (12 + 24 * 5.5) / canvas.width, 1 - 50 / canvas.height);
      const thumb = Number(await signal(page, 'thumb'));
      assert.is(thumb, 5);
      await page.mouse.down();
      await page.mouse.up();
      await page.waitForTimeout(200);
      assert.is(Number(await signal(page, 'shown')), 5);
      await shoot(page, 'figure-explore');
    }),
  'a phone: nothing to scroll sideways, panels below each other, and the value under the finger is the right one':
    inBrowser(async () => {
      const picture = await loadImage(`${FIXTURES}/../../notebooks/cat.jpg`, { targetSize: [150, 150] });
      const page = await open('explore-phone', exploreFigure([map], { picture }), {
        width: 360,
        height: 740,
      });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `${wide} pixels wide`);
      const box = (await page.locator('canvas').first().boundingBox())!;
      assert.ok(box.height > 3 * 216, 'the panels stand below each other');
      await shoot(page, 'figure-phone');
      // The map is the second panel: about 300 to 510 pixels below the figure's top.
      await point(page, 100 / box.width, 400 / box.height);
      const [row, column] = JSON.parse(await signal(page, 'spot')) as [number, number];
      assert.ok(row > 0 && row < 1 && column > 0.1 && column < 0.9, `${row}, ${column}`);
      await point(page, 150 / box.width, 400 / box.height);
      const [, right] = JSON.parse(await signal(page, 'spot')) as [number, number];
      // The figure is not made smaller: 50 pixels are 50 of the map's 216.
      assert.ok(Math.abs(right - column - 50 / 216) < 0.01, `${column} and ${right}`);
    }),
  'a phone: all kinds of figures lay themselves out for it, and no letter is smaller': inBrowser(async () => {
    for (const [name, figure] of Object.entries(NARROWING)) {
      const page = await open(`${name}-phone`, figure, { width: 360, height: 740 });
      await shoot(page, `figure-phone-${name}`);
      const [drawn, shown] = await page
        .locator('canvas')
        .first()
        .evaluate((canvas) => [
          Number.parseFloat(canvas.style.width) || (canvas as unknown as { width: number }).width,
          canvas.clientWidth,
        ]);
      assert.ok(shown! <= 360 && drawn! - shown! <= 1, `${name}: ${drawn} shown in ${shown}`);
      assert.ok(shown! >= 320, `${name}: only ${shown}`);
      await page.context().close();
    }
  }),
  'in JupyterLab no figure is wider than its output, in wide and narrow windows, below the screen and after a resize':
    inBrowser(async () => {
      const server = await startLab('figures', { kernel: false });
      try {
        const notebook = notebookOf(Object.values(NARROWING));
        writeFileSync(join(server.notebooks, 'figures.ipynb'), JSON.stringify(notebook));
        const { page } = await visit(server.address('figures.ipynb'), { width: 1000, height: 900 });
        const lab = new LabNotebook(page);
        await lab.loadedWithoutKernel();
        for (const width of [1000, 1280, 1500, 900]) {
          await page.setViewportSize({ width, height: 900 });
          for (const [i, name] of Object.keys(NARROWING).entries()) {
            const cell = await lab.cell(i);
            await cell.locator('canvas').first().waitFor();
            await page.waitForTimeout(150);
            const output = cell.locator('.jp-OutputArea-output').first();
            const [inside, outside] = await output.evaluate((area) => [area.scrollWidth, area.clientWidth]);
            assert.ok(inside! <= outside!, `${name} at ${width}: ${inside} in ${outside}`);
            if (width < 1280) await shoot(page, `lab-figure-${name}-${width}`);
          }
        }
      } finally {
        await server.stop();
      }
    }),
  'in JupyterLab a tap tells a value, enlarges a tile and chooses a channel; all controls work by keyboard':
    inBrowser(async () => {
      const server = await startLab('figures-touch', { kernel: false });
      try {
        const figures = [
          matshowFigure(map, { channel: 20 }),
          gridFigure(map),
          channelStatsFigure(map),
          exploreFigure([large, map], { picture: photo }),
        ];
        writeFileSync(join(server.notebooks, 'touch.ipynb'), JSON.stringify(notebookOf(figures)));
        const { page } = await visit(server.address('touch.ipynb'), {
          width: 1280,
          height: 900,
          hasTouch: true,
        });
        const lab = new LabNotebook(page);
        await lab.loadedWithoutKernel();
        const signalIn = (cell: number, name: string) => page.evaluate(labSignal, [cell, name] as const);
        const tap = async (cell: number, x: number, y: number) => {
          const canvas = (await lab.cell(cell)).locator('canvas').first();
          await canvas.waitFor();
          const { width, height, ...box } = (await canvas.boundingBox())!;
          await page.touchscreen.tap(box.x + x, box.y + (y < 0 ? height + y : y));
        };
        await tap(0, 200, 200);
        await until(async () => Array.isArray(await signalIn(0, 'spot')));
        await tap(1, 180, 130);
        await until(async () => Number(await signalIn(1, 'chosen')) > 0);
        await tap(2, 200, 150);
        await until(async () => Number(await signalIn(2, 'at')) > 0);
        // The fourth of sixteen thumbnails in the last line; then the arrow at the left, in the line above.
        await tap(3, 12 + 48 * 3.5, -36);
        await until(async () => (await signalIn(3, 'shown')) === 3);
        await tap(3, 24, -12 - 48 - 6 - 12);
        await until(async () => (await signalIn(3, 'shown')) === 2);
        const explorer = await lab.cell(3);
        // JupyterLab takes arrow keys of what is no text; these open the menu and choose from it.
        await explorer.locator('select').focus();
        for (const key of ['Alt+ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
        await until(async () => (await signalIn(3, 'layer')) === 'conv2d_3');
        await page.keyboard.press('Tab');
        await page.keyboard.press('ArrowUp');
        await until(async () => (await signalIn(3, 'shown')) === 3);
        await page.keyboard.press('Tab');
        await page.keyboard.press('PageDown');
        await until(async () => Number(await signalIn(3, 'opacity')) < 0.75);
      } finally {
        await server.stop();
      }
    }),
  'the dark: paper and letters follow the theme, the map keeps its colours': inBrowser(async () => {
    const colors = async (colorScheme: 'light' | 'dark') => {
      const page = await open(`matshow-${colorScheme}`, matshowFigure(map, { channel: 20 }), { colorScheme });
      await shoot(page, `figure-${colorScheme}`);
      return page.evaluate(() => {
        const canvas = document.querySelector('canvas')!;
        const { data, width, height } = canvas
          .getContext('2d')!
          .getImageData(0, 0, canvas.width, canvas.height);
        const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
        return { paper: at(2, 2), map: at(Math.round(width * 0.4), Math.round(height * 0.5)) };
      });
    };
    const [light, dark] = [await colors('light'), await colors('dark')];
    assert.equal(light.paper, [255, 255, 255]);
    assert.ok(
      dark.paper.every((part) => part < 60),
      `${dark.paper}`,
    );
    assert.equal(dark.map, light.map);
  }),
  'print shows the still picture, on white': inBrowser(async () => {
    const page = await open('print', gridFigure(map));
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.still').isVisible());
    assert.not.ok(await page.locator('.live').isVisible());
  }),
});
