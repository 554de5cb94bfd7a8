/**
 * Pages that run, in Chromium without a network: `npm run bench -- --against browser [--runs N]`. Writes the section
 * "A page that runs" of docs/benchmarks.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from './browsers.mjs';
import { spread } from './spread.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs', 'benchmarks.md');
const notebooks = join(root, 'notebooks');
const HEADING = '## A page that runs';
/** Sections of the page that are the notebook's own: its cells, its files, the still figures. */
const OWN = /^(settings|weights|picture|file-\d+)$/;

/** The section as it stands in docs/benchmarks.md, which the other benchmark leaves alone. */
export function liveSection() {
  const text = readFileSync(page, 'utf8');
  const at = text.indexOf(HEADING);
  return at < 0 ? '' : `\n${text.slice(at)}`;
}

async function makePages(folder) {
  const dist = createRequire(import.meta.url);
  const { exploreFigure, loadImage, loadModel, predict } = dist('../dist/src/index.js');
  const { toLiveHtml } = dist('../dist/src/notebook/live/live-page.js');
  const { readNotebook } = dist('../dist/src/notebook/nbformat.js');
  const picture = await loadImage(join(notebooks, 'cat.jpg'), { targetSize: [150, 150] });
  const model = await loadModel(join(notebooks, 'dogcat_v1.h5'));
  const activations = await predict(model, picture, { layers: model.layers.slice(0, 5) });
  const explorer = join(folder, 'explorer.html');
  await exploreFigure(activations, { model, picture, labels: ['cat', 'dog'] }).save(explorer, { live: true });
  const notebook = join(folder, 'tutorial.html');
  const { html } = await toLiveHtml(readNotebook(join(notebooks, 'tutorial.ipynb')), {
    folder: notebooks,
    name: 'tutorial.ipynb',
  });
  writeFileSync(notebook, html);
  return { explorer, notebook };
}

/** Bytes of a page, and of what every such page has. */
function sizes(path) {
  const html = readFileSync(path, 'utf8');
  const sections = [...html.matchAll(/<script type="application\/[\w-]+" id="([\w-]+)">([^<]*)/g)];
  const machinery = sections
    .filter(([, id]) => !OWN.test(id))
    .reduce((sum, [, , text]) => sum + text.length, 0);
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].reduce(
    (sum, [, text]) => sum + text.length,
    0,
  );
  return { all: html.length, machinery: machinery + scripts };
}

const SWITCHES = `(async () => {
  const slider = document.getElementById('channel');
  const taken = [];
  for (let channel = 1; channel < 16; channel++) {
    const started = performance.now();
    slider.value = channel;
    slider.dispatchEvent(new Event('input'));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    taken.push(performance.now() - started);
  }
  return taken.sort((a, b) => a - b)[7];
})()`;

async function openExplorer(browser, path) {
  const context = await browser.newContext({ offline: true });
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(path).href);
  await tab.locator('html[data-ready]').waitFor();
  const first = Number(await tab.evaluate('document.documentElement.dataset.ready'));
  const times = [];
  for (let i = 0; i < 6; i++) {
    await tab.locator('input[type=file]').setInputFiles(join(notebooks, 'cat.jpg'));
    await tab.waitForTimeout(400);
    times.push(Number(/in (\d+) ms/.exec(await tab.locator('.toolbar').textContent())[1]));
  }
  const channel = await tab.evaluate(SWITCHES);
  await context.close();
  return { first: first / 1000, picture: spread(times.slice(1))[1], channel };
}

async function openNotebook(browser, path) {
  const context = await browser.newContext({ offline: true });
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(path).href);
  await tab.locator('html[data-ready]').waitFor();
  const ready = Number(await tab.evaluate('document.documentElement.dataset.ready'));
  const edit = async (number) => {
    await tab.locator('section.cell').nth(1).locator('.cm-content').click();
    await tab.keyboard.press('Control+a');
    await tab.keyboard.insertText(
      `const picture = 'cat.jpg';\nconst modelFile = 'dogcat_v1.h5';\nconst channel = ${number};\nconst secondChannel = 3;\nconst cmap = 'viridis';`,
    );
    const started = performance.now();
    await tab.keyboard.press('Shift+Enter');
    await tab.locator(`.outputs .alive[aria-label*="channel ${number}"] canvas`).waitFor();
    return (performance.now() - started) / 1000;
  };
  const first = await edit(7);
  const second = await edit(8);
  const started = performance.now();
  await tab.getByRole('button', { name: 'Run all' }).click();
  await tab.getByText('17 cells have run.').waitFor();
  const all = (performance.now() - started) / 1000;
  await context.close();
  return { ready: ready / 1000, first, second, all };
}

/** @param {number} runs rounds, each in a fresh page */
export async function benchLive(runs) {
  const folder = join(root, 'out', 'live');
  mkdirSync(folder, { recursive: true });
  const { explorer, notebook } = await makePages(folder);
  const executablePath = await findChromium();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const rounds = [];
  const version = browser.version();
  try {
    for (let i = 0; i < runs; i++)
      rounds.push({ a: await openExplorer(browser, explorer), b: await openNotebook(browser, notebook) });
  } finally {
    await browser.close();
  }
  const cell = (read, digits) => {
    const [low, middle, high] = spread(rounds.map(read));
    return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  };
  const mb = (bytes) => (bytes / 1e6).toFixed(2);
  const [ofExplorer, ofNotebook] = [sizes(explorer), sizes(notebook)];
  const section = `${HEADING}

The tutorial as an explorer (\`save('explore.html', { live: true })\`) and as a notebook (\`convlens html --live\`), from a file, in Chromium ${version} without a network, on one thread. ${runs} rounds: median (smallest to largest). Written by \`npm run bench -- --against browser\`.

| | explorer | notebook |
| --- | --- | --- |
| page, MB | ${mb(ofExplorer.all)} | ${mb(ofNotebook.all)} |
| of it engine, wasm, interface, editor, Vega, MB | ${mb(ofExplorer.machinery)} | ${mb(ofNotebook.machinery)} |
| opened until the first result is drawn, s | ${cell(({ a }) => a.first, 2)} | – |
| opened until cells can be edited, s | – | ${cell(({ b }) => b.ready, 2)} |
| another picture: all maps of five layers and the scores, ms | ${cell(({ a }) => a.picture, 0)} | – |
| another channel: a slider, ms; \`channel\` edited and Shift+Enter, s | ${cell(({ a }) => a.channel, 0)} | ${cell(({ b }) => b.second, 2)} |
| the first such edit, with the start of the engine and what the cell needs, s | – | ${cell(({ b }) => b.first, 2)} |
| *Run all*, s | – | ${cell(({ b }) => b.all, 2)} |
`;
  const before = readFileSync(page, 'utf8').split(HEADING)[0].trimEnd();
  writeFileSync(page, `${before}\n\n${section}`);
  console.log(section);
}
