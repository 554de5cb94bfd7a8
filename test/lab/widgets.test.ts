import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { installKernel } from '../../src/kernel/install';
import type { Notebook } from '../../src/notebook/nbformat';
import { suite } from '../suite';
import { until } from '../until';
import { inBrowser, shoot, visit } from './browser';
import { LabNotebook } from './lab-notebook';
import { startLab } from './lab-server';
import { freePort, serve } from './server';

const READOUT = '.widget-readout';
/** Where `interact` draws for a page that did not see the cell run. */
const PLACE = '.widget-vbox';
const CELLS = [
  `import { interact, matshow, slider } from 'convlens';
const map = { layer: 'made', shape: [1, 8, 8, 10], data: Float32Array.from({ length: 640 }, (_, i) => i % 91) };`,
  'await interact({ channel: slider(0, 9) }, ({ channel }) => matshow(map, { channel: channel }));',
];

/** A notebook of two cells: a slider by whose value a channel is drawn. */
function writeSlider(folder: string): void {
  const cells = CELLS.map((source, i) => ({
    id: `cell-${i}`,
    cell_type: 'code',
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { name: 'convlens', display_name: 'TypeScript (convlens)', language: 'typescript' };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'slider.ipynb'), JSON.stringify(notebook));
}

/** Moves the slider by some keys, and waits until it stands where they lead. */
async function moveSlider(page: Page, keys: number, to: number): Promise<void> {
  const handle = page.locator('.noUi-handle').first();
  await handle.waitFor();
  await handle.focus();
  for (let i = 0; i < keys; i++) await page.keyboard.press('ArrowRight');
  await page.locator(READOUT, { hasText: new RegExp(`^${to}$`) }).waitFor();
}

suite('widgets in a browser', {
  'after a reload in JupyterLab the slider has its value and still draws; the notebook keeps its state':
    inBrowser(async () => {
      const home = mkdtempSync(join(tmpdir(), 'convlens-widgets-'));
      writeSlider(home);
      const server = await startLab('widgets', { notebooks: home, widgetState: true });
      try {
        const { page } = await visit(server.address('slider.ipynb'));
        const notebook = new LabNotebook(page);
        await notebook.ready();
        await notebook.runAll();
        await moveSlider(page, 5, 5);
        // The page sends one change at a time: the kernel is at 5 once it has drawn it.
        const index = await notebook.indexOf('await interact');
        await until(async () => JSON.stringify(await notebook.outputs(index)).includes('channel 5'));
        await notebook.save();

        await page.reload();
        await notebook.ready();
        await page.locator(READOUT, { hasText: /^5$/ }).waitFor();
        assert.is(await page.getByText('Loading widget').count(), 0);
        await shoot(page, 'lab-widget-reloaded');
        await moveSlider(page, 2, 7);
        const place = page.locator(PLACE).locator('.jp-RenderedVegaCommon5').first();
        await place.locator('canvas, svg').first().waitFor();
        await shoot(page, 'lab-widget-moved-after-reload');

        await notebook.save();
        const { metadata } = JSON.parse(readFileSync(join(home, 'slider.ipynb'), 'utf8')) as Notebook;
        const kept = metadata['widgets'] as Record<
          string,
          { state: Record<string, { model_name: string; state: Record<string, unknown> }> }
        >;
        const models = Object.values(kept['application/vnd.jupyter.widget-state+json']!.state);
        const slider = models.find(({ model_name }) => model_name === 'IntSliderModel');
        assert.is(slider?.state['value'], 7);
        assert.is(slider?.state['description'], 'channel');
        await page.context().close();
      } finally {
        await server.stop();
        rmSync(home, { recursive: true });
      }
    }),

  'Voilà shows the slider and its drawing, and redraws when it moves': inBrowser(async () => {
    const home = mkdtempSync(join(tmpdir(), 'convlens-voila-'));
    writeSlider(home);
    installKernel({ prefix: home });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const options = ['slider.ipynb', '--no-browser', `--port=${port}`, '--show_tracebacks=True'];
    const stop = await serve('voila', options, `${url}/voila/static/`, {
      cwd: home,
      env: {
        JUPYTER_PATH: join(home, 'share', 'jupyter'),
        JUPYTER_CONFIG_DIR: join(home, 'config'),
        JUPYTER_DATA_DIR: join(home, 'data'),
        JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
      },
    });
    try {
      const { page } = await visit(url);
      await page.locator(READOUT, { hasText: /^0$/ }).waitFor({ timeout: 60_000 });
      const drawing = page.locator('img, canvas, .vega-embed svg').first();
      await drawing.waitFor();
      const before = await drawing.screenshot();
      await shoot(page, 'voila');
      await moveSlider(page, 3, 3);
      await until(async () => {
        // A drawing may be replaced while it is photographed.
        const photo = page.locator('img, canvas, .vega-embed svg').first().screenshot({ timeout: 2000 });
        return !(await photo.catch(() => before)).equals(before);
      }, 'the drawing did not follow the slider');
      await shoot(page, 'voila-moved');
    } finally {
      await stop();
      rmSync(home, { recursive: true });
    }
  }),
});
