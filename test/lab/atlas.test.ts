import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { atlas, loadModel } from '../../src/index';
import { fresh } from '../atlas/files';
import { suite } from '../suite';
import { inBrowser, shoot, visit } from './browser';

/** The site of the drawn set, made once. */
const site = (async () => {
  const out = fresh('site');
  const model = await loadModel('notebooks/detectors.keras');
  const layers = ['detectors', 'pooled', 'shapes'];
  await atlas(model, 'notebooks/drawn.npz', { layers, out });
  model.dispose();
  return pathToFileURL(`${out}/index.html`).href;
})();

const tiles = (page: Page) =>
  page.locator('.tile').evaluateAll((all) => all.map((tile) => tile.getAttribute('aria-label')));

/** All pictures on the screen have come. */
const pictures = (page: Page) =>
  page.waitForFunction(() =>
    Array.from(document.querySelectorAll('img')).every((img) => img.complete && img.naturalWidth > 0),
  );

suite('the site of an atlas', {
  'layers lead to channels, and these to patches, by pointer and by keyboard, offline': inBrowser(
    async () => {
      const { page, complaints, strangers } = await visit(await site, { offline: true });
      assert.equal(await page.locator('h2').allTextContents(), ['detectors', 'pooled', 'shapes']);
      await pictures(page);
      await page.locator('.layer').first().click();
      await page.locator('.tile').first().waitFor();
      assert.is((await tiles(page)).length, 10);
      assert.match((await tiles(page))[9]!, /^channel 9, dead/);
      await page.locator('select').selectOption('2');
      assert.match((await tiles(page))[0]!, /^channel 3, 4[\d.]+$|^channel \d, \d+$/);
      const order = (await tiles(page)).map((label) => Number(/, ([\d.]+)$/.exec(label!)![1]));
      assert.equal(
        order,
        [...order].sort((a, b) => b - a),
      );
      await page.locator('.tile').first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.patches figure').first().waitFor();
      assert.is(await page.locator('.patches figure').count(), 9);
      await pictures(page);
      const here = await page.locator('h1').textContent();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((text) => document.querySelector('h1')!.textContent !== text, here);
      await page.keyboard.press('w');
      await page.locator('button[aria-pressed=true]').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.tile').first().waitFor();
      await page.goBack();
      await page.locator('.patches').waitFor();
      assert.equal([complaints, strangers], [[], []]);
    },
  ),
  'search finds layers and channels; all channels stand in one list': inBrowser(async () => {
    const { page, complaints } = await visit(await site, { offline: true });
    await page.keyboard.press('/');
    await page.keyboard.type('shap');
    assert.equal(await page.locator('h2').allTextContents(), ['shapes']);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('pooled 4');
    await page.keyboard.press('Enter');
    await page.locator('.patches').waitFor();
    assert.is(await page.locator('h1').textContent(), 'pooled · 4');
    await page.getByRole('link', { name: 'All channels' }).click();
    await page.locator('.tile').first().waitFor();
    await page.locator('input[type=search]').fill('');
    assert.match((await page.locator('.facts').textContent())!, /26 of 26 channels/);
    await page.getByRole('link', { name: 'Classes' }).click();
    assert.match((await page.locator('.facts').textContent())!, /of 2,000 right/);
    assert.is(await page.locator('.confusion td').count(), 25);
    assert.equal(complaints, []);
  }),
  'on a phone nothing is wider than the screen, in the light and in the dark': inBrowser(async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const place of ['', '#/detectors', '#/detectors/5', '#/*all', '#/*classes']) {
        const { page, context } = await visit((await site) + place, { width: 390, height: 844, colorScheme });
        await page.locator('main').waitFor();
        await pictures(page);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wider <= 0, `${place}: ${wider} pixels`);
        await shoot(page, `atlas${place.replace(/\W+/g, '-')}-${colorScheme}`);
        await context.close();
      }
    }
  }),
  'no script but its own runs': inBrowser(async () => {
    const { page } = await visit(await site, { offline: true });
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return (window as unknown as { ran?: boolean }).ran;
    });
    assert.is(ran, undefined);
  }),
});
