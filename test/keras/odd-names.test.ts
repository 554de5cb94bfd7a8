import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { specSvg } from '../../renderers/png/draw';
import type { Spec } from '../../renderers/spec';
import {
  channelStatsFigure,
  compareFigure,
  exploreFigure,
  type Figure,
  gridFigure,
  histogramFigure,
  kernelsFigure,
  loadModel,
  type Model,
  matshowFigure,
  overlayFigure,
  overviewFigure,
  predict,
  summaryText,
} from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';

/** Blanks, accents, other scripts, and signs that mean something to TensorFlow.js, Vega, HTML or regular expressions. */
const NAMES = [
  'block 1',
  'größe é',
  '卷积层',
  '_свёртка',
  'a/b:0',
  '"q"',
  "it's",
  '[x]',
  'a.b',
  'a\\b',
  '<b>&amp;',
  '$1 $& {x}',
  'datum.layer',
  '__proto__x',
  '(.*)+?',
  '100 %',
  '🙂',
  // What every JavaScript object has.
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  // A keyword of Vega.
  'if',
  'two\u2028separators\u2029of\u2028lines',
  'x'.repeat(200),
];

/** A model.json with a convolution of each name, one after another. */
function modelOfNames(folder: string): string {
  const layers = NAMES.map((name, i) => ({
    class_name: 'Conv2D',
    config: {
      name,
      filters: 2,
      kernel_size: 1,
      activation: 'tanh',
      ...(i === 0 && { batch_input_shape: [null, 3, 3, 2] }),
    },
  }));
  const weights = NAMES.flatMap((name) => [
    { name: `${name}/kernel`, shape: [1, 1, 2, 2], dtype: 'float32' },
    { name: `${name}/bias`, shape: [2], dtype: 'float32' },
  ]);
  const topology = { class_name: 'Sequential', config: { name: 'Netz »1«', layers } };
  const manifest = [{ paths: ['w.bin'], weights }];
  const values = Float32Array.from({ length: 6 * NAMES.length }, (_, i) => (((i * 7) % 11) - 5) / 8);
  writeFileSync(join(folder, 'w.bin'), new Uint8Array(values.buffer));
  const path = join(folder, 'model.json');
  writeFileSync(path, JSON.stringify({ modelTopology: topology, weightsManifest: manifest }));
  return path;
}

async function withModel(run: (model: Model, x: never, folder: string) => Promise<void>) {
  await ready();
  const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
  const x = tf().randomUniform([1, 3, 3, 2], -1, 1, 'float32', 1);
  try {
    const model = await loadModel(modelOfNames(folder));
    await run(model, x as never, folder);
    model.dispose();
  } finally {
    x.dispose();
    rmSync(folder, { recursive: true });
  }
}

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** The texts that a drawing shows, without the marks of SVG. */
async function textOf(spec: Spec): Promise<string> {
  const svg = await specSvg(spec);
  const plain = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text]) =>
    text!.replace(/<[^>]*>/g, ''),
  );
  const signs: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };
  return plain.join('\n').replace(/&(lt|gt|amp|quot);/g, (_, sign: string) => signs[sign]!);
}

/** A drawing ends a long text with dots. */
const beginning = (name: string) => (name.length > 17 ? name.slice(0, 10) : name);

const picture = { height: 2, width: 2, channels: 1, data: Uint8Array.of(0, 50, 100, 150) };

suite('keras/odd-names', {
  'every name works wherever a layer is named': () =>
    withModel(async (model, x) => {
      const all = await predict(model, x);
      assert.equal(
        all.map(({ layer }) => layer),
        NAMES,
      );
      assert.equal((await predict(model, x, { types: 'Conv2D' })).length, NAMES.length);
      const summary = summaryText(model);
      for (const [i, name] of NAMES.entries()) {
        for (const layers of [name, new RegExp(`^${escaped(name)}$`), model.layers[i]!, i]) {
          const [one, ...others] = await predict(model, x, { layers });
          assert.is(one!.layer, name);
          assert.equal([...one!.data], [...all[i]!.data], name);
          assert.is(others.length, 0);
        }
        const shown = name.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
        assert.ok(summary.includes(`│ ${shown} (Conv2D) `), name);
      }
    }),

  'every figure shows every name as it is': () =>
    withModel(async (model, x) => {
      const all = await predict(model, x);
      for (const one of all) {
        const figures: Record<string, Figure> = {
          matshow: matshowFigure(one, { channel: 1 }),
          grid: gridFigure(one, { imagesPerRow: 2, width: 300 }),
          channelStats: channelStatsFigure(one),
          compare: compareFigure([one, all[0]!], { channel: 1 }),
          overlay: overlayFigure(picture, one, { channel: 1 }),
          histogram: histogramFigure(one),
          kernels: kernelsFigure(model.layers.find(({ name }) => name === one.layer)!),
          unit: matshowFigure({ layer: one.layer, shape: [1, 2], data: one.data.slice(0, 2) }),
          overview: overviewFigure([one]),
          explore: exploreFigure([all[0]!, one].slice(one === all[0] ? 1 : 0), { layer: one.layer, picture }),
        };
        for (const [kind, figure] of Object.entries(figures)) {
          const [text] = [await textOf(figure.spec)];
          assert.ok(
            text.includes(beginning(one.layer)),
            `${kind} of ${one.layer} shows ${text.slice(0, 200)}`,
          );
          assert.ok(figure.text.includes(one.layer), `${kind} of ${one.layer}: ${figure.text.slice(0, 200)}`);
        }
      }
      const rows = await textOf(overviewFigure(all).spec);
      for (const name of NAMES) assert.ok(rows.includes(beginning(name)), name);
      for (const layer of NAMES) {
        assert.ok((await textOf(exploreFigure(all, { layer }).spec)).includes(beginning(layer)), layer);
      }
    }),

  'a figure of any name can be saved under that name, in each form': () =>
    withModel(async (model, x, folder) => {
      for (const one of await predict(model, x)) {
        const figure = matshowFigure(one, { channel: 1 });
        // A slash is the separator of folders.
        const name = one.layer.replaceAll('/', '-');
        for (const form of name.startsWith('<') ? ['png', 'svg', 'json', 'html'] : ['json']) {
          const path = join(folder, `${name}.${form}`);
          await figure.save(path);
          assert.ok(readFileSync(path).length > 100, path);
        }
      }
      const page = readFileSync(join(folder, '<b>&amp;.html'), 'utf8');
      assert.not.ok(page.includes('<b>&amp;'), 'the name is text, not HTML');
    }),
});
