/**
 * Writes docs/live.gif: the tutorial as a page that runs, in a real browser without a network, while its reader edits a
 * channel and sees the other map. `npm run gif:live`, after a visible change of such pages.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { frameOf, writeAnimation } from './animation.mjs';
import { findChromium } from './browsers.mjs';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'docs', 'live.gif');
const CHANNELS = [4, 7, 12];

/** The tutorial's first steps, with the map right below the channel's number. */
async function makePage(folder) {
  const load = createRequire(import.meta.url);
  const { toLiveHtml } = load('../dist/src/notebook/live/live-page.js');
  const code = (source) => ({ cell_type: 'code', metadata: {}, source, outputs: [] });
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'convlens', language: 'typescript' } },
    cells: [
      { cell_type: 'markdown', metadata: {}, source: '# What a network sees' },
      code(
        "import { loadImage, loadModel, matshow, predict } from 'convlens';\nconst img = await loadImage('cat.jpg', { targetSize: [150, 150] });\nconst model = await loadModel('dogcat_v1.h5');\nconst [first] = await predict(model, img, { layers: [0] });",
      ),
      code('const channel = 1;'),
      code('matshow(first, { channel });'),
    ],
  };
  const { html } = await toLiveHtml(notebook, { folder: join(root, 'notebooks'), name: 'live.ipynb' });
  const path = join(folder, 'live.html');
  writeFileSync(path, html);
  return pathToFileURL(path).href;
}

const folder = mkdtempSync(join(tmpdir(), 'convlens-gif-'));
let browser;
try {
  await build();
  const url = await makePage(folder);
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 860, height: 1000 }, offline: true });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('html[data-ready]').waitFor();
  await page.getByRole('button', { name: 'Run all' }).click();
  const drawn = (channel) => page.locator(`.alive[aria-label*="channel ${channel}"] canvas`).waitFor();
  await drawn(1);
  const frames = [];
  const delays = [];
  const keep = async (delay) => {
    await page.waitForTimeout(150);
    frames.push(await frameOf(await page.screenshot()));
    delays.push(delay);
  };
  await keep(1200);
  let before = '1';
  for (const channel of CHANNELS) {
    await page.locator('.cm-line', { hasText: 'const channel' }).click();
    await page.keyboard.press('End');
    for (let i = 0; i <= before.length; i++) await page.keyboard.press('Backspace');
    await keep(500);
    await page.keyboard.type(`${channel};`);
    await keep(700);
    await page.keyboard.press('Control+Enter');
    await drawn(channel);
    await page.getByText(/cells have run/).waitFor();
    await keep(1400);
    before = String(channel);
  }
  await writeAnimation(frames, out, delays);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}
