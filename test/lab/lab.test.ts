import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { until } from '../until';
import { inBrowser, shoot, visit } from './browser';
import { LabNotebook } from './lab-notebook';
import { startLab } from './lab-server';

const FIGURE = '.jp-RenderedVegaCommon5';
/** A figure once Vega has drawn it. */
const DRAWN = `${FIGURE} canvas, ${FIGURE} svg`;

suite('the tutorial in JupyterLab', {
  'runs, can be edited, interrupted, restarted and saved, and works without a kernel afterwards': inBrowser(
    async () => {
      const server = await startLab('kernel');
      try {
        const { page, complaints } = await visit(server.address('tutorial.ipynb'));
        const notebook = new LabNotebook(page);
        await notebook.ready();
        await notebook.runAll();
        const shot = (name: string) => shoot(page, name);

        // All seven figures, each alive.
        const matshow = await notebook.indexOf('matshow(activations[0], { channel: channel');
        const figures: number[] = [];
        for (const text of [
          'channel: channel',
          'secondChannel, cmap',
          ...[0, 1, 2, 3, 4].map((i) => `grid(activations[${i}]`),
        ]) {
          const index = await notebook.indexOf(text);
          await (await notebook.cell(index)).locator(DRAWN).first().waitFor();
          figures.push(index);
        }
        assert.is(new Set(figures).size, 7);
        await shot('lab-grid');

        // The number under the pointer.
        const cell = await notebook.cell(matshow);
        await shot('lab-matshow');
        const figure = cell.locator(DRAWN).first();
        const silent = await figure.screenshot();
        await figure.hover({ position: { x: 150, y: 250 } });
        await page.waitForTimeout(500);
        const telling = await figure.screenshot();
        assert.not.ok(telling.equals(silent), 'nothing tells the value under the pointer');
        const spoken = cell.locator('[role="graphics-document"]').first();
        assert.match((await spoken.getAttribute('aria-label')) ?? '', 'conv2d_1 · channel 1');
        await shot('lab-pointer');

        // Another channel: one number edited, one cell run.
        await notebook.edit(matshow, 'matshow(activations[0], { channel: 7, cmap: cmap });');
        await notebook.run(matshow);
        const [shown] = await notebook.outputs(matshow);
        assert.match(String(shown!.data?.['text/plain']), 'conv2d_1 · channel 7');
        await shot('lab-channel-7');

        // An error is a box with the cell's line.
        const error = await notebook.append('matshow(activations[0], { channel: 99 });');
        await notebook.run(error);
        const box = (await notebook.cell(error)).locator('.jp-OutputArea-output', { hasText: 'RangeError' });
        await box.waitFor();
        assert.match((await box.textContent()) ?? '', 'Cannot show channel 99 of conv2d_1');
        await shot('lab-error');

        // An endless loop is interrupted, and the model is still there.
        await notebook.edit(error, 'for (;;) {}');
        await notebook.run(error, { wait: false });
        await page.locator('.jp-Notebook .jp-InputPrompt', { hasText: '*' }).waitFor();
        await page
          .locator(
            '[data-command="notebook:interrupt-kernel"] button, [data-command="notebook:interrupt-kernel"]',
          )
          .first()
          .click();
        await notebook.idle();
        await notebook.edit(error, 'activations.length');
        await notebook.run(error);
        assert.match(JSON.stringify(await notebook.outputs(error)), /"5"|5/);

        // A widget drives a redraw in place.
        await notebook.edit(
          error,
          `import { interact, slider } from 'convlens';
await interact({ channel: slider(0, 15) }, ({ channel }) => matshow(activations[0], { channel: channel }));`,
        );
        await notebook.run(error);
        const widget = await notebook.cell(error);
        const handle = widget.locator('.noUi-handle').first();
        await handle.waitFor();
        await handle.scrollIntoViewIfNeeded();
        await handle.focus();
        for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
        await page.waitForFunction(
          () =>
            document.querySelectorAll('.jp-Notebook .widget-readout').length > 0 &&
            Array.from(document.querySelectorAll('.jp-Notebook .widget-readout')).some(
              (e) => e.textContent === '5',
            ),
        );
        await until(async () =>
          JSON.stringify(await notebook.outputs(error)).includes('conv2d_1 · channel 5'),
        );
        await shot('lab-widget');

        // Restarted: what the cells knew is gone.
        await notebook.menu('Kernel', 'kernelmenu:restart');
        await page.locator('.jp-Dialog .jp-mod-accept').click();
        await page.locator('.jp-Dialog').waitFor({ state: 'detached' });
        await notebook.ready();
        await notebook.edit(error, 'activations.length');
        await notebook.run(error);
        assert.match(JSON.stringify(await notebook.outputs(error)), 'Cannot find name');

        await notebook.edit(error, '1 + 1');
        await notebook.run(error);
        await notebook.save();
        assert.equal(
          complaints.filter((text) => !/favicon|404|WebSocket/.test(text)),
          [],
        );
        await page.context().close();
      } finally {
        await server.stop();
      }

      // The saved notebook at somebody else's: no kernel, not trusted.
      await withoutKernel(server.notebooks, 'tutorial.ipynb', async (notebook) => {
        const index = await notebook.indexOf('channel: 7');
        const figure = (await notebook.cell(index)).locator(DRAWN).first();
        const silent = await figure.screenshot();
        await figure.hover({ position: { x: 150, y: 250 } });
        await notebook.page.waitForTimeout(500);
        assert.not.ok(
          (await figure.screenshot()).equals(silent),
          'nothing tells the value under the pointer',
        );
        await shoot(notebook.page, 'lab-no-kernel');
      });
    },
  ),

  'the explorer of a saved notebook works without a kernel and without trust': inBrowser(async () => {
    await withoutKernel(undefined, 'explore.ipynb', async (notebook) => {
      const cell = await notebook.cell(await notebook.indexOf('explore(activations'));
      const figure = cell.locator(DRAWN).first();
      await figure.waitFor();
      const before = await figure.screenshot();
      await cell.locator('select').selectOption('conv2d_3');
      const { page } = notebook;
      const channel = cell.locator('input[name=channel]');
      await channel.fill('20');
      await cell.locator('input[type=range]').fill('0.9');
      await page.waitForTimeout(300);
      assert.not.ok(before.equals(await figure.screenshot()), 'the controls changed nothing');
      await shoot(page, 'lab-explorer');
      // Arrow keys, as in every box for a number.
      await channel.focus();
      await page.keyboard.press('ArrowUp');
      assert.is(await channel.inputValue(), '21');
      // The drawn slider, by the pointer: it ends where the layer ends, and the pointer may leave it.
      const box = (await figure.boundingBox())!;
      const [start, y] = [box.x + 12 + 36, box.y + box.height - 12 - 48 - 6 - 12];
      await page.mouse.move(start + 20, y - 2);
      await page.mouse.move(start + 30, y, { steps: 3 });
      await page.mouse.down();
      await page.mouse.move(start + 100, y + 40, { steps: 5 });
      await page.waitForTimeout(200);
      assert.is(await channel.inputValue(), '32');
      await page.mouse.move(start + 500, y, { steps: 5 });
      await page.mouse.up();
      await page.waitForTimeout(200);
      assert.is(await channel.inputValue(), '63');
      await cell.locator('select').selectOption('conv2d_1');
      await page.waitForTimeout(300);
      assert.is(await channel.inputValue(), '15');
      // A number beyond the end becomes the end once it is entered.
      await channel.focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('40');
      await page.keyboard.press('Tab');
      await page.waitForTimeout(500);
      assert.is(await channel.inputValue(), '15');
      // In a narrow window panels stand two a row.
      await page.setViewportSize({ width: 900, height: 1000 });
      await page.waitForTimeout(800);
      const stacked = (await figure.boundingBox())!;
      assert.ok(
        stacked.width < 500 && stacked.height > stacked.width,
        `${stacked.width} × ${stacked.height}`,
      );
      await shoot(page, 'lab-explorer-narrow');
    });
  }),

  'Notebook 7 runs the tutorial and shows its figures': inBrowser(async () => {
    const server = await startLab('notebook-7');
    try {
      const { page } = await visit(server.address('tutorial.ipynb', 'notebook'));
      const notebook = new LabNotebook(page);
      await notebook.ready();
      await notebook.runAll();
      const cell = await notebook.cell(await notebook.indexOf('grid(activations[4]'));
      await cell.locator(DRAWN).first().waitFor();
      await shoot(page, 'notebook-7');
    } finally {
      await server.stop();
    }
  }),
});

/** A notebook in a JupyterLab that has no kernel and never saw it before. */
async function withoutKernel(
  notebooks: string | undefined,
  name: string,
  test: (notebook: LabNotebook) => Promise<void>,
): Promise<void> {
  // In the dark theme, under which figures keep their own paper.
  const server = await startLab('no-kernel', { kernel: false, notebooks, dark: true });
  try {
    const { page, context } = await visit(server.address(name));
    const notebook = new LabNotebook(page);
    await notebook.loadedWithoutKernel();
    assert.is(await notebook.trusted(), false);
    await test(notebook);
    await context.close();
  } finally {
    await server.stop();
  }
}
