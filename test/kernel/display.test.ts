import * as assert from 'uvu/assert';
import type { Content } from '../../src/jupyter/wire';
import { suite } from '../suite';
import { inKernel, start } from './cells';

/** The data of the last value, whose cell has shown nothing else. */
async function result(kernel: Parameters<typeof start>[0], code: string): Promise<Content> {
  const ran = await start(kernel, code);
  assert.is(ran.reply['status'], 'ok', JSON.stringify(ran.reply));
  assert.equal(ran.of('display_data'), []);
  return ran.of('execute_result')[0]?.['data'] as Content;
}

/** Width and height of a PNG, as its header says (RFC 2083, 11.2.2). */
function sizeOf(png: unknown): [number, number] {
  const bytes = Buffer.from(String(png), 'base64');
  assert.is(bytes.toString('latin1', 1, 4), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

suite('convlens kernel: rich display of the last value', {
  'a long computation shows one bar in the cell, which fills up': () =>
    inKernel('convlens', async (kernel) => {
      const { reply, of } = await start(
        kernel,
        `import { filterPatterns, loadModel } from "convlens";
const model = await loadModel("notebooks/dogcat_v1.h5");
const patterns = await filterPatterns(model, { layer: "conv2d_1", channels: [0, 1], steps: 300, size: 32 });`,
      );
      assert.is(reply['status'], 'ok', JSON.stringify(reply));
      const texts = [...of('display_data'), ...of('update_display_data')].map((content) =>
        String((content['data'] as Content)['text/plain']),
      );
      assert.is(of('display_data').length, 1, texts.join('\n'));
      assert.match(texts[0]!, /^patterns of conv2d_1 [█░]{24} \d+ of 300$/);
      assert.match(texts.at(-1)!, /^patterns of conv2d_1 █{24} 300 of 300$/);
    }),
  'pictures, figures, records, and values with a display method': () =>
    inKernel('convlens', async (kernel) => {
      await start(kernel, 'import { loadImage, matshowFigure, show } from "convlens";');
      const picture = await result(
        kernel,
        'const cat = await loadImage("notebooks/cat.jpg", { targetSize: [30, 40] }); cat',
      );
      assert.equal(sizeOf(picture['image/png']), [40, 30]);
      assert.type(picture['text/plain'], 'string');

      const figure = await result(
        kernel,
        'const map = { layer: "conv", shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) }; matshowFigure(map, { channel: 0 })',
      );
      assert.equal(Object.keys(figure).sort(), [
        'application/vnd.vegalite.v5+json',
        'image/png',
        'text/plain',
      ]);
      assert.match(String(figure['text/plain']), 'conv · channel 0');

      const table = await result(
        kernel,
        '[{ layer: "conv", units: 16 }, { layer: "dense", bias: true, at: new Date(0) }]',
      );
      assert.match(
        String(table['text/html']),
        '<table><thead><tr><th>layer</th><th align="right">units</th><th>bias</th><th>at</th></tr></thead><tbody>' +
          '<tr><td>conv</td><td align="right">16</td><td></td><td></td></tr>' +
          '<tr><td>dense</td><td></td><td>true</td><td>1970-01-01T00:00:00.000Z</td></tr></tbody></table>',
      );
      const numbers = await result(kernel, '[{ a: 1234567, b: 0.123456789, c: -1234567.8 }]');
      assert.match(
        String(numbers['text/html']),
        '<td align="right">1234567</td><td align="right">0.1235</td><td align="right">-1235000</td>',
      );
      assert.match(String(table['text/plain']), "layer: 'conv'");
      const long = await result(kernel, 'Array.from({ length: 250 }, (_, i) => ({ i }))');
      assert.match(String(long['text/html']), '150 more of 250 rows are not shown');

      for (const [value, plain] of [
        ['[1, 2]', '[ 1, 2 ]'],
        ['[{ a: [1] }]', '[ { a: [ 1 ] } ]'],
        ['[]', '[]'],
        ['new Map([["a", 1]])', "Map(1) { 'a' => 1 }"],
        ['Symbol.iterator', 'Symbol(Symbol.iterator)'],
        ['10n', '10n'],
      ]) {
        assert.equal(await result(kernel, value!), { 'text/plain': plain }, value);
      }

      assert.equal(
        await result(
          kernel,
          '({ [Symbol.for("Jupyter.display")]() { return { "text/markdown": "**b**" }; } })',
        ),
        { 'text/markdown': '**b**' },
      );
      const broken = await start(
        kernel,
        '({ [Symbol.for("Jupyter.display")]() { throw new RangeError("cannot be seen"); } })',
      );
      assert.is(broken.reply['status'], 'error');
      assert.is(broken.reply['ename'], 'RangeError');
      assert.is((await start(kernel, 'console.log("on")')).text(), 'on\n');
    }),

  'show and tslab.display in the middle of a cell': () =>
    inKernel('convlens', async (kernel) => {
      const ran = await start(
        kernel,
        `import * as tslab from "tslab";
console.log("before");
tslab.display.html("<b>x</b>");
tslab.display.raw("text/latex", "$x$");
console.log("after");`,
      );
      assert.equal(
        ran.messages
          .filter(({ header }) => header.msg_type === 'stream' || header.msg_type === 'display_data')
          .map(({ content }) => content['text'] ?? content['data']),
        ['before\n', { 'text/html': '<b>x</b>' }, { 'text/latex': '$x$' }, 'after\n'],
      );
    }),

  'models, layers, tensors, activations and promises': () =>
    inKernel('convlens', async (kernel) => {
      await start(
        kernel,
        'import { loadImage, loadModel, predict, toTensor } from "convlens";' +
          'const model = await loadModel("notebooks/dogcat_v1.h5");' +
          'const x = toTensor(await loadImage("notebooks/cat.jpg", { targetSize: [150, 150] }));' +
          'const activations = await predict(model, x);',
      );
      const model = await result(kernel, 'model');
      assert.match(
        String(model['text/html']),
        '<td>conv2d_1 (Conv2D)</td><td>(None, 148, 148, 16)</td><td align="right">448</td>',
      );
      assert.match(String(model['text/plain']), 'Model: "sequential_1"');
      assert.equal(await result(kernel, 'model.layers[0]'), {
        'text/plain': 'conv2d_1 (Conv2D): (None, 148, 148, 16), 448 parameters',
      });
      const layers = await result(kernel, 'model.layers.slice(0, 2)');
      assert.match(String(layers['text/plain']), /^0 {2}conv2d_1 .*\n1 {2}max_pooling2d_1 \(MaxPooling2D\)/);

      const tensor = String((await result(kernel, 'x'))['text/plain']);
      assert.match(tensor, /^tensor \[1, 150, 150, 3\] float32\n\[\[\[\[0\.\d+ +0\.\d+ +0\.\d+\s*\]\n/);
      assert.match(tensor, '\n   ...\n');
      await start(
        kernel,
        'import * as tf from "@tensorflow/tfjs-core"; const gone = tf.zeros([2]); gone.dispose();',
      );
      assert.match(String((await result(kernel, 'gone'))['text/plain']), 'disposed: its values are gone');

      const map = await result(kernel, 'activations[0]');
      assert.equal(Object.keys(map).sort(), ['text/html', 'text/plain']);
      const [, png] = String(map['text/html']).match(/src="data:image\/png;base64,([^"]+)"/) ?? [];
      assert.equal(sizeOf(png), [148, 148]);
      assert.match(
        String(map['text/html']),
        /^<p>activation of conv2d_1: 1 × 148 × 148 × 16, 0 to [\d.]+; channel 9:/,
      );
      const pictures = await result(
        kernel,
        'const small = await loadImage("notebooks/cat.jpg", { targetSize: [3, 4] }); [small, small]',
      );
      assert.is(String(pictures['text/html']).match(/<img src="data:image\/png;base64,iVBOR/g)?.length, 2);
      const odd = await result(kernel, '[{ layer: "a", shape: [1, 2, 2, 3], data: Float32Array.of(1, 2) }]');
      assert.match(String(odd['text/plain']), '0  a: 1 × 2 × 2 × 3, 1 to 2');
      const units = String(
        (await result(kernel, '(await predict(model, x, { layers: "dense_2" }))[0]'))['text/plain'],
      );
      assert.match(units, /^activation of dense_2: 1 × 1, .*\n\[\[\d/);
      for (const code of ['activations', 'activations.slice(0, 3)']) {
        const several = await result(kernel, code);
        assert.match(
          String(several['text/html']),
          '<td>conv2d_1</td><td>1 × 148 × 148 × 16</td><td align="right">0</td>',
        );
        assert.match(String(several['text/plain']), /^\d+ activations\n0 {2}conv2d_1: 1 × 148/);
      }

      for (const code of [
        'new Promise(() => {})',
        'const late = Promise.reject(new Error("x")); late.catch(() => {}); late',
        'predict(model, x)',
      ]) {
        assert.equal(await result(kernel, code), { 'text/plain': 'Promise (write await)' }, code);
      }
      assert.equal(await result(kernel, '[new Promise(() => {}), 1]'), {
        'text/plain': '[ Promise (write await), 1 ]',
      });
      const printed = await start(kernel, 'console.log(new Promise(() => {}))');
      assert.is(printed.text('stdout'), 'Promise (write await)\n');

      // numpy shows 1 + 3i and 2 + 4i.
      const complex = await result(kernel, 'tf.complex([1, 2], [3, 4])');
      assert.equal(complex, {
        'text/plain': 'tensor [2] complex64\nreal part\n[1. 2.]\nimaginary part\n[3. 4.]',
      });
      const copy = await result(kernel, '({ ...activations[0]! })');
      assert.match(String(copy['text/html']), 'data:image/png');
      const short = await result(kernel, '({ layer: "a", shape: [1, 4], data: Float32Array.of(1) })');
      assert.match(String(short['text/plain']), 'Its data hold 1 of 4 values.');
      const log = async (code: string) => (await start(kernel, `console.log(${code})`)).text('stdout');
      assert.match(await log('model'), /^Model: "sequential_1"\n┏/);
      assert.match(await log('x'), /^tensor \[1, 150, 150, 3\] float32\n\[\[\[\[0/);
      assert.is(
        await log('{ x, first: model.layers[0] }'),
        [
          '{',
          '  x: tensor [1, 150, 150, 3] float32,',
          '  first: conv2d_1 (Conv2D): (None, 148, 148, 16), 448 parameters',
          '}',
          '',
        ].join('\n'),
      );
      assert.match(await log('activations'), /^\[\n {2}activation of conv2d_1: 1 × 148 .* 0 to 1\.174,\n/);
    }),
});
