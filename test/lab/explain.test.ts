import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { inBrowser, shoot, visit } from './browser';
import { LabNotebook } from './lab-notebook';
import { startLab } from './lab-server';

const FIGURE = '.jp-RenderedVegaCommon5';
/** A figure once Vega has drawn it. */
const DRAWN = `${FIGURE} canvas, ${FIGURE} svg`;

/** Cells that show a figure, by a part of their text. */
const NOTEBOOKS: Record<string, readonly string[]> = {
  'filters.ipynb': ["layer: 'conv2d_1', channels", 'filters(patterns)', "'the patch that channel 15"],
  'why.ipynb': [
    'heatmap(img, await gradCam(model, img, { labels',
    "target: 'dog'",
    "method: 'occlusion'",
    'compare([plain',
  ],
};

suite('explanations in JupyterLab', {
  'filters.ipynb and why.ipynb run, and every figure is drawn; the opacity can be moved': inBrowser(
    async () => {
      const server = await startLab('explain');
      try {
        for (const [name, cells] of Object.entries(NOTEBOOKS)) {
          const { page, context } = await visit(server.address(name));
          const notebook = new LabNotebook(page);
          await notebook.ready();
          await notebook.runAll();
          for (const text of cells) {
            const cell = await notebook.cell(await notebook.indexOf(text));
            const figure = cell.locator(DRAWN).first();
            await figure.waitFor();
            await shoot(page, `explain-${name.replace('.ipynb', '')}-${cells.indexOf(text)}`);
            if (!text.startsWith('heatmap(')) continue;
            const before = await figure.screenshot();
            await cell.locator('input[type=range]').first().fill('0');
            await page.waitForTimeout(300);
            assert.not.ok(before.equals(await figure.screenshot()), 'the slider changed nothing');
          }
          await context.close();
        }
      } finally {
        await server.stop();
      }
    },
  ),
});
