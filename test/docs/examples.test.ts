import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { KernelClient } from '../../src/notebook/client';
import { start } from '../kernel/cells';
import { sideBySide } from '../side-by-side';
import { suite } from '../suite';
import { type Block, blocks, pages, ROOT } from './pages';

const PICTURES = join(ROOT, 'docs', 'pictures');
/** `UPDATE_SNAPSHOTS=1 npm test -- test/docs/examples` keeps the pictures that the examples save. */
const update = process.env['UPDATE_SNAPSHOTS'] === '1';
/** As test/renderers/snapshots.test.ts: letters may be smoothed a little otherwise. */
const MOST_PIXELS = 25;

/** What a reader brings along, by the name that the pages give it. */
const FILES: Record<string, string> = {
  'cat.jpg': 'notebooks/cat.jpg',
  'my-picture.jpg': 'notebooks/cat.jpg',
  'dogcat_v1.h5': 'notebooks/dogcat_v1.h5',
  'my-model.keras': 'test/fixtures/dogcat_v1.keras',
  'two-inputs.keras': 'test/fixtures/keras/functional.keras',
  'drawn.npz': 'notebooks/drawn.npz',
  'detectors.keras': 'notebooks/detectors.keras',
  'with-gain.keras': 'test/fixtures/with-gain.keras',
  'vit.keras': 'test/fixtures/explain/vit.keras',
  'with-lambda.h5': 'test/fixtures/with-lambda.h5',
  'with-package.keras': 'test/fixtures/with-package.keras',
};

const SHOWS = /(?<![\w.])(matshow|grid|explore|overlay|overview|compare|show|interact)\(/;

const typescript = (text: string) => blocks(text).filter(({ language }) => language === 'ts');
const cell = typescript(pages.get('README.md')!)[0]!;
/** The README's cell, without what it shows: where every other page goes on. */
const prologue = { ...cell, code: cell.code.replace(new RegExp(`^.*${SHOWS.source}.*$`, 'gm'), '') };

/** The examples of a page; the reference has other blocks besides, and takes all names for granted. */
function examplesOf(page: string): Block[] {
  const all = typescript(pages.get(page)!);
  if (page !== 'docs/api.md') return page === 'README.md' ? all : [prologue, ...all];
  const names = [...pages.get('README.md')!.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  const importAll = { ...prologue, code: `import { ${names.join(', ')} } from 'convlens';` };
  return [prologue, importAll, ...all.filter(({ heading }) => /^Examples?$/.test(heading))];
}

/** Without spaces and quotes, of which Node and a comment make different use. */
const bare = (text: string) => text.replace(/Float32Array\(\d+\)|[\s'"]/g, '');

/** What the comments behind `console.log` say that it prints. */
function promised(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);\s*\/\/ (.*)$/gm)].map(([, words]) => bare(words!));
}

async function comparePicture(file: string, drawn: Buffer): Promise<void> {
  const kept = join(PICTURES, file);
  if (update) {
    mkdirSync(PICTURES, { recursive: true });
    return writeFileSync(kept, drawn);
  }
  assert.ok(existsSync(kept), `docs/pictures/${file} is missing: run with UPDATE_SNAPSHOTS=1`);
  const [before, now] = [readFileSync(kept), drawn].map((bytes) => PNG.sync.read(bytes));
  assert.equal([now!.width, now!.height], [before!.width, before!.height], file);
  const { default: pixelmatch } = await import('pixelmatch');
  const pixels = pixelmatch(before!.data, now!.data, undefined, now!.width, now!.height, { threshold: 0.1 });
  assert.ok(
    pixels <= MOST_PIXELS,
    `${pixels} pixels of docs/pictures/${file} are others than the example draws`,
  );
}

/** Runs a page's examples as cells, one after another, in a folder of their own. */
async function runPage(page: string): Promise<void> {
  const folder = join(ROOT, 'out', 'examples', page.replace(/\W/g, '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, from] of Object.entries(FILES)) cpSync(join(ROOT, from), join(folder, name));
  const kernel = await KernelClient.start(findKernel('convlens'), { cwd: folder });
  try {
    for (const { code, line } of examplesOf(page)) {
      const { reply, of, text } = await start(kernel, code);
      const where = `${page}, line ${line}:\n${code}`;
      assert.is(reply['status'], 'ok', `${where}\n${reply['evalue']}`);
      const printed = bare(text());
      for (const words of promised(code)) assert.ok(printed.includes(words), `${where}\nprinted ${text()}`);
      // What is drawn into an `output` travels in its widget.
      if (!SHOWS.test(code) || code.includes('.draw(')) continue;
      const shown = of('display_data').filter(({ data }) => 'image/png' in (data as object));
      assert.ok(shown.length > 0, `${where}\nshowed nothing`);
    }
  } finally {
    await kernel.shutdown();
  }
  const text = pages.get(page)!;
  for (const file of readdirSync(folder).filter((name) => text.includes(`pictures/${name}`)))
    await comparePicture(file, readFileSync(join(folder, file)));
}

const withExamples = [...pages.keys()].filter((page) => typescript(pages.get(page)!).length > 0);

const ran = sideBySide(new Map(withExamples.map((page) => [page, () => runPage(page)])));

suite('the examples', {
  'README, the pages of tasks in a cell and the reference have some': () => {
    for (const page of [
      'README',
      'docs/models',
      'docs/reading',
      'docs/channels',
      'docs/colours',
      'docs/sharing',
      'docs/layers',
      'docs/api',
    ])
      assert.ok(withExamples.includes(`${page}.md`), page);
  },
  ...Object.fromEntries(
    withExamples.map((page) => [`those of ${page} run, and print what they say`, () => ran(page)]),
  ),
  'every picture of docs/pictures is one that an example saves': () => {
    const saved = withExamples.flatMap((page) =>
      readdirSync(join(ROOT, 'out', 'examples', page.replace(/\W/g, '-'))),
    );
    assert.equal(
      readdirSync(PICTURES).filter((file) => !saved.includes(file)),
      [],
    );
  },
});
