import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { type Notebook, type Output, readNotebook, textOf } from '../../src/notebook/nbformat';
import { runNotebook } from '../../src/notebook/run';
import { FIXTURES } from '../npy';
import { sideBySide } from '../side-by-side';
import { suite } from '../suite';

const FOLDER = join(FIXTURES, '..', '..', 'notebooks');
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.ipynb'));

/** GitHub and mail take notebooks of 3 MB; the tutorial, whose figures have their values under the pointer, is to stay well below. */
const MOST: Record<string, number> = { 'tutorial.ipynb': 1_250_000 };

const outputsOf = (notebook: Notebook) =>
  notebook.cells.filter(({ cell_type }) => cell_type === 'code').map(({ outputs }) => outputs ?? []);

/** The tags of a code cell. */
const tagsOf = (notebook: Notebook, index: number): readonly unknown[] => {
  const { tags } = notebook.cells.filter(({ cell_type }) => cell_type === 'code')[index]!.metadata;
  return Array.isArray(tags) ? tags : [];
};

/** The words of an output, and the forms it has. */
function wordsOf(output: Output): unknown {
  if (output.output_type === 'stream') return [output.name, textOf(output.text)];
  if (output.output_type === 'error') return output.ename;
  const data = output.data ?? {};
  return [Object.keys(data).sort(), textOf((data['text/plain'] ?? '') as string)];
}

function pngOf(output: Output): PNG | undefined {
  const png = 'data' in output && output.data?.['image/png'];
  return png ? PNG.sync.read(Buffer.from(textOf(png as string), 'base64')) : undefined;
}

/** How many pixels of two pictures look different; letters may be smoothed a little otherwise elsewhere. */
async function differing(a: PNG, b: PNG): Promise<number> {
  const { default: pixelmatch } = await import('pixelmatch');
  return pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.1 });
}

const KERNELS = ['tslab', 'convlens'];

/** A notebook as it is after a run in one of the kernels. */
async function run(name: string, kernel: string): Promise<Notebook> {
  const notebook = readNotebook(join(FOLDER, name));
  const { errors } = await runNotebook(notebook, findKernel(kernel), { cwd: FOLDER, timeout: 600 });
  assert.equal([...errors.values()], []);
  return notebook;
}

const freshRun = sideBySide(
  new Map(
    KERNELS.flatMap((kernel) =>
      NAMES.map((name) => [`${name} in ${kernel}`, () => run(name, kernel)] as const),
    ),
  ),
);

for (const kernel of KERNELS) {
  suite(`notebooks in kernel ${kernel}`, {
    ...Object.fromEntries(
      NAMES.map((name) => [
        `${name} runs, and a fresh run shows what is kept`,
        async () => {
          const kept = readNotebook(join(FOLDER, name));
          const fresh = await freshRun(`${name} in ${kernel}`);
          const [old, now] = [outputsOf(kept), outputsOf(fresh)];
          for (const [cell, outputs] of now.entries()) {
            const pictures = outputs.map(pngOf).filter((png) => png !== undefined);
            const before = old[cell]!.map(pngOf).filter((png) => png !== undefined);
            assert.is(pictures.length, before.length, `code cell ${cell + 1}: run npm run notebooks`);
            for (const [i, png] of pictures.entries()) {
              assert.equal(
                [png.width, png.height],
                [before[i]!.width, before[i]!.height],
                `code cell ${cell + 1}`,
              );
              // Gradient ascent ends in other pixels where a processor rounds otherwise.
              if (tagsOf(kept, cell).includes('varies')) continue;
              const pixels = await differing(png, before[i]!);
              assert.ok(
                pixels <= 10,
                `code cell ${cell + 1}: ${pixels} pixels differ: run npm run notebooks`,
              );
            }
            // The two kernels differ in how they hand over a last value, and in what they can move.
            if (kernel === 'convlens')
              assert.equal(outputs.map(wordsOf), old[cell]!.map(wordsOf), `code cell ${cell + 1}`);
          }
        },
      ]),
    ),
    'each is kept with its outputs, and small enough to show': () => {
      for (const name of NAMES) {
        const bytes = statSync(join(FOLDER, name)).size;
        assert.ok(bytes <= (MOST[name] ?? 3_000_000), `${name}: ${bytes} bytes`);
        const outputs = outputsOf(readNotebook(join(FOLDER, name)));
        assert.ok(outputs.filter((some) => some.length > 0).length >= 3, name);
      }
    },
  });
}
