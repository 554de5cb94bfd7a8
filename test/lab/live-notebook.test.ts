import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { loadImage } from '../../src/index';
import { toLiveHtml } from '../../src/notebook/live/live-page';
import { type Notebook, readNotebook } from '../../src/notebook/nbformat';
import { kerasActivation } from '../npy';
import { suite } from '../suite';
import { inBrowser, shoot, visit } from './browser';
import { hostile } from './hostile-notebook';
import { addressOf, becomes, OUT, ROOT } from './live-page';

const NOTEBOOKS = join(ROOT, 'notebooks');

async function page(name: string, notebook: Notebook, folder = NOTEBOOKS): Promise<string> {
  const { html } = await toLiveHtml(notebook, { folder, name: `${name}.ipynb` });
  const path = join(OUT, `${name}.html`);
  writeFileSync(path, html);
  return addressOf(path);
}

const tutorial = () => readNotebook(join(NOTEBOOKS, 'tutorial.ipynb'));

const notebookOf = (...sources: string[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'convlens', language: 'typescript' } },
  cells: sources.map((source) => ({ cell_type: 'code' as const, metadata: {}, source, outputs: [] })),
});

const ready = (tab: Page) => tab.locator('html[data-ready]').waitFor();
const cell = (tab: Page, number: number) => tab.locator('section.cell').nth(number - 1);
const output = (tab: Page, number: number) => cell(tab, number).locator('.outputs');
const idle = (tab: Page) =>
  becomes(tab, '!/Running|Starting/.test(document.getElementById("status").textContent)');
const runAll = async (tab: Page) => {
  await tab.getByRole('button', { name: 'Run all' }).click();
  await idle(tab);
};

/** Replaces the text of a cell by keys, as a reader does. */
async function write(tab: Page, number: number, text: string): Promise<void> {
  await cell(tab, number).locator('.cm-content').click();
  await tab.keyboard.press('Control+a');
  await tab.keyboard.insertText(text);
}

suite('a live notebook in a browser', {
  'the tutorial: channel is edited, Shift+Enter runs what it needs and what depends on it, and no more':
    inBrowser(async () => {
      const url = await page('tutorial', tutorial());
      const { page: tab, context, complaints } = await visit(url, { offline: true });
      await ready(tab);
      console.log(`${(readFileSync(join(OUT, 'tutorial.html')).length / 1e6).toFixed(2)} MB`);
      assert.equal(await tab.locator('section.cell[data-state]').count(), 0);
      const line = cell(tab, 2).locator('.cm-line', { hasText: 'const channel' });
      await line.click();
      await tab.keyboard.press('End');
      await tab.keyboard.press('ArrowLeft');
      await tab.keyboard.press('Backspace');
      await tab.keyboard.type('7');
      const started = performance.now();
      await tab.keyboard.press('Shift+Enter');
      await output(tab, 10).locator('.alive[aria-label*="channel 7"] canvas').waitFor();
      console.log(`the other channel after ${(performance.now() - started).toFixed(0)} ms`);
      await idle(tab);
      assert.equal(
        await tab
          .locator('section.cell[data-state=done]')
          .evaluateAll((all) => all.map(({ dataset }) => dataset['cell'])),
        ['1', '3', '5', '7', '9', '13', '15', '19'],
      );
      assert.match(
        (await output(tab, 10).locator('.figure').getAttribute('aria-label'))!,
        /conv2d_1.*channel 7/s,
      );
      await tab.getByRole('button', { name: 'See what changed' }).click();
      await shoot(tab, 'live-notebook-channel');

      // The edit outlives the page, and can be undone.
      const again = await context.newPage();
      await again.goto(url);
      await ready(again);
      assert.match(await cell(again, 2).locator('.cm-content').innerText(), 'const channel = 7;');
      await again.getByRole('button', { name: 'Undo edits' }).click();
      assert.match(await cell(again, 2).locator('.cm-content').innerText(), 'const channel = 1;');
      assert.equal(complaints, []);
    }),

  'all cells run; maps are those of Keras; the notebook that is downloaded has edits and outputs': inBrowser(
    async () => {
      const notebook = tutorial();
      const last = notebook.cells.findLast(({ cell_type }) => cell_type === 'code')!;
      const {
        page: tab,
        complaints,
        strangers,
      } = await visit(await page('tutorial-all', notebook), { offline: true });
      await ready(tab);
      await runAll(tab);
      assert.is(await tab.locator('#status').textContent(), '17 cells have run.');
      assert.is(await tab.locator('.outputs .alive canvas').count(), 8);
      await shoot(tab, 'live-notebook-all');
      await write(tab, 17, 'console.log(activations.map(({ layer }) => layer).join())');
      await write(
        tab,
        16,
        `import { featureMap, gradCam, channelStats } from 'convlens';
console.log([...featureMap(activations[4], 20).data].join());`,
      );
      await tab.keyboard.press('Shift+Enter');
      await becomes(tab, 'document.querySelectorAll("section.cell[data-state=done]").length > 0');
      await idle(tab);
      const printed = (await output(tab, 16).locator('pre').textContent())!.split(',').map(Number);
      const { data } = kerasActivation('conv2d_3');
      assert.is(printed.length, 34 * 34);
      const worst = Math.max(...printed.map((value, i) => Math.abs(value - data[i * 64 + 20]!)));
      assert.ok(worst <= 1e-5, `${worst} off`);

      const [download] = await Promise.all([
        tab.waitForEvent('download'),
        tab.getByRole('button', { name: 'Download notebook' }).click(),
      ]);
      assert.is(download.suggestedFilename(), 'tutorial-all.ipynb');
      const path = join(OUT, 'downloaded.ipynb');
      await download.saveAs(path);
      const saved = readNotebook(path);
      assert.is(saved.cells.length, notebook.cells.length);
      const code = saved.cells.filter(({ cell_type }) => cell_type === 'code');
      assert.match(String(code.at(-1)!.source), 'activations.map');
      assert.not.equal(code.at(-1)!.source, last.source);
      const figure = code[9]!.outputs![0] as { data: Record<string, unknown> };
      assert.equal(Object.keys(figure.data), ['application/vnd.vegalite.v5+json', 'image/png', 'text/plain']);
      assert.is(code[4]!.outputs!.length, 0);
      assert.is(code[5]!.outputs![0]!.output_type, 'stream');
      assert.equal([complaints, strangers], [[], []]);
    },
  ),

  'values, errors, what needs Node, sliders, timers, Stop and Restart': inBrowser(async () => {
    const notebook = notebookOf(
      "import { grid, loadImage, matshow, interact, slider, dropdown } from 'convlens';\nconst img = await loadImage('./cat.jpg');\n[img.height, img.width]",
      'const half: number = img.height / 2;\nconsole.log("half %d", half, { half });\nconsole.warn("careful");\n"it is " + half',
      'const x = 1;\nnever.there;',
      "import fs from 'node:fs';",
      "import lodash from 'lodash';",
      "await loadImage('other.jpg');",
      'process.exit(1)',
      'const = 3;',
      "await interact({ n: slider(0, 5, { value: 2 }), c: dropdown(['a', 'b']) }, ({ n, c }) => matshow([[0, n], [n, c === 'b' ? 9 : 1]], { title: c + n }));",
      "setTimeout(() => console.log('late'), 100);\nsetTimeout(() => { throw new TypeError('later'); }, 200);\n0",
      'for (;;);',
      'half + 1',
    );
    const { page: tab, complaints } = await visit(await page('values', notebook), { offline: true });
    await ready(tab);
    const run = async (number: number) => {
      await tab.getByLabel(`Run cell ${number}`, { exact: true }).click();
      await idle(tab);
      return (await output(tab, number).locator('pre').allTextContents()).join('').trim();
    };
    // What it needs runs before it.
    const { height } = await loadImage(join(NOTEBOOKS, 'cat.jpg'));
    const half = height / 2;
    assert.is(await run(2), `half ${half} { half: ${half} }\ncareful\n'it is ${half}'`);
    assert.match(await run(1), /^\[ \d+, \d+ \]$/);
    assert.match(
      await run(3),
      'ReferenceError: never is not defined (line 2)\nHas the cell that declares it been run?',
    );
    assert.match(await run(4), 'it needs the module "node:fs", which only Node has');
    assert.match(await run(5), 'it needs the module "lodash", which only Node has');
    assert.match(
      await run(6),
      'PictureError: Cannot load other.jpg: this page does not carry it. Its files: cat.jpg.',
    );
    assert.match(await run(7), 'it needs process, which only Node has');
    assert.match(await run(8), 'SyntaxError');
    await run(9);
    const title = () => output(tab, 9).locator('.figure').getAttribute('aria-label');
    assert.match((await title())!, 'a2');
    await output(tab, 9).locator('input[type=range]').first().fill('4');
    await becomes(tab, `document.querySelector('section:nth-of-type(9) .figure')?.ariaLabel.includes('a4')`);
    await output(tab, 9).locator('select').selectOption('b');
    await becomes(tab, `document.querySelector('section:nth-of-type(9) .figure')?.ariaLabel.includes('b4')`);
    await run(10);
    await output(tab, 10).getByText('late', { exact: true }).waitFor();
    await output(tab, 10).getByText('TypeError: later (line 2)').waitFor();
    await tab.getByLabel('Run cell 11').click();
    await tab.locator('[data-cell="10"][data-state=running]').waitFor();
    await tab.getByLabel('Run cell 12').click();
    await tab.getByText('A cell is running. Press Stop to end it.').waitFor();
    await tab.getByRole('button', { name: 'Stop' }).click();
    await tab.getByText('Stopped: names of earlier cells are gone.').waitFor();
    assert.is(await run(12), String(half + 1));
    await tab.getByRole('button', { name: 'Restart' }).click();
    assert.equal(complaints, []);
  }),

  'a loop is stopped ten times in a row, and cells run after each': inBrowser(async () => {
    const notebook = notebookOf('const half = 21;', 'for (;;);', 'half * 2');
    const { page: tab, complaints } = await visit(await page('stops', notebook), { offline: true });
    await ready(tab);
    for (let i = 0; i < 10; i++) {
      await tab.getByLabel('Run cell 2').click();
      await tab.locator('[data-cell="1"][data-state=running]').waitFor();
      await tab.getByRole('button', { name: 'Stop' }).click();
      await tab.getByText('Stopped: names of earlier cells are gone.').waitFor();
      await tab.getByLabel('Run cell 3').click();
      await idle(tab);
      assert.is(await output(tab, 3).innerText(), '42', `after ${i + 1} stops`);
    }
    // A second press while the engine starts ends that start alone.
    for (const name of ['Run all', 'Stop', 'Run all', 'Restart'])
      await tab.getByRole('button', { name }).click();
    await tab.getByLabel('Run cell 3').click();
    await idle(tab);
    assert.is(await output(tab, 3).innerText(), '42');
    assert.equal(complaints, []);
  }),

  'modules, labels and data beside the notebook are carried along': inBrowser(async () => {
    const folder = join(OUT, 'beside');
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(NOTEBOOKS, 'cat.jpg'), join(folder, 'cat.jpg'));
    copyFileSync(join(NOTEBOOKS, 'dogcat_v1.h5'), join(folder, 'dogcat_v1.h5'));
    writeFileSync(join(folder, 'names.txt'), 'cat\ndog\n');
    writeFileSync(
      join(folder, 'tools.ts'),
      "import { twice } from './more';\nexport const four: number = twice(2);\nexport type T = string;\n",
    );
    writeFileSync(join(folder, 'more.ts'), 'export function twice(x: number) { return 2 * x; }\n');
    writeFileSync(join(folder, 'numbers.json'), '[1, 2, 3]');
    const notebook = notebookOf(
      "import { four } from './tools';\nimport numbers from './numbers.json';\n[four, numbers]",
      "import { loadImage, loadModel, predictions } from 'convlens';\nconst model = await loadModel('dogcat_v1.h5');\nconst img = await loadImage('cat.jpg', { targetSize: [150, 150] });\nconst [{ label, score }] = await predictions(model, img, { labels: 'names.txt' });\nlabel + ' ' + score.toFixed(3)",
    );
    const { page: tab } = await visit(await page('beside', notebook, folder), { offline: true });
    await ready(tab);
    await runAll(tab);
    assert.is(await output(tab, 1).innerText(), '[ 4, [ 1, 2, 3 ] ]');
    assert.match(await output(tab, 2).innerText(), /^'cat 0\.51\d'$/);
  }),

  "a stranger's notebook runs nothing before Run, and then reaches neither the page nor a network": inBrowser(
    async () => {
      const reached: string[] = [];
      const server = createServer((request, response) => {
        reached.push(String(request.url));
        response.setHeader('access-control-allow-origin', '*').end('globalThis.got = 1');
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const far = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const notebook = hostile();
      notebook.metadata = { kernelspec: { name: '<b>x</b>', language: 'typescript' } };
      const attempts = [
        `fetch('${far}/fetch')`,
        `import('${far}/import.js')`,
        `globalThis.eval('import("${far}/eval.js")')`,
        `new Promise((ok, no) => { const s = new WebSocket('${far.replace('http', 'ws')}/socket'); s.onopen = ok; s.onerror = no; })`,
        `importScripts('${far}/scripts.js')`,
        `(() => { const x = new XMLHttpRequest(); x.open('GET', '${far}/xhr', false); x.send(); })()`,
        'document.title',
        'parent.document',
        'localStorage.length',
        'new BroadcastChannel("x")',
        'indexedDB.open("x")',
        'new Worker("data:text/javascript,0")',
      ];
      notebook.cells.push(
        ...notebookOf(
          `const tried = [];
for (const attempt of ${JSON.stringify(attempts)}) {
  try { tried.push(attempt.slice(0, 30) + ' got ' + (await globalThis.eval(attempt))); }
  catch (error) { tried.push('refused'); }
}
tried.join()`,
          `postMessage({ cell: 3, output: { kind: 'data', data: { 'text/html': '<img src=x onerror="window.ran=1">', 'text/plain': '<img src=x onerror="window.ran=1">' } } });
postMessage({ cell: 3, output: { kind: 'data', data: { 'image/png': '"><script>window.ran=1</script>' } } });
postMessage({ cell: 3, output: { kind: 'widget', id: 'w', state: { _model_name: 'constructor' } } });
postMessage({ cell: 3, output: { kind: 'data', data: { 'application/vnd.jupyter.widget-view+json': { model_id: 'w' } } } });
postMessage({ cell: 3, output: { kind: 'data', data: { 'application/vnd.vegalite.v5+json': { data: { url: '${far}/vega.json' }, mark: { type: 'bar', href: 'javascript:window.ran=1' }, params: [{ name: 'x', expr: 'constructor.constructor("window.ran=1")()' }] } } } });
postMessage({ cell: 'x', output: null }); postMessage(null); postMessage({ id: 1, result: 5 });
0`,
        ).cells,
      );
      try {
        const { page: tab, strangers } = await visit(await page('hostile-live', notebook));
        await ready(tab);
        await tab.waitForTimeout(300);
        assert.equal([reached, strangers], [[], []]);
        assert.equal(await tab.locator('section.cell[data-state]').count(), 0);
        const count = await tab.locator('section.cell').count();
        const refused = `'${attempts.map(() => 'refused').join()}'`;
        const attack = async () => {
          await tab.getByLabel(`Run cell ${count - 1}`, { exact: true }).click();
          await output(tab, count - 1)
            .locator('pre')
            .waitFor();
          assert.is(await output(tab, count - 1).innerText(), refused);
        };
        await attack();
        // A worker that is started later has the same policy.
        await tab.getByRole('button', { name: 'Restart' }).click();
        await attack();
        await tab.getByLabel(`Run cell ${count}`, { exact: true }).click();
        await tab.waitForTimeout(800);
        assert.is(await tab.evaluate('window.ran'), undefined);
        // The page evaluates no text. What the test evaluates is exempt; a timer of it is not.
        await tab.evaluate('void setTimeout("window.ran = 1", 0)');
        await tab.waitForTimeout(100);
        assert.is(await tab.evaluate('window.ran'), undefined);
        // The frame that starts the workers could: it is sandboxed, out of the page's reach, and evaluates nothing it is told.
        assert.equal(
          await tab.evaluate(`['eval', 'document', 'setTimeout'].map((name) => {
            try { return typeof frames[0][name]; } catch (error) { return error.name; }
          })`),
          ['SecurityError', 'SecurityError', 'SecurityError'],
        );
        assert.is(await tab.locator('iframe').getAttribute('sandbox'), 'allow-scripts');
        assert.equal(reached, []);
        await shoot(tab, 'live-notebook-hostile');
      } finally {
        server.close();
      }
    },
  ),

  'on a phone, light and dark, nothing is wider than the screen; by keyboard alone a cell is reached, edited and run':
    inBrowser(async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const url = await page('phone', tutorial());
        const { page: tab, context } = await visit(url, {
          width: 360,
          height: 780,
          colorScheme,
          offline: true,
        });
        await ready(tab);
        for (let i = 0; i < 60; i++) {
          await tab.keyboard.press('Tab');
          const label = await tab.evaluate('document.activeElement.getAttribute("aria-label")');
          if (label === 'Code of cell 2') break;
        }
        await tab.keyboard.press('Control+End');
        await tab.keyboard.type('\nconst more = secondChannel + 1;');
        await tab.keyboard.press('Control+Enter');
        await idle(tab);
        await tab.locator('[data-cell="3"][data-state=done]').waitFor();
        const wide = (await tab.evaluate('document.documentElement.scrollWidth')) as number;
        assert.ok(wide <= 360, `${wide} pixels wide`);
        await shoot(tab, `live-notebook-phone-${colorScheme}`);
        await context.close();
      }
    }),

  'where wasm is refused the page is the saved notebook, and says so': inBrowser(async () => {
    await page('plain', tutorial());
    const path = join(OUT, 'plain-refused.html');
    const html = readFileSync(join(OUT, 'plain.html'), 'utf8');
    writeFileSync(path, html.replace('worker-src blob:', "worker-src 'none'"));
    const { page: tab } = await visit(addressOf(path), { offline: true });
    await tab.getByText('Cells cannot be run here').waitFor();
    await tab.locator('.figure.alive').first().waitFor();
    assert.match(await cell(tab, 2).innerText(), 'const channel = 1');
  }),
});
