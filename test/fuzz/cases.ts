import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadImage } from '../../src/image';
import { loadModel } from '../../src/keras/load';
import { decode, encode, newHeader } from '../../src/kernel/wire';
import { toHtml } from '../../src/notebook/html/page';
import { readNotebook } from '../../src/notebook/nbformat';
import { storedEntries, zip } from '../keras/zip-writer';
import { mutateBytes, mutateJson, type Next, pick } from './mutate';

const ROOT = join(__dirname, '..', '..', '..');
const fixture = (name: string) => readFileSync(join(ROOT, 'test', 'fixtures', name));
const folder = mkdtempSync(join(tmpdir(), 'convlens-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const H5 = ['keras/functional.h5', 'keras/keras2.h5', 'keras/merges.h5', 'keras/stored_gzip.h5'].map(fixture);
const KERAS = ['keras/functional.keras', 'keras/keras2.keras', 'keras/conv2d.keras'].map(fixture);
const JPEG = ['pictures/420.jpg', 'pictures/progressive.jpg', 'pictures/cmyk.jpg'].map(fixture);
const PNG = ['pictures/rgba.png', 'pictures/palette.png', 'pictures/rgb16.png'].map(fixture);
const NOTEBOOK = readFileSync(join(ROOT, 'notebooks', 'compare.ipynb'), 'utf8');

/** What is made of bytes that are wrong: it ends with an answer or with an error of this class. */
export interface Kind {
  error: string;
  run(next: Next): Promise<void> | void;
}

async function load(bytes: Uint8Array): Promise<void> {
  (await loadModel(bytes)).dispose();
}

/** Takes a right archive apart, changes its configuration, and puts it together again. */
async function configuration(next: Next): Promise<void> {
  const entries = storedEntries(pick(next, KERAS)).map(({ name, data }) => {
    if (name !== 'config.json') return { name, data };
    return { name, data: Buffer.from(JSON.stringify(mutateJson(JSON.parse(data.toString()), next))) };
  });
  await load(zip(entries));
}

function notebook(next: Next): void {
  const text =
    next() < 0.3
      ? mutateBytes(Buffer.from(NOTEBOOK), next)
      : JSON.stringify(mutateJson(JSON.parse(NOTEBOOK), next));
  const path = join(folder, 'x.ipynb');
  writeFileSync(path, text);
  toHtml(readNotebook(path), { folder, name: 'x' });
}

/** Frames that are changed have no right signature, or had it made for wrong contents. */
function message(next: Next): void {
  const content = mutateJson({ code: '1', silent: false, user_expressions: {} }, next) as Record<
    string,
    unknown
  >;
  const header = mutateJson(newHeader('execute_request', 's'), next) as never;
  const frames = encode(
    { identities: [Buffer.from('id')], header, parent: {}, metadata: {}, content, buffers: [] },
    'key',
  );
  if (next() < 0.5)
    frames[Math.floor(next() * frames.length)] = mutateBytes(
      pick(
        next,
        frames.filter((f) => f.length),
      ),
      next,
    );
  if (next() < 0.2) frames.splice(Math.floor(next() * frames.length), 1);
  decode(frames, 'key');
}

export const KINDS: Record<string, Kind> = {
  h5: { error: 'ModelError', run: (next) => load(mutateBytes(pick(next, H5), next)) },
  keras: { error: 'ModelError', run: (next) => load(mutateBytes(pick(next, KERAS), next)) },
  configuration: { error: 'ModelError', run: configuration },
  jpeg: {
    error: 'PictureError',
    run: async (next) => void (await loadImage(mutateBytes(pick(next, JPEG), next))),
  },
  png: {
    error: 'PictureError',
    run: async (next) => void (await loadImage(mutateBytes(pick(next, PNG), next))),
  },
  ipynb: { error: 'NotebookError', run: notebook },
  message: { error: 'none', run: message },
};
