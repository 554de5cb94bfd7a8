import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { start } from './cells';

type Run = (code: string) => Promise<{ value?: string; error?: string }>;

/** Runs a test with a kernel in a folder of its own, which has nothing above it either. */
async function inFolder(
  test: (run: Run, folder: string, kernel: KernelClient) => Promise<void>,
  fill: (folder: string) => void = () => {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convlens folder '));
  fill(folder);
  const kernel = await KernelClient.start(findKernel('convlens'), { cwd: folder });
  try {
    const run: Run = async (code) => {
      const { reply, of } = await start(kernel, code);
      const data = of('execute_result')[0]?.['data'] as Record<string, string> | undefined;
      return { value: data?.['text/plain'], error: reply['evalue'] as string | undefined };
    };
    await test(run, folder, kernel);
  } finally {
    await kernel.shutdown();
    rmSync(folder, { recursive: true });
  }
}

/** A package of one file. */
function addPackage(folder: string, name: string, manifest: object, files: Record<string, string>): void {
  const home = join(folder, 'node_modules', name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text);
}

suite('convlens kernel in any folder', {
  'an empty folder has convlens, TensorFlow.js and the types of Node': () =>
    inFolder(async (run, _, kernel) => {
      const cell = `import { matshowFigure, stats } from 'convlens';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
const own = require(${JSON.stringify(join(__dirname, '..', '..', 'src', 'index.js'))});
[own.stats === stats, tf.version_core, typeof layers.sequential, Buffer.from('ab').length, process.argv.length > 0]`;
      assert.equal(await run(cell), { value: "[ true, '4.22.0', 'function', 2, true ]", error: undefined });
      const wrong = await run('const text: string = matshowFigure;');
      assert.match(wrong.error ?? '', /^TS2322: Type '\(matrix: Matrix/);
      const code = "import { matshowFi } from 'convlens'";
      const { content } = await kernel.request('shell', 'complete_request', { code, cursor_pos: 18 });
      assert.equal(content['matches'], ['matshowFigure']);
      const known = { code: "import { matshowFigure } from 'convlens'", cursor_pos: 12, detail_level: 0 };
      const info = await kernel.request('shell', 'inspect_request', known);
      assert.match(JSON.stringify(info.content['data']), 'function matshowFigure');
    }),

  'a notebook may lie in a package, and finds that package and its neighbours': async () => {
    const home = mkdtempSync(join(tmpdir(), 'convlens-'));
    const files = { 'index.js': 'exports.five = 5;', 'index.d.ts': 'export const five: number;' };
    addPackage(home, 'near', { types: 'index.d.ts' }, files);
    addPackage(home, 'holds', { types: 'index.d.ts' }, files);
    const folder = join(home, 'node_modules', 'holds', 'notebooks');
    mkdirSync(folder);
    const kernel = await KernelClient.start(findKernel('convlens'), { cwd: folder });
    try {
      const { reply, of } = await start(
        kernel,
        `import { five } from 'near';\nimport * as holds from 'holds';\nimport { stats } from 'convlens';\n[five, holds.five, typeof stats]`,
      );
      assert.is(reply['status'], 'ok', JSON.stringify(reply));
      const data = of('execute_result')[0]?.['data'] as Record<string, string>;
      assert.is(data['text/plain'], "[ 5, 5, 'function' ]");
      const wrong = await start(kernel, 'const text: string = five;');
      assert.match(String(wrong.reply['evalue']), /^TS2322/);
    } finally {
      await kernel.shutdown();
      rmSync(home, { recursive: true });
    }
  },

  'imports of local modules in such a folder are found too': () =>
    inFolder(
      async (run) => {
        const { value, error } = await run("import { most } from './most'; most([1, 5, 2])");
        assert.equal([value, error], ['5', undefined]);
      },
      (folder) =>
        writeFileSync(
          join(folder, 'most.ts'),
          "import { stats } from 'convlens';\nexport const most = (x: number[]) => stats(Float32Array.from(x)).max;\n",
        ),
    ),

  'a nearer copy of convlens wins': () =>
    inFolder(
      async (run) => {
        const { value } = await run(
          "import { here } from 'convlens'; import core from '@tensorflow/tfjs-core'; [here, core]",
        );
        assert.is(value, "[ 'the project', 'another core' ]");
        const { error } = await run("import { matshow } from 'convlens'; matshow");
        assert.match(error ?? '', /'"convlens"' has no exported member|has no exported member 'matshow'/);
      },
      (folder) => {
        addPackage(
          folder,
          'convlens',
          { main: 'index.js', types: 'index.d.ts' },
          {
            'index.js': "exports.here = 'the project';",
            'index.d.ts': 'export const here: string;',
          },
        );
        addPackage(
          folder,
          '@tensorflow/tfjs-core',
          { main: 'index.js', types: 'index.d.ts' },
          {
            'index.js': "module.exports = 'another core';",
            'index.d.ts': 'declare const core: string; export default core;',
          },
        );
      },
    ),

  'a package with only an `exports` map is found, with its types': () =>
    inFolder(
      async (run) => {
        const { value, error } = await run(
          "import { x } from 'modern'; import { y } from 'modern/deep'; [x, y + 1]",
        );
        assert.equal([value, error], ['[ 1, 3 ]', undefined]);
        const wrong = await run("import { y } from 'modern/deep'; const s: string = y;");
        assert.match(wrong.error ?? '', "Type 'number' is not assignable to type 'string'");
        const closed = await run("import 'modern/closed'; import { z } from 'modern/closed'; z");
        assert.match(closed.error ?? '', /The package is installed in .*modern, but has no such entry\.$/);
      },
      (folder) =>
        addPackage(
          folder,
          'modern',
          {
            exports: {
              '.': { types: './lib.d.ts', default: './lib.js' },
              './deep': { types: './deep.d.ts', default: './deep.js' },
            },
          },
          {
            'lib.js': 'exports.x = 1;',
            'lib.d.ts': 'export const x: number;',
            'deep.js': 'exports.y = 2;',
            'deep.d.ts': 'export const y: number;',
          },
        ),
    ),

  'the error about a missing package ends with the command to type and its folder': () =>
    inFolder(async (run, folder) => {
      const install = (name: string) =>
        `To install it, run npm install ${name} in ${folder}, then run the cell again.`;
      const ends = async (code: string, end: string) => {
        const { error = '' } = await run(code);
        assert.ok(error.endsWith(end), `${code}: ${error}`);
      };
      await ends("import pad from 'left-pad'; pad", install('left-pad'));
      await ends("import { x } from '@scope/name/deep/er'; x", install('@scope/name'));
      await ends("await import('some.thing/x.js')", install('some.thing'));
      await ends("require('left-pad')", install('left-pad'));
      await ends("import x from './not-there'; x", `There is no such file: ${join(folder, 'not-there')}.`);
      await ends("import x from 'node:nothing'; x", "'node:nothing' or its corresponding type declarations.");
    }),

  'exit and quit say how to leave a console, unless a variable has that name': () =>
    inFolder(async (run) => {
      for (const word of ['exit', 'quit', 'exit()', 'quit()'])
        assert.match((await run(word)).error ?? '', /To leave the console, press Ctrl-D\.$/);
      assert.equal(await run('const quit = 4; quit'), { value: '4', error: undefined });
    }),

  'a package installed since is found when the cell runs again': () =>
    inFolder(async (run, folder) => {
      const cell = "import { late } from 'late'; late";
      assert.match((await run(cell)).error ?? '', 'npm install late');
      addPackage(
        folder,
        'late',
        { exports: { types: './l.d.ts', default: './l.js' } },
        {
          'l.js': 'exports.late = 7;',
          'l.d.ts': 'export const late: number;',
        },
      );
      assert.equal(await run(cell), { value: '7', error: undefined });
    }),
});
