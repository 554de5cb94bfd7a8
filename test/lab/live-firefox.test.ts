import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { toLiveHtml } from '../../src/notebook/live/live-page';
import { readNotebook } from '../../src/notebook/nbformat';
import { kerasActivation } from '../npy';
import { suite } from '../suite';
import { PATIENCE } from '../until';
import { type Firefox, startFirefox } from './firefox';
import { addressOf, OUT, ROOT, tutorialPage } from './live-page';

const SCREENSHOTS = join(ROOT, 'out', 'screenshots');
const CONTROL_A = '\uE009a';
const SHIFT_ENTER = '\uE008\uE007';

async function inFirefox(test: (firefox: Firefox) => Promise<void>): Promise<void> {
  const program = process.env['CONVLENS_FIREFOX'];
  if (!program) throw new Error('Run this by npm run test:lab, which finds the browser.');
  const firefox = await startFirefox(program);
  try {
    await test(firefox);
  } finally {
    await firefox.end();
  }
}

/** Waits until an expression is true. */
const becomes = (firefox: Firefox, expression: string) =>
  firefox.ask<void>(
    `new Promise((resolve, reject) => { const ends = performance.now() + ${PATIENCE}; const look = () => (${expression}) ? resolve() : performance.now() > ends ? reject(new Error('it does not become true')) : setTimeout(look, 50); look(); })`,
  );

suite('live pages in Firefox', {
  'an explorer runs from a file, and a channel is that of Keras': () =>
    inFirefox(async (firefox) => {
      await firefox.open(addressOf(await tutorialPage('firefox')));
      await becomes(
        firefox,
        "'ready' in document.documentElement.dataset || 'failed' in document.documentElement.dataset",
      );
      assert.is(await firefox.ask('document.documentElement.dataset.failed ?? ""'), '');
      // Of what is downloaded, the page makes a blob.
      const text = await firefox.ask<string>(`(async () => {
        let made;
        const { createObjectURL } = URL;
        URL.createObjectURL = (blob) => { made = blob; return createObjectURL.call(URL, blob); };
        document.querySelector('[aria-label="Download the map as CSV"]').click();
        return made.text();
      })()`);
      const { data } = kerasActivation('conv2d_3');
      const numbers = text.trim().split(/[\n,]/).map(Number);
      assert.is(numbers.length, 34 * 34);
      const worst = Math.max(...numbers.map((value, i) => Math.abs(value - data[i * 64 + 20]!)));
      assert.ok(worst <= 1e-5, `${worst} off`);
      await firefox.ask(`document.querySelector('[aria-label="Where does it see cat?"]').click()`);
      await becomes(firefox, 'document.body.textContent.includes("Grad-CAM for cat")');
      await firefox.shoot(join(SCREENSHOTS, 'live-firefox.png'));
    }),

  "a notebook's channel is edited by keys, and the figure that depends on it drawn; no network is reached":
    () =>
      inFirefox(async (firefox) => {
        const folder = join(ROOT, 'notebooks');
        const notebook = readNotebook(join(folder, 'tutorial.ipynb'));
        notebook.cells.push({
          cell_type: 'code',
          metadata: {},
          source: "await fetch('http://127.0.0.1:9/x').then(() => 'reached', () => 'refused')",
          outputs: [],
        });
        const { html } = await toLiveHtml(notebook, { folder, name: 'tutorial.ipynb' });
        const path = join(OUT, 'firefox-notebook.html');
        writeFileSync(path, html);
        await firefox.open(addressOf(path));
        await becomes(
          firefox,
          "'ready' in document.documentElement.dataset || 'failed' in document.documentElement.dataset",
        );
        assert.is(await firefox.ask('document.documentElement.dataset.failed ?? ""'), '');
        await firefox.ask(
          "document.querySelectorAll('section.cell')[1].querySelector('.cm-content').focus()",
        );
        await firefox.keys(CONTROL_A);
        await firefox.keys(
          ...'const channel = 7; const secondChannel = 3; const cmap = "magma"; const picture = "cat.jpg"; const modelFile = "dogcat_v1.h5";',
        );
        await firefox.keys(SHIFT_ENTER);
        await becomes(firefox, `document.querySelector('.outputs .alive[aria-label*="channel 7"] canvas')`);
        await becomes(firefox, '!/Running|Starting/.test(document.getElementById("status").textContent)');
        await firefox.ask(`document.querySelector('[aria-label="Run cell 18"]').click()`);
        await becomes(firefox, `document.querySelector('section.cell:last-of-type .outputs pre')`);
        assert.is(
          await firefox.ask(`[...document.querySelectorAll('.outputs pre')].at(-1).textContent`),
          "'refused'",
        );
        await firefox.ask(`document.querySelector('.outputs .alive').scrollIntoView()`);
        await firefox.shoot(join(SCREENSHOTS, 'live-firefox-notebook.png'));
      }),

  'a loop is stopped ten times in a row, and cells run after each, which reach no network': () =>
    inFirefox(async (firefox) => {
      const folder = join(ROOT, 'notebooks');
      const notebook = readNotebook(join(folder, 'tutorial.ipynb'));
      notebook.cells = ["await fetch('http://127.0.0.1:9/x').then(() => 1, () => 42)", 'for (;;);'].map(
        (source) => ({
          cell_type: 'code',
          metadata: {},
          source,
          outputs: [],
        }),
      );
      const { html } = await toLiveHtml(notebook, { folder, name: 'stops.ipynb' });
      const path = join(OUT, 'firefox-stops.html');
      writeFileSync(path, html);
      await firefox.open(addressOf(path));
      await becomes(firefox, "'ready' in document.documentElement.dataset");
      const press = (selector: string) => firefox.ask(`document.querySelector('${selector}').click()`);
      for (let i = 0; i < 10; i++) {
        await press('[aria-label="Run cell 2"]');
        await becomes(firefox, `document.querySelector('[data-cell="1"][data-state=running]')`);
        await press('.bar button:nth-of-type(2)');
        await becomes(firefox, 'document.getElementById("status").textContent.startsWith("Stopped")');
        await press('[aria-label="Run cell 1"]');
        await becomes(firefox, `document.querySelector('[data-cell="0"][data-state=done] .outputs pre')`);
        assert.is(await firefox.ask(`document.querySelector('[data-cell="0"] .outputs').textContent`), '42');
      }
    }),
});
