import * as assert from 'uvu/assert';
import type { Content } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { inKernel, start } from './cells';

const withKernel = (test: (kernel: KernelClient) => Promise<void>) => inKernel('convlens', test);

suite('convlens kernel: completion and inspection', {
  'completion and inspection count code points': () =>
    withKernel(async (kernel) => {
      const code = 'const smile = "😀😀"; Math.ma';
      const { content } = await kernel.request('shell', 'complete_request', {
        code,
        cursor_pos: [...code].length,
      });
      assert.ok((content['matches'] as string[]).includes('max'));
      assert.is(content['cursor_start'], [...code].length - 2);
      assert.is(content['cursor_end'], [...code].length);
      const seen = await kernel.request('shell', 'inspect_request', {
        code: '"😀😀"; Math.max(1)',
        cursor_pos: 12,
        detail_level: 0,
      });
      const text = String((seen.content['data'] as Content)['text/plain']);
      assert.match(text, 'Math.max(...values: number[]): number');
      assert.match(text, 'Returns the larger of a set of supplied numeric expressions');
    }),

  'inspection shows the comment of a function, with its links as names': () =>
    withKernel(async (kernel) => {
      const code = "import { grid } from 'convlens'; grid";
      const { content } = await kernel.request('shell', 'inspect_request', {
        code,
        cursor_pos: code.length,
        detail_level: 0,
      });
      const text = String((content['data'] as Content)['text/plain']);
      assert.match(text, 'Shows gridFigure in the running cell: every channel of a layer');
      assert.match(text, '@param activation an element of what `predict` returns');
    }),

  "file names are completed in a text that loadImage takes, layers' names in the options of a loaded model":
    () =>
      withKernel(async (kernel) => {
        const complete = async (code: string) => {
          const { content } = await kernel.request('shell', 'complete_request', {
            code,
            cursor_pos: code.length,
          });
          return [content['matches'], content['cursor_start'], content['cursor_end']];
        };
        assert.equal(await complete("loadImage('notebooks/ca"), [['notebooks/cat.jpg'], 11, 23]);
        assert.equal(await complete('await loadModel("noteb'), [['notebooks/'], 17, 22]);
        assert.equal((await complete("loadImage('nowhere/"))[0], []);
        const inside = { code: "loadImage('notebooks/caXX') // '", cursor_pos: 23 };
        const { content } = await kernel.request('shell', 'complete_request', inside);
        assert.equal([content['matches'], content['cursor_end']], [['notebooks/cat.jpg'], 25]);
        for (const [code, ...found] of [
          ["import { x } from './scripts/setu", './scripts/setup/', './scripts/setup.mjs'],
          ["await import('./tsc", './tsconfig.json'],
          ["require('./test/unti", './test/until'],
          ['!ls -d note', 'notebooks/'],
          ['1\n!./scr', './scripts/'],
        ] as const)
          assert.equal((await complete(code))[0], found, code);
        const import_ = "import { loadModel, predict } from 'convlens';";
        const { reply } = await start(
          kernel,
          `${import_} const model = await loadModel('notebooks/dogcat_v1.h5');`,
        );
        assert.is(reply['status'], 'ok', JSON.stringify(reply));
        const names = ['conv2d_1', 'conv2d_2', 'conv2d_3'];
        const code = "await predict(model, image, { layers: ['conv2d_1', 'conv2";
        assert.equal(await complete(code), [names, code.length - 5, code.length]);
        assert.equal((await complete("gradCam(model, image, { layer: 'conv2d_3"))[0], ['conv2d_3']);
      }),

  'completions say what each name is, in the words of JupyterLab': () =>
    withKernel(async (kernel) => {
      await start(kernel, 'const someList = [1]; function someCall() {}');
      const { content } = await kernel.request('shell', 'complete_request', {
        code: '1; some',
        cursor_pos: 7,
      });
      const types = (content['metadata'] as Content)['_jupyter_types_experimental'];
      assert.equal(types, [
        { text: 'someCall', type: 'function', start: 3, end: 7 },
        { text: 'someList', type: 'constant', start: 3, end: 7 },
      ]);
    }),

  'Shift+Tab inside of a call shows its signature and the parameter at hand': () =>
    withKernel(async (kernel) => {
      const code = "import { loadImage } from 'convlens'; loadImage('a', )";
      const asked = { code, cursor_pos: code.length - 1, detail_level: 0 };
      const { content } = await kernel.request('shell', 'inspect_request', asked);
      const text = String((content['data'] as Content)['text/plain']);
      assert.match(
        text,
        /^loadImage\(source: .*\): Promise<Picture>\n\nparameter 2: options\?: LoadImageOptions/,
      );
    }),
});
