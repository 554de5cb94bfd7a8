import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as assert from 'uvu/assert';
import { loadImage } from '../../src/pictures/load';
import { kerasActivation } from '../npy';
import { suite } from '../suite';
import { inBrowser, shoot, visit } from './browser';

const ROOT = join(__dirname, '..', '..', '..');
const OUT = join(ROOT, 'out', 'core');
const LAYERS = ['conv2d_1', 'max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3'];
const MODELS = [
  'notebooks/dogcat_v1.h5',
  'test/fixtures/dogcat_v1.keras',
  'test/fixtures/dogcat_v1_keras3.h5',
];

/** A page with all it needs in one script: the core, TensorFlow.js on wasm, h5wasm and Vega. */
const PAGE = `
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as h5wasm from 'h5wasm';
import embed from 'vega-embed';
import wasm from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm';
import { gridFigure, hdf5With, loadModel, matshowFigure, predict, summaryText, toTensor, useTensorFlow } from './dist/core.mjs';

// From file:// there is one thread, so one of the three is used.
const names = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];
setWasmPaths(Object.fromEntries(names.map((name) => [name + '.wasm', wasm])));
useTensorFlow({ tf, layers });
const openHdf5 = hdf5With(h5wasm);
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const textOf = ({ buffer, byteOffset, byteLength }) => {
  let letters = '';
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) letters += String.fromCharCode(byte);
  return btoa(letters);
};

window.run = async (file, picture, names) => {
  const model = await loadModel(bytesOf(file), { openHdf5 });
  const image = toTensor({ ...picture, data: bytesOf(picture.data) });
  const before = tf.memory().numTensors;
  const activations = await predict(model, image, { layers: names });
  const specs = [matshowFigure(activations[0], { channel: 1 }).spec, gridFigure(activations[0]).spec];
  for (const spec of specs) {
    const place = document.body.appendChild(document.createElement('div'));
    await embed(place, spec, { actions: false, mode: 'vega-lite', renderer: 'canvas' });
  }
  return {
    backend: tf.getBackend(),
    left: tf.memory().numTensors - before,
    summary: summaryText(model),
    maps: activations.map(({ layer, shape, data }) => ({ layer, shape, data: textOf(data) })),
  };
};
window.ready = true;
`;

async function page(): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    loader: { '.wasm': 'dataurl' },
    logLevel: 'error',
  });
  const script = outputFiles[0]!.text.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--');
  const path = join(OUT, 'index.html');
  writeFileSync(path, `<!doctype html><meta charset="utf-8"><body><script type="module">${script}</script>`);
  return pathToFileURL(path).href;
}

interface Answer {
  backend: string;
  left: number;
  summary: string;
  /** Numbers as base64: Playwright takes long to hand over arrays. */
  maps: { layer: string; shape: number[]; data: string }[];
}

suite('the core in a browser', {
  'loads .h5 and .keras, agrees with Keras, draws matshow and grid, and makes no request': inBrowser(
    async () => {
      const picture = await loadImage(join(ROOT, 'notebooks', 'cat.jpg'), { targetSize: [150, 150] });
      const { page: tab, complaints, strangers } = await visit(await page());
      const requests: string[] = [];
      tab.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
      });
      await tab.waitForFunction('window.ready').catch((cause) => {
        throw new Error(`the page did not start: ${complaints.join('; ')}`, { cause });
      });
      const sent = { ...picture, data: Buffer.from(picture.data).toString('base64') };
      for (const model of MODELS) {
        const file = readFileSync(join(ROOT, model)).toString('base64');
        const answer = (await tab.evaluate(
          `window.run(${JSON.stringify(file)}, ${JSON.stringify(sent)}, ${JSON.stringify(LAYERS)})`,
        )) as Answer;
        assert.is(answer.backend, 'wasm');
        assert.is(answer.left, 0);
        assert.match(answer.summary, 'conv2d_1 (Conv2D)');
        for (const [i, name] of LAYERS.entries()) {
          const { shape, data: text } = answer.maps[i]!;
          const data = new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
          const golden = kerasActivation(name);
          assert.equal(shape, [...golden.shape]);
          let worst = 0;
          for (let k = 0; k < data.length; k++) worst = Math.max(worst, Math.abs(data[k]! - golden.data[k]!));
          assert.ok(data.length === golden.data.length && worst <= 1e-5, `${model} ${name}: ${worst} off`);
        }
      }
      assert.is(await tab.locator('canvas').count(), 2 * MODELS.length);
      await shoot(tab, 'core');
      assert.equal([complaints, strangers, requests], [[], [], []]);
    },
  ),
});
