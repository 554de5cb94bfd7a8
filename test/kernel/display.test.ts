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
      assert.is(
        table['text/html'],
        '<table><thead><tr><th>layer</th><th>units</th><th>bias</th><th>at</th></tr></thead><tbody>' +
          '<tr><td>conv</td><td>16</td><td></td><td></td></tr>' +
          '<tr><td>dense</td><td></td><td>true</td><td>1970-01-01T00:00:00.000Z</td></tr></tbody></table>',
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
});
