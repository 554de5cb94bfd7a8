/** Lines of a cell that begin with `!` run in the shell. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { commandsOf } from '../../src/kernel/commands';
import { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { until } from '../until';
import { start } from './cells';

async function inFolder(test: (kernel: KernelClient, folder: string) => Promise<void>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'convlens commands ')));
  const env = {
    ...process.env,
    CONVLENS_PRELOAD: '0',
    npm_config_offline: 'true',
    npm_config_audit: 'false',
  };
  const kernel = await KernelClient.start(findKernel('convlens'), { cwd: folder, env });
  try {
    await test(kernel, folder);
  } finally {
    await kernel.shutdown();
    rmSync(folder, { recursive: true });
  }
}

suite('convlens kernel: lines for the shell', {
  '!npm install runs in the folder of the notebook, and the next cell sees the types': () =>
    inFolder(async (kernel, folder) => {
      const home = join(folder, 'packed');
      mkdirSync(home);
      writeFileSync(
        join(home, 'package.json'),
        '{ "name": "made-here", "version": "1.0.0", "main": "i.js", "types": "i.d.ts" }',
      );
      writeFileSync(join(home, 'i.js'), 'exports.seven = 7;');
      writeFileSync(join(home, 'i.d.ts'), '/** Seven. */ export declare const seven: number;');
      const use = "import { seven } from 'made-here'; seven";
      assert.match(String((await start(kernel, use)).reply['evalue']), 'npm install made-here');
      const ran = await start(kernel, '!npm install ./packed');
      assert.is(ran.reply['status'], 'ok', JSON.stringify(ran.reply));
      assert.match(ran.text(), /added 1 package/);
      assert.match(readFileSync(join(folder, 'package.json'), 'utf8'), '"made-here": "file:packed"');
      const used = await start(kernel, use);
      assert.equal(used.of('execute_result')[0]?.['data'], { 'text/plain': '7' });
      const wrong = await start(kernel, 'const s: string = seven;');
      assert.match(String(wrong.reply['evalue']), 'TS2322');
    }),

  'output streams while the command runs; then the code of the cell runs': () =>
    inFolder(async (kernel, folder) => {
      const texts: string[] = [];
      const code =
        '!echo one; until [ -e go ]; do sleep 0.1; done; echo two >&2\nconst n: number = 3;\nconsole.log("three", n)';
      const running = kernel.execute(code, {
        onMessage({ header, content }) {
          if (header.msg_type === 'stream') texts.push(`${content['name']} ${content['text']}`);
        },
      });
      await until(() => texts.length > 0);
      assert.equal(texts, ['stdout one\n']);
      writeFileSync(join(folder, 'go'), '');
      assert.is((await running).reply['status'], 'ok');
      assert.equal(texts, ['stdout one\n', 'stderr two\n', 'stdout three 3\n']);
      const history = await kernel.request('shell', 'history_request', { hist_access_type: 'tail', n: 1 });
      assert.is((history.content['history'] as unknown[][])[0]![2], code);
    }),

  'what a command prints beyond the limit is dropped, and the cell says so': () =>
    inFolder(async (kernel) => {
      const ran = await start(kernel, "!head -c 12000000 /dev/zero | tr '\\0' x");
      assert.is(ran.text().length, 10_000_000);
      assert.match(ran.text('stderr'), 'a cell may print 10.0 MB: 2.0 MB more were dropped');
    }),

  'a command that fails fails its cell, whose code does not run; an interrupt ends a command': () =>
    inFolder(async (kernel) => {
      await start(kernel, 'let kept = 1;');
      const failed = await start(kernel, '!exit 3\nkept = 2');
      assert.equal(
        [failed.reply['ename'], failed.reply['evalue']],
        ['CommandError', 'exit 3 ended with exit code 3'],
      );
      let began = false;
      const running = kernel.execute('!echo began; sleep 60', {
        onMessage: ({ header }) => (began ||= header.msg_type === 'stream'),
      });
      await until(() => began);
      await kernel.interrupt();
      assert.is((await running).reply['ename'], 'KeyboardInterrupt');
      assert.is((await start(kernel, 'console.log(kept)')).text(), '1\n');
    }),

  'a ! in TypeScript means "not"': () =>
    inFolder(async (kernel) => {
      await start(kernel, 'const ready = false;');
      for (const [code, value] of [
        ['!ready', 'true'],
        ['const a = ready\n||\n!ready; a', 'true'],
        ['!ready && [1]', '[ 1 ]'],
        ['`\n!echo no\n`.length', '10'],
      ] as const) {
        const ran = await start(kernel, code);
        assert.equal(
          [ran.text(), (ran.of('execute_result')[0]?.['data'] as { 'text/plain'?: string })?.['text/plain']],
          ['', value],
          code,
        );
      }
      assert.match((await start(kernel, '!pwd')).text(), 'convlens commands');
      // These are TypeScript, too, where something has that name.
      for (const [code, printed] of [
        ['!ls -d .', '.\n'],
        ['// ls\n!ls / >/dev/null && echo here\nconst s = "ls";', 'here\n'],
        ['!true && pwd >/dev/null; echo "$?"', '0\n'],
        ['!npm -v >v.txt\nconst list = [\n!ready,\n!ready]; console.log(list.length)', '2\n'],
      ] as const)
        assert.is((await start(kernel, code)).text(), printed, code);
      for (const code of [
        '!/re/.test("s"); 1',
        '/*\n!ls -d .\n*/',
        'const ls = 1, d = 2;\n!ls - d',
        'const text = `\n!ls -d\n`',
      ])
        assert.equal([(await start(kernel, code)).text()], [''], code);
      const { content } = await kernel.request('shell', 'is_complete_request', { code: '!npm install x' });
      assert.is(content['status'], 'complete');
    }),

  'lines of code keep their numbers': () => {
    assert.equal(commandsOf('let a\n!npm install x\n  !a\n!  b\n!./c d'), {
      commands: ['npm install x', './c d'],
      code: 'let a\n\n  !a\n!  b\n',
    });
  },
});
