import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { exploreFigure, gradCam, loadImage, loadModel, predict, toCsv } from '../../src/index';
import { modelFromFile } from '../../src/keras/build/assemble';
import { architectureOf } from '../../src/keras/file/read-config';
import type { Heatmap, LayerMaps, Seen } from '../../src/live/explorer-messages';
import { kerasActivation } from '../npy';
import { suite } from '../suite';
import { inBrowser, shoot, visit } from './browser';
import { addressOf, ask, becomes, drop, engineUp, OUT, ROOT, tutorialPage, WATCHED } from './live-page';

const LAYERS = ['conv2d_1', 'max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3'];
const PICTURES = join(ROOT, 'test', 'fixtures', 'pictures');
const worstOf = (got: ArrayLike<number>, wanted: ArrayLike<number>) => {
  let worst = got.length === wanted.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(got[i]! - wanted[i]!));
  return worst;
};

let made: Promise<string> | undefined;
const page = () => (made ??= tutorialPage('explore'));

const downloaded = async (tab: Page, label: string) => {
  const [download] = await Promise.all([tab.waitForEvent('download'), tab.getByLabel(label).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync((await download.path())!) };
};

suite('a live page in a browser', {
  'from a file and from a server, without a network, each layer is as Keras computed it': inBrowser(
    async () => {
      const path = await page();
      const html = readFileSync(path);
      const server = createServer((_, response) => {
        response.setHeader('content-type', 'text/html').end(html);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        for (const address of [addressOf(path), `http://127.0.0.1:${port}/`]) {
          const offline = address.startsWith('file:');
          const { page: tab, context, complaints, strangers } = await visit(address, { ...WATCHED, offline });
          const requests: string[] = [];
          tab.on('request', (request) => requests.push(request.url()));
          console.log(`${address.slice(0, 5)} first result after ${await engineUp(tab)} ms`);
          for (const [at, name] of LAYERS.entries()) {
            const { data } = await ask<LayerMaps>(tab, 'maps', 0, at);
            const worst = worstOf(data, kerasActivation(name).data);
            assert.ok(worst <= 1e-5, `${name}: ${worst} off`);
          }
          const asked = requests.filter((url) => !/^(blob|data):|favicon/.test(url));
          assert.equal([complaints, strangers, asked], [[], [], []]);
          await context.close();
        }
      } finally {
        server.close();
      }
      console.log(`${(html.length / 1e6).toFixed(2)} MB, of which the model's weights are 0.14 MB`);
    },
  ),

  'pictures of every kind become the bytes that loadImage gives': inBrowser(async () => {
    const { page: tab } = await visit(addressOf(await page()), WATCHED);
    await engineUp(tab);
    for (const name of readdirSync(PICTURES)) {
      const bytes = readFileSync(join(PICTURES, name));
      const { picture } = await ask<Seen>(tab, 'look', 0, { name, base64: bytes.toString('base64') });
      const wanted = await loadImage(bytes, { targetSize: [150, 150] });
      const worst = worstOf(picture.data, wanted.data);
      assert.is(worst, 0, name);
    }
  }),

  "a dropped picture replaces the author's; its maps, CSV, PNG and class heatmap are those of Node":
    inBrowser(async () => {
      const { page: tab, complaints } = await visit(addressOf(await page()), WATCHED);
      await engineUp(tab);
      const file = readFileSync(join(PICTURES, '422.jpg'));
      await drop(tab, '422.jpg', file, 'image/jpeg');
      await tab.getByText('channel 20 · 0 to 2.189').waitFor();

      const model = await loadModel(join(ROOT, 'notebooks', 'dogcat_v1.h5'));
      const picture = await loadImage(file, { targetSize: [150, 150] });
      const [wanted] = await predict(model, picture, { layers: ['conv2d_3'] });
      const { data } = await ask<LayerMaps>(tab, 'maps', 0, 4);
      assert.ok(worstOf(data, wanted!.data) <= 1e-5);

      const csv = await downloaded(tab, 'Download the map as CSV');
      assert.is(csv.name, 'conv2d_3-channel-20.csv');
      const numbers = (text: string) => text.trim().split(/[\n,]/).map(Number);
      const own = toCsv(wanted!, { channel: 20 });
      assert.ok(worstOf(numbers(csv.bytes.toString()), numbers(own)) <= 1e-5);
      const png = await downloaded(tab, 'Download the map as PNG');
      assert.equal([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)], [544, 544]);

      const heat = await ask<Heatmap>(tab, 'heatmap', 0, 1);
      const explained = await gradCam(model, picture, { target: 1, labels: ['cat', 'dog'] });
      const most = explained.data.reduce((a, b) => Math.max(a, b), 0);
      assert.is(heat.label, 'dog');
      assert.ok(worstOf(heat.data, explained.data) <= 1e-5 * most, 'the heatmap differs');
      await tab.getByLabel('Where does it see dog?').click();
      await tab.getByText('Grad-CAM for dog at conv2d_3').waitFor();
      await shoot(tab, 'live-dropped');

      await drop(tab, 'notes.txt', Buffer.from('no picture'), 'text/plain');
      await tab.getByText('That is no picture.').waitFor();
      await drop(tab, 'broken.jpg', Buffer.from('no picture'), 'image/jpeg');
      await tab.getByText('Cannot load broken.jpg: it is not a picture').waitFor();
      assert.equal(complaints, []);
    }),

  'two pictures share a scale; a value stands under the pointer in both; one can be replaced': inBrowser(
    async () => {
      const { page: tab } = await visit(addressOf(await page()), WATCHED);
      await engineUp(tab);
      await tab.getByRole('button', { name: 'Compare' }).click();
      await tab.locator('input[type=file]').setInputFiles(join(PICTURES, '422.jpg'));
      await tab.getByText('B: 0 to 2.189').waitFor();
      assert.equal(await tab.locator('.ends span').allTextContents(), ['2.189', '1.095', '0']);
      const maps = [await ask<LayerMaps>(tab, 'maps', 0, 4), await ask<LayerMaps>(tab, 'maps', 1, 4)];
      const large = tab.locator('.trio:nth-child(2) .panel:nth-child(2) .stage');
      const box = (await large.boundingBox())!;
      await large.hover({ position: { x: (10.5 / 34) * box.width, y: (12.5 / 34) * box.height } });
      const shown = maps.map(({ data }) => Number(data[(12 * 34 + 10) * 64 + 20]!.toPrecision(4)));
      for (const [slot, value] of shown.entries()) {
        const caption = tab.locator(`.trio:nth-child(${slot + 1}) .panel:nth-child(2) figcaption`);
        assert.is(await caption.textContent(), `12, 10 → ${value}`);
      }
      await shoot(tab, 'live-two');
      const chooser = tab.waitForEvent('filechooser');
      await tab.getByLabel('Change picture A').click();
      await (await chooser).setFiles(join(PICTURES, 'rgb.png'));
      await tab.getByText('A · rgb.png').waitFor();
      await tab.getByRole('button', { name: 'Compare' }).click();
      await tab.locator('.trio').nth(1).waitFor({ state: 'hidden' });
    },
  ),

  'by keyboard alone: layer, channel, tiles, values, heatmap, and a map in large; a switch is quick':
    inBrowser(async () => {
      const { page: tab, complaints } = await visit(addressOf(await page()), WATCHED);
      await engineUp(tab);
      const focus = async (label: string) => {
        for (let i = 0; i < 40; i++) {
          await tab.keyboard.press('Tab');
          const name = await tab.evaluate(
            `document.activeElement.getAttribute('aria-label') ?? document.activeElement.id ?? document.activeElement.textContent`,
          );
          if (name === label) return;
        }
        throw new Error(`Tab does not reach ${label}`);
      };
      await focus('layer');
      await tab.keyboard.press('ArrowUp');
      await tab.getByRole('heading', { name: 'max_pooling2d_2' }).waitFor();
      await focus('channel');
      await tab.keyboard.press('ArrowRight');
      await tab.getByText('channel 21 ·').waitFor();
      await focus('channels');
      await tab.keyboard.press('Home');
      await tab.getByText('channel 0 ·').waitFor();
      await tab.keyboard.press('Enter');
      await tab.getByRole('dialog', { name: 'max_pooling2d_2, channel 0' }).waitFor();
      await tab.keyboard.press('Escape');
      await focus('Where does it see cat?');
      await tab.keyboard.press('Space');
      await tab.getByText('Grad-CAM for cat').waitFor();
      await tab.locator('body').click({ position: { x: 2, y: 2 } });
      await focus('feature map');
      await tab.keyboard.press('ArrowRight');
      await tab.getByText('18, 19 → ').waitFor();
      const times = (await tab.evaluate(`(async () => {
        const slider = document.getElementById('channel');
        const taken = [];
        for (let channel = 1; channel < 22; channel++) {
          const started = performance.now();
          slider.value = channel;
          slider.dispatchEvent(new Event('input'));
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          taken.push(performance.now() - started);
        }
        return taken.sort((a, b) => a - b);
      })()`)) as number[];
      console.log(`a channel takes ${times[10]!.toFixed(0)} ms (to ${times[20]!.toFixed(0)})`);
      assert.equal(complaints, []);
    }),

  'the webcam is asked only on a click, and ends with its window': inBrowser(async () => {
    const { page: tab, complaints } = await visit(addressOf(await page()), {
      ...WATCHED,
      before: () => {
        const { mediaDevices } = navigator as unknown as {
          mediaDevices: { getUserMedia(wanted: object): Promise<{ getTracks(): object[] }> };
        };
        const scope = globalThis as unknown as { tracks?: object[] };
        const ask = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (wanted) => {
          const stream = await ask(wanted);
          scope.tracks = stream.getTracks();
          return stream;
        };
      },
    });
    await engineUp(tab);
    assert.is(await tab.evaluate('globalThis.tracks'), undefined);
    await tab.getByRole('button', { name: 'Webcam' }).click();
    await becomes(tab, 'document.querySelector("video")?.videoWidth > 0');
    await tab.getByRole('button', { name: 'Take the photo' }).click();
    await becomes(tab, 'tracks.every(({ readyState }) => readyState === "ended")');
    await becomes(tab, '!document.querySelector(".caption").textContent.includes("0 to 1.694")');
    assert.equal(complaints, []);
  }),

  'on a phone, light and dark, nothing is wider than the screen': inBrowser(async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const size = { width: 360, height: 780 };
      const { page: tab, context } = await visit(addressOf(await page()), {
        ...WATCHED,
        ...size,
        colorScheme,
      });
      await engineUp(tab);
      for (const state of ['one', 'two']) {
        if (state === 'two') {
          await tab.getByRole('button', { name: 'Compare' }).click();
          await tab.locator('input[type=file]').setInputFiles(join(PICTURES, '422.jpg'));
          await tab.getByText('B: 0 to 2.189').waitFor();
          await tab.getByLabel('Where does it see dog?').first().click();
          await tab.getByText('Grad-CAM for dog').waitFor();
        }
        const wide = (await tab.evaluate('document.documentElement.scrollWidth')) as number;
        assert.ok(wide <= 360, `${wide} pixels wide with ${state}`);
        await tab.screenshot({
          path: join(ROOT, 'out', 'screenshots', `live-phone-${state}-${colorScheme}.png`),
          fullPage: true,
        });
      }
      await context.close();
    }
  }),

  'the colour bar is exactly as high as its map and beside it; on a phone as wide, and below it': inBrowser(
    async () => {
      const url = addressOf(await page());
      const sizes = [
        [1100, 'light'],
        [1100, 'dark'],
        [390, 'light'],
        [360, 'dark'],
      ] as const;
      for (const [width, colorScheme] of sizes) {
        const { page: tab, context } = await visit(url, { width, colorScheme, ...WATCHED });
        await engineUp(tab);
        const box = async (selector: string) => (await tab.locator(selector).first().boundingBox())!;
        const check = async (state: string) => {
          await tab.screenshot({
            path: join(ROOT, 'out', 'screenshots', `live-bar-${width}-${colorScheme}-${state}.png`),
            fullPage: true,
          });
          const map = await box('.panel:nth-child(2) .stage');
          const ramp = await box('.ramp');
          const [along, across] = width > 700 ? (['height', 'y'] as const) : (['width', 'x'] as const);
          // Of two maps on a phone it has the width of both.
          const wanted = along === 'width' ? (await box('.trios'))[along] : map[along];
          assert.ok(Math.abs(ramp[along] - wanted) < 0.5, `${ramp[along]} for ${wanted} ${state} ${width}`);
          assert.ok(
            Math.abs(ramp[across] - map[across]) < 0.5,
            `${ramp[across]} for ${map[across]} ${state}`,
          );
          if (along === 'width' && state !== 'two')
            assert.ok(ramp.y > map.y + map.height && ramp.y < map.y + map.height + 50, `${ramp.y} ${map.y}`);
        };
        await check('one');
        await tab.getByRole('button', { name: 'Compare' }).click();
        await tab.locator('input[type=file]').setInputFiles(join(PICTURES, '422.jpg'));
        await tab.getByText('B: 0 to 2.189').waitFor();
        await check('two');
        await tab.getByRole('button', { name: 'Compare' }).click();
        await tab.locator('.trio').nth(1).waitFor({ state: 'hidden' });
        await tab.setViewportSize({ width: width + 40, height: 900 });
        await tab.waitForTimeout(100);
        await check('wider');
        await context.close();
      }
    },
  ),

  'a hostile model runs nothing: its names and labels are text': inBrowser(async () => {
    const run = (tag: string) => `${tag}<img src=x onerror="window.ran=1">`;
    const layer = (name: string, className: string, config: object) => ({
      class_name: className,
      config: { name, ...config },
    });
    const json = {
      class_name: 'Sequential',
      config: {
        name: '</title></script><script>window.ran=1</script>',
        layers: [
          layer('in', 'InputLayer', { batch_input_shape: [null, 8, 8, 3] }),
          layer(run('"\'</script>'), 'Activation', { activation: 'relu' }),
          layer(run('pool'), 'GlobalAveragePooling2D', {}),
          layer('constructor', 'Activation', { activation: 'softmax' }),
        ],
      },
      keras_version: '2.15.0',
    };
    const { graph, dialect } = architectureOf(json as never);
    const model = await modelFromFile('x', () => ({ graph, dialect, fill: async () => {} }));
    const picture = await loadImage(join(ROOT, 'notebooks', 'cat.jpg'), { targetSize: [8, 8] });
    const activations = await predict(model, picture);
    const path = join(OUT, 'hostile-model.html');
    const labels = [run('a'), '</script><script>window.ran=1</script>', 'javascript:window.ran=1'];
    await exploreFigure(activations, { model, picture, labels }).save(path, { live: true });
    const { page: tab, complaints, strangers } = await visit(addressOf(path), WATCHED);
    await engineUp(tab);
    await tab.getByText(run('a')).first().waitFor();
    await tab
      .getByLabel(/^Where does it see/)
      .first()
      .click();
    await tab.waitForTimeout(500);
    assert.is(await tab.evaluate('window.ran'), undefined);
    assert.is(await tab.locator('main img').count(), 0);
    assert.equal([complaints, strangers], [[], []]);
  }),

  'where wasm is refused the page stays a still figure and says so': inBrowser(async () => {
    const path = join(OUT, 'refused.html');
    writeFileSync(path, readFileSync(await page(), 'utf8').replace(" 'wasm-unsafe-eval'", ''));
    const { page: tab } = await visit(addressOf(path), { offline: true });
    await tab.getByText('This page stays a still figure: Cannot start TensorFlow').waitFor();
    assert.ok(await tab.locator('img.still').isVisible());
    await shoot(tab, 'live-refused');
  }),
});
