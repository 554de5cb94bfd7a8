import * as assert from 'uvu/assert';
import type { Content } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { inKernel } from './cells';

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
});
