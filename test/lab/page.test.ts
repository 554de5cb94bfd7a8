import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Locator } from 'playwright-core';
import * as assert from 'uvu/assert';
import { toHtml } from '../../src/notebook/html/page';
import { type Cell, type Notebook, readNotebook } from '../../src/notebook/nbformat';
import { suite } from '../suite';
import { until } from '../until';
import { inBrowser, shoot, visit } from './browser';
import { hostile } from './hostile-notebook';

const ROOT = join(__dirname, '..', '..', '..');
const OUT = join(ROOT, 'out', 'pages');
mkdirSync(OUT, { recursive: true });

function page(name: string, notebook: Notebook): string {
  const path = join(OUT, `${name}.html`);
  writeFileSync(path, toHtml(notebook, { folder: join(ROOT, 'notebooks'), name }));
  return pathToFileURL(path).href;
}

const kept = (name: string) => readNotebook(join(ROOT, 'notebooks', `${name}.ipynb`));

const shownAs = (data: Record<string, unknown>): Cell => ({
  cell_type: 'code',
  metadata: {},
  source: '',
  outputs: [{ output_type: 'display_data', data, metadata: {} }],
});

/** A notebook with many headings, long lines, a wide table, formulas, a figure, and pictures that are missing. */
function long(): Notebook {
  const markdown = (source: string): Cell => ({ cell_type: 'markdown', metadata: {}, source });
  const code = (source: string, text = ''): Cell => ({
    cell_type: 'code',
    metadata: {},
    source,
    outputs: text ? [{ output_type: 'stream', name: 'stdout', text }] : [],
  });
  const row = (letter: string) => `│ ${letter.repeat(60)} │ (None, 148, 148, 16) │ 448 │`;
  const table = [row('a').replace(/[^│]/g, '─').replaceAll('│', '┏'), row('a'), row('b'), row('c')].join(
    '\n',
  );
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    data: { values: [{ a: 1 }, { a: 2 }] },
    mark: 'bar',
    encoding: { x: { field: 'a', type: 'quantitative' } },
  };
  const formulas =
    'A kernel $k$ of size $m \\times n$: $$y_{ij} = \\sum_{a=0}^{m-1}\\sum_{b=0}^{n-1} \\frac{k_{ab}\\,x_{i+a,j+b}}{\\sqrt{mn}}$$';
  const parts = Array.from({ length: 6 }, (_, i) => [
    markdown(`## Part ${i + 1}`),
    code(
      `const line${i} = [${Array.from({ length: 40 }, (_, n) => n * 1111).join(', ')}];\nconsole.log(line${i});`,
    ),
    markdown(`### What part ${i + 1} shows\n\n${'Words that fill a line and then another one. '.repeat(8)}`),
  ]);
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      markdown(`# A long notebook\n\n${formulas}\n\n![a cat](cat.jpg) ![gone](gone.png)`),
      shownAs({ 'application/vnd.vegalite.v5+json': spec, 'text/plain': 'bars' }),
      ...parts.flat(),
      code('summary(model);', `Model: "wide"\n${table}\n Total params: 448\n`),
    ],
  };
}

/** Whether an element lies in the window. */
const inView = (locator: Locator) =>
  locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

suite('the HTML page in a browser', {
  'figures are interactive in light and dark mode, and nothing is loaded from the network': inBrowser(
    async () => {
      const url = page('explore', kept('explore'));
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, context, complaints, strangers } = await visit(url, { colorScheme });
        await page.locator('.figure.alive').nth(3).waitFor();
        const explorer = page.locator('.figure', { has: page.locator('select') });
        const before = await explorer.locator('canvas').screenshot();
        await explorer.locator('select').selectOption('conv2d_3');
        await explorer.locator('input[type=range]').first().fill('20');
        await page.waitForTimeout(200);
        const after = await explorer.locator('canvas').screenshot();
        assert.not.ok(before.equals(after), 'the slider changed nothing');
        // Each switch is drawn within 50 ms; the median, since other programs run here too.
        const times = await explorer
          .locator('input[type=range]')
          .first()
          .evaluate(async (slider) => {
            const taken: number[] = [];
            for (let channel = 0; channel < 21; channel++) {
              const started = performance.now();
              (slider as unknown as { value: string }).value = String(channel);
              slider.dispatchEvent(new Event('input'));
              await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
              taken.push(performance.now() - started);
            }
            return taken.sort((a, b) => a - b);
          });
        console.log(`a switch takes ${times[10]!.toFixed(0)} ms (to ${times[20]!.toFixed(0)})`);
        await shoot(page, `page-${colorScheme}`);
        assert.equal(complaints, []);
        assert.equal(strangers, []);
        await context.close();
      }
    },
  ),

  'on a phone nothing of the tutorial is wider than the screen': inBrowser(async () => {
    const {
      page: phone,
      complaints,
      strangers,
    } = await visit(page('tutorial', kept('tutorial')), {
      width: 390,
      height: 844,
    });
    await phone.locator('.figure.alive').nth(6).waitFor();
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} pixels wide`);
    await shoot(phone, 'page-phone');
    await phone.locator('.figure.alive').nth(2).scrollIntoViewIfNeeded();
    await shoot(phone, 'page-phone-figure');
    assert.equal(complaints, []);
    assert.equal(strangers, []);
  }),

  'a figure takes the room of the page, before it is scrolled into view, under the pointer and after a resize':
    inBrowser(async () => {
      const { page: opened } = await visit(page('gallery', kept('gallery')), { width: 1100, height: 700 });
      await opened.locator('.figure.alive').nth(18).waitFor();
      const sizes = () =>
        opened
          .locator('.figure canvas')
          .evaluateAll((all) => all.map((one) => [one.clientWidth, one.clientHeight]));
      const before = await sizes();
      // The explorer is the last: three panels and the bar beside each other.
      assert.ok(before.at(-1)![0]! > 780 && before.at(-1)![1]! < 500, `${before.at(-1)}`);
      await opened.locator('.figure canvas').last().hover();
      await opened.waitForTimeout(300);
      assert.equal(await sizes(), before);
      await opened.setViewportSize({ width: 400, height: 700 });
      await until(async () => (await sizes()).every(([width]) => width! <= 400), 'the figures stay wide');
      await opened.setViewportSize({ width: 1100, height: 700 });
      await until(
        async () => JSON.stringify(await sizes()) === JSON.stringify(before),
        'the figures stay narrow',
      );
    }),

  'in print each figure is its PNG': inBrowser(async () => {
    const { page: printed } = await visit(page('tutorial', kept('tutorial')));
    await printed.locator('.figure.alive').nth(6).waitFor();
    await printed.emulateMedia({ media: 'print' });
    assert.is(await printed.locator('.figure img.still:visible').count(), 9);
    assert.is(await printed.locator('.figure canvas:visible').count(), 0);
  }),

  'a hostile notebook runs nothing, loads nothing, and is still shown': inBrowser(async () => {
    const url = page('hostile', hostile());
    const { page: opened, strangers } = await visit(url);
    await opened.locator('.figure.alive').first().waitFor();
    await opened.waitForTimeout(500);
    for (const link of await opened.locator('a').all())
      await link.click({ timeout: 1000, noWaitAfter: true }).catch(() => {});
    await opened
      .locator('canvas')
      .first()
      .click({ position: { x: 60, y: 100 } });
    await opened.waitForTimeout(500);
    assert.is(await opened.evaluate(() => (window as unknown as { ran?: number }).ran), undefined);
    assert.equal(strangers, []);
    assert.is(opened.url(), url);
    assert.ok(readFileSync(join(OUT, 'hostile.html')).length > 1000);
    await shoot(opened, 'page-hostile');
  }),

  'a long page: contents, copy buttons, formulas, pictures and tables at every width, in light and dark':
    inBrowser(async () => {
      const url = page('long', long());
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [360, 700, 1000, 1500]) {
          const {
            page: opened,
            context,
            complaints,
            strangers,
          } = await visit(url, { colorScheme, width, height: 900 });
          await opened.locator('.figure.alive').first().waitFor();
          const wide = await opened.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${wide} pixels wide at ${width}`);
          // The table is as high as its lines, so none is wrapped.
          const table = opened.locator('pre.table');
          const [rows, height] = await table.evaluate((pre) => [
            pre.textContent!.trimEnd().split('\n').length,
            pre.clientHeight / Number.parseFloat(getComputedStyle(pre).lineHeight),
          ]);
          assert.ok(height! < rows! + 1.5, `${rows} lines are ${height} high`);
          const fraction = (await opened.locator('mfrac').first().boundingBox())!;
          const letter = (await opened.locator('mfrac mi').first().boundingBox())!;
          assert.ok(fraction.height > 1.5 * letter.height, 'the fraction is not drawn as one');
          await shoot(opened, `page-long-${width}-${colorScheme}`);
          await opened.locator('pre.table').scrollIntoViewIfNeeded();
          await shoot(opened, `page-long-${width}-${colorScheme}-table`);
          assert.equal(complaints, []);
          assert.equal(strangers, []);
          await context.close();
        }
      }
    }),

  'a link of the contents leads to its heading, by pointer and by keyboard': inBrowser(async () => {
    const { page: opened } = await visit(page('long', long()), { height: 700 });
    const heading = opened.locator('h2', { hasText: 'Part 5' });
    assert.not.ok(await inView(heading));
    await opened.locator('.contents a', { hasText: /^Part 5$/ }).click();
    assert.ok(await inView(heading));
    await opened.locator('.contents summary').focus();
    await opened.keyboard.press('Tab');
    await opened.keyboard.press('Enter');
    assert.ok(await inView(opened.locator('h2', { hasText: 'Part 1' })));
  }),

  'a button copies the code of its cell, by pointer and by keyboard': inBrowser(async () => {
    const { page: opened, context } = await visit(page('long', long()));
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = () => opened.evaluate(() => navigator.clipboard.readText());
    const block = opened.locator('.copyable').first();
    const code = await block.locator('pre').textContent();
    assert.is(await block.locator('button').evaluate((button) => getComputedStyle(button).opacity), '0');
    await block.hover();
    await block.locator('button').click();
    await block.locator('button', { hasText: 'Copied' }).waitFor();
    assert.is(await copied(), code);
    const second = opened.locator('.copyable').nth(1);
    await second.locator('button').focus();
    await opened.keyboard.press('Enter');
    await second.locator('button', { hasText: 'Copied' }).waitFor();
    assert.is(await copied(), await second.locator('pre').textContent());
  }),

  'axe finds nothing that keeps people from the page, in the light and in the dark, on a wide screen and on a phone':
    inBrowser(async () => {
      for (const [name, notebook] of [
        ['gallery', kept('gallery')],
        ['tutorial', kept('tutorial')],
        ['long', long()],
      ] as const) {
        const address = page(`axe-${name}`, notebook);
        for (const [width, colorScheme] of [
          [1200, 'light'],
          [360, 'dark'],
        ] as const) {
          const { page: opened, context } = await visit(address, { width, colorScheme });
          await opened.locator('.figure[data-mode]:not(.alive)').waitFor({ state: 'detached' });
          await opened.evaluate(axe.source);
          const found = await opened.evaluate(async () => {
            const run = (window as unknown as { axe: typeof axe }).axe.run;
            const { violations } = await run(document, { resultTypes: ['violations'] });
            return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100))}`);
          });
          assert.equal(found, [], `${name}, ${colorScheme}, ${width}`);
          await context.close();
        }
      }
    }),

  'a figure that cannot be drawn stops no other, and says so where it has no picture': inBrowser(async () => {
    const notebook = long();
    notebook.cells.splice(
      1,
      0,
      shownAs({ 'application/vnd.vegalite.v5+json': null }),
      shownAs({ 'application/vnd.vegalite.v5+json': { mark: 'no such mark' } }),
    );
    const { page: opened } = await visit(page('broken', notebook));
    await opened.locator('.figure.alive').first().waitFor();
    const notes = opened.locator('.left-out');
    await notes.filter({ hasText: 'a figure that cannot be drawn' }).waitFor();
    assert.is(await notes.filter({ hasText: 'a figure without a spec' }).count(), 1);
  }),

  'in print code and formulas are whole, headings stay with what follows, and no button is seen': inBrowser(
    async () => {
      const notebook = long();
      const sum = Array.from({ length: 40 }, (_, i) => `x_{${i}}`).join(' + ');
      notebook.cells.push({
        cell_type: 'markdown',
        metadata: {},
        source: `$$y = ${sum}$$\n\n- $$\\frac{${sum}}{2}$$\n\nIn a line $${sum}$.`,
      });
      const { page: printed } = await visit(page('long', notebook));
      await printed.locator('.figure.alive').first().waitFor();
      await printed.emulateMedia({ media: 'print' });
      // A4 less its margins, in CSS pixels.
      await printed.setViewportSize({ width: 680, height: 1000 });
      assert.is(await printed.locator('button:visible').count(), 0);
      for (const pre of await printed.locator('pre.code').all()) {
        const [inside, outside] = await pre.evaluate((code) => [code.scrollWidth, code.clientWidth]);
        assert.ok(inside! <= outside!, `${inside} of ${outside}`);
      }
      const formulas = await printed.locator('math').evaluateAll((all) =>
        all.map((math) => {
          const inside = document.createRange();
          inside.selectNodeContents(math);
          const { left, right } = inside.getBoundingClientRect();
          return { left, right };
        }),
      );
      assert.ok(formulas.length > 3);
      for (const { left, right } of formulas)
        assert.ok(left >= 0 && right <= 680, `from ${left} to ${right}`);
      const last = printed.locator('section.prose', { has: printed.locator('h2:last-child') }).first();
      assert.is(await last.evaluate((section) => getComputedStyle(section).breakAfter), 'avoid');
      const pdf = await printed.pdf({ format: 'A4', path: join(OUT, 'long.pdf') });
      assert.ok(pdf.length > 10_000);
      await shoot(printed, 'page-long-print');
    },
  ),
});
