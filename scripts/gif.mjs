/**
 * Writes docs/explorer.gif: the explorer of the tutorial's layers in a real browser, while its controls move.
 * `npm run gif`, after a visible change of the explorer.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { frameOf, writeAnimation } from './animation.mjs';
import { findChromium } from './browsers.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'docs', 'explorer.gif');
/** Milliseconds per frame. */
const DELAY = 700;
/** The reader's actions, one per frame: a layer of the menu, or a channel. */
const MOVES = [
  { layer: 'conv2d_1', channel: 1 },
  { channel: 3 },
  { channel: 4 },
  { channel: 9 },
  { layer: 'conv2d_2', channel: 5 },
  { channel: 12 },
  { channel: 20 },
  { layer: 'conv2d_3', channel: 20 },
  { channel: 33 },
  { channel: 47 },
];

async function explorerPage(folder) {
  const { exploreFigure, loadImage, loadModel, predict, toTensor } = createRequire(import.meta.url)(
    '../dist/src/index.js',
  );
  const notebooks = join(root, 'notebooks');
  const picture = await loadImage(join(notebooks, 'cat.jpg'), { targetSize: [150, 150] });
  const model = await loadModel(join(notebooks, 'dogcat_v1.h5'));
  const activations = await predict(model, toTensor(picture), { layers: model.layers.slice(0, 5) });
  const path = join(folder, 'explorer.html');
  await exploreFigure(activations, { picture }).save(path);
  return pathToFileURL(path).href;
}

const folder = mkdtempSync(join(tmpdir(), 'convlens-gif-'));
let browser;
try {
  await setup();
  await build();
  const url = await explorerPage(folder);
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 960, height: 900 } });
  await page.goto(url);
  const figure = page.locator('.figure.alive');
  await figure.waitFor();
  const frames = [];
  for (const { layer, channel } of MOVES) {
    if (layer) await page.locator('select').first().selectOption(layer);
    await page.locator('input[type=range]').first().fill(String(channel));
    await page.waitForTimeout(200);
    // The figure with some paper around it; layers of few channels have fewer rows of thumbnails.
    const box = await figure.boundingBox();
    const clip = { x: 0, y: 0, width: box.x + 810, height: box.y + box.height + 16 };
    frames.push(await frameOf(await page.screenshot({ clip })));
  }
  await writeAnimation(
    frames,
    out,
    frames.map(() => DELAY),
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}
