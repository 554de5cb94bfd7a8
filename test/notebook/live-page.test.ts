import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import * as assert from 'uvu/assert';
import * as convlens from '../../src/index';
import { convlensFor } from '../../src/live/engine/convlens';
import { Files } from '../../src/live/engine/files';
import { packModel } from '../../src/live/model/pack-model';
import { tryModel } from '../../src/live/try-engine';
import { toLiveHtml } from '../../src/notebook/live/live-page';
import type { Notebook } from '../../src/notebook/nbformat';
import { FIXTURES } from '../npy';
import { suite } from '../suite';

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');
const CLI = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'convlens-live-notebook-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const mine = join(folder, 'mine');
mkdirSync(join(mine, 'sub'), { recursive: true });
for (const file of ['cat.jpg', 'dogcat_v1.h5']) copyFileSync(join(NOTEBOOKS, file), join(mine, file));
copyFileSync(join(NOTEBOOKS, 'cat.jpg'), join(mine, 'sub', 'other.jpg'));
writeFileSync(join(folder, 'secret.txt'), 'secret');
writeFileSync(join(mine, 'run.sh'), 'true');
writeFileSync(join(mine, 'tools.ts'), "export * from './sub/more';\n");
writeFileSync(join(mine, 'sub', 'more.ts'), "import data from './data.json';\nexport { data };\n");
writeFileSync(join(mine, 'sub', 'data.json'), '{}');
symlinkSync(join(folder, 'secret.txt'), join(mine, 'link.txt'));

const notebookOf = (...sources: string[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'convlens', language: 'typescript' } },
  cells: sources.map((source) => ({ cell_type: 'code' as const, metadata: {}, source, outputs: [] })),
});

const pageOf = (notebook: Notebook, more: object = {}) =>
  toLiveHtml(notebook, { folder: mine, name: 'mine.ipynb', ...more });

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => assert.unreachable('a page was made') as never,
    (error) => error,
  );

suite('a live page of a notebook', {
  async 'carries the files that cells name, modules of modules too, and nothing from elsewhere'() {
    const { files, html } = await pageOf(
      notebookOf(
        'loadImage(\'cat.jpg\'); loadImage("./sub/other.jpg"); loadModel(`dogcat_v1.h5`)',
        "import { data } from './tools';",
        "'../secret.txt'; '/etc/hostname'; 'link.txt'; 'run.sh'; 'gone.png'; 'sub'; ''; '.'; 'a\\u0000b'",
      ),
    );
    assert.equal(
      files.map(({ path, kind }) => `${path} ${kind}`),
      [
        'cat.jpg picture',
        'sub/other.jpg picture',
        'dogcat_v1.h5 model',
        'tools.ts module',
        'sub/more.ts module',
        'sub/data.json text',
      ],
    );
    assert.not.match(html, 'secret\n');
    assert.ok(html.length < 2e6, `${html.length} bytes`);
    const [policy] = /Content-Security-Policy" content="[^"]*/.exec(html)!;
    assert.match(policy, /^[^"]*" content="default-src 'none'; /);
    assert.not.match(policy, /connect-src|http/);
  },

  async 'adds files that are asked for, also from elsewhere, and refuses what cannot be read'() {
    const { files } = await pageOf(notebookOf('1'), { embed: ['cat.jpg', '../secret.txt'] });
    assert.equal(
      files.map(({ path }) => path),
      ['cat.jpg', '../secret.txt'],
    );
    for (const [path, words] of [
      ['gone.jpg', 'there is no such file'],
      ['run.sh', 'it is no picture, model, text'],
      ['sub', 'it is no picture, model, text'],
    ] as const) {
      const error = await failure(pageOf(notebookOf('1'), { embed: [path] }));
      assert.is(error.name, 'NotebookError');
      assert.match(error.message, `Cannot embed ${path}: ${words}`);
    }
  },

  async 'refuses another language, a page that is too large, and a model that no page can run'() {
    const python = notebookOf('1');
    python.metadata = { kernelspec: { name: 'python3' }, language_info: { name: 'python' } };
    assert.match((await failure(pageOf(python))).message, 'it is in python, and pages run TypeScript');
    const large = await failure(pageOf(notebookOf("'cat.jpg'"), { maxBytes: 1e6 }));
    assert.is(large.name, 'RangeError');
    assert.match(large.message, /it would have 1\.\d MB, above the limit of 1 MB\. Raise --max-size/);
    copyFileSync(join(FIXTURES, 'with-lambda.h5'), join(mine, 'lambda.h5'));
    const error = await failure(pageOf(notebookOf("loadModel('lambda.h5')")));
    assert.is(error.name, 'ModelError');
    assert.match(error.message, /lambda\.h5: layer "\w+" is a Lambda/);
  },

  async 'runs each model once, refuses one that no browser can compute, and waits for none too long'() {
    // Its output takes 57 GB.
    const zip = unzipSync(readFileSync(join(FIXTURES, 'keras', 'zero_padding2d.keras')));
    const config = strFromU8(zip['config.json']!).replace(
      /"padding": \[\[.*?\]\]/,
      '"padding": [[30000, 30000], [30000, 30000]]',
    );
    writeFileSync(join(mine, 'huge.keras'), zipSync({ ...zip, 'config.json': strToU8(config) }));
    const error = await failure(pageOf(notebookOf("loadModel('huge.keras')")));
    assert.is(error.name, 'ModelError');
    assert.match(
      error.message,
      /^Cannot embed huge\.keras: a page cannot run it: layer "zero_padding2d" \(ZeroPadding2D\) fails on an input of shape \[1, 7, 8, 4\]: out of memory: wasm cannot hold \d+ bytes more\. Leave the model or --live out\.$/,
    );
    const packed = packModel(await convlens.loadModel(join(mine, 'dogcat_v1.h5')), 'try it');
    assert.is(await tryModel(packed, 60_000), true);
    assert.is(await tryModel(packed, 1), false);
  },

  'its convlens has every function, or says that only Node has it'() {
    const own = convlensFor(new Files([])) as Record<string, () => unknown>;
    const needNode = Object.keys(convlens).filter((name) => !(name in own));
    assert.ok(needNode.includes('saveFigures') && needNode.length < 12, needNode.join());
    assert.throws(() => own['saveFigures']!(), /it needs saveFigures, which only Node has/);
    assert.is(own['then'], undefined);
  },

  'convlens html --live lists what the page carries, and takes --embed and --max-size'() {
    const path = join(mine, 'mine.ipynb');
    writeFileSync(path, JSON.stringify(notebookOf("loadImage('cat.jpg')")));
    const run = (...more: string[]) =>
      spawnSync(process.execPath, [CLI, 'html', path, ...more], { encoding: 'utf8', cwd: mine });
    const made = run('--live', '--embed', 'dogcat_v1.h5');
    assert.is(made.status, 0, made.stderr);
    assert.match(
      made.stdout,
      /in the page: cat\.jpg \(picture, 0\.03 MB\)|in the page: cat\.jpg \(picture, 0\.\d\d MB\)/,
    );
    assert.match(made.stdout, /in the page: dogcat_v1\.h5 \(model, 0\.10 MB\)/);
    assert.match(made.stdout, /page: mine\.html \(\d\.\d\d MB\)/);
    assert.ok(readFileSync(join(mine, 'mine.html'), 'utf8').startsWith('<!doctype html>'));
    for (const [options, words] of [
      [['--embed', 'cat.jpg'], 'add --live'],
      [['--live', '--no-code'], '--no-code leaves nothing to run'],
      [['--live', '--max-size', 'x'], 'a number of megabytes above 0'],
    ] as const) {
      const { status, stderr } = run(...options);
      assert.is(status, 2);
      assert.match(stderr, words);
    }
    rmSync(join(mine, 'mine.html'));
    const { status, stderr } = run('--live', '--max-size', '1');
    assert.is(status, 1);
    assert.match(stderr, 'above the limit of 1 MB');
    assert.not.ok(existsSync(join(mine, 'mine.html')));
  },
});
