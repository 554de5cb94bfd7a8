import { resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { KernelClient } from '../../src/notebook/client';
import { readNotebook, textOf } from '../../src/notebook/nbformat';
import { suite } from '../suite';

const FIGURE = ['application/vnd.vegalite.v5+json', 'image/png', 'text/plain'];

/** Starts a kernel. One in ten of Deno's kernels stayed silent for a minute on a busy machine; it is then started again. */
async function startedAgain(
  ...[spec, options]: Parameters<typeof KernelClient.start>
): Promise<KernelClient> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await KernelClient.start(spec, { ...options, startTimeout: 15 });
    } catch (error) {
      if (attempt === 3 || !/no answer within/.test((error as Error).message)) throw error;
      console.log(`Deno's kernel was silent for 15 s (attempt ${attempt})`);
    }
  }
}

/** Runs cells in Deno's kernel; gives what each shows, by MIME type, the result last. */
async function inDeno(cells: string[]): Promise<Record<string, unknown>[][]> {
  const deno = process.env['CONVLENS_DENO'];
  if (!deno) throw new Error('Run this by npm run test:deno, which installs Deno.');
  const argv = [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'];
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  const options = { cwd: resolve('notebooks'), env };
  const kernel = await startedAgain({ name: 'deno', argv, interruptMode: 'message' }, options);
  try {
    const shown: Record<string, unknown>[][] = [];
    for (const code of cells) {
      const data: Record<string, unknown>[] = [];
      const { reply } = await kernel.execute(code, {
        seconds: 120,
        onMessage: ({ content }) => content['data'] && data.push(content['data'] as Record<string, unknown>),
      });
      assert.is(reply['status'], 'ok', `${code}: ${reply['evalue']}`);
      shown.push(data);
    }
    return shown;
  } finally {
    await kernel.shutdown();
  }
}

suite("convlens in Deno's kernel", {
  'the tutorial runs, and each figure is shown as in our kernel; figures, pictures and values have faces':
    async () => {
      const { cells } = readNotebook(resolve('notebooks', 'tutorial.ipynb'));
      const code = cells.filter(({ cell_type }) => cell_type === 'code');
      const values = [
        "import { matshowFigure } from 'convlens'; matshowFigure(activations[0], { channel: 1 })",
        'img',
        'activations[0]',
        'model',
        'activations',
        'imgTensor',
        'model.layers[0]',
      ];
      const shown = await inDeno([...code.map(({ source }) => textOf(source)), ...values]);
      for (const [i, { outputs = [] }] of code.entries()) {
        const kept = outputs.filter(({ output_type }) => output_type === 'display_data');
        const figures = shown[i]!.filter((data) => 'image/png' in data);
        assert.is(figures.length, kept.length, `code cell ${i + 1}`);
        for (const [at, data] of figures.entries()) {
          const same = 'data' in kept[at]! && kept[at].data;
          assert.equal(Object.keys(data).sort(), Object.keys(same || {}).sort());
          assert.is(data['text/plain'], same && textOf(same['text/plain'] as string));
        }
      }
      const [figure, picture, activation, model, activations, tensor, layer] = shown
        .slice(code.length)
        .map((data) => data.at(-1) ?? {});
      assert.equal(Object.keys(figure!).sort(), FIGURE);
      assert.match(String(picture!['image/png']), /^iVBOR/);
      assert.match(String(activation!['text/plain']), 'activation of conv2d_1: 1 × 148 × 148 × 16');
      assert.match(String(activation!['text/html']), 'src="data:image/png;base64,iVBOR');
      assert.match(String(model!['text/plain']), 'Model: "sequential_1"');
      assert.match(String(model!['text/html']), '<td>conv2d_1 (Conv2D)</td>');
      assert.match(String(activations!['text/html']), '<td>conv2d_1</td><td>1 × 148 × 148 × 16</td>');
      assert.match(String(tensor!['text/plain']), 'tensor [1, 150, 150, 3] float32\n[[[[');
      assert.is(layer!['text/plain'], 'conv2d_1 (Conv2D): (None, 148, 148, 16), 448 parameters');
    },
});
