import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { NotebookError } from '../../errors';
import { loadModel } from '../../keras/load';
import { packModel } from '../../live/model/pack-model';
import type { FileFacts } from '../../live/page/notebook-settings';
import { type Notebook, textOf } from '../nbformat';

/** A file that a page carries: as it is, or a model's weights. */
export interface EmbeddedFile {
  facts: FileFacts;
  bytes: Uint8Array;
  /** What it is, in a word. */
  kind: 'picture' | 'model' | 'text' | 'module';
}

const KINDS: readonly [RegExp, EmbeddedFile['kind']][] = [
  [/^\.(jpe?g|png|gif|webp|tiff?|bmp)$/i, 'picture'],
  [/^\.(h5|hdf5|keras)$/i, 'model'],
  [/^\.(txt|json|csv)$/i, 'text'],
  [/^\.(ts|js|mts|mjs)$/i, 'module'],
];
const MODULE_SUFFIXES = ['.ts', '.js', '.mts', '.mjs', '.json', '/index.ts'];
/** Texts in quotes, on one line. */
const LITERALS = /(['"`])((?:\\.|(?!\1)[^\\\n$])+)\1/g;
/** The longest text that is taken for a path. */
const LONGEST = 500;

/**
 * The files that a notebook's cells name in quotes, below its folder, and those that are asked for. Models are loaded,
 * and carried as layers and weights.
 *
 * @param folder of the notebook
 * @param asked more paths, from the folder; these may lie anywhere
 * @throws {NotebookError} when a file that is asked for does not exist or is of no kind that a page can read
 * @throws {ModelError} when a model cannot be loaded, or has a layer that no page can compute, which is named
 */
export async function embeddedFiles(
  notebook: Notebook,
  folder: string,
  asked: readonly string[],
): Promise<EmbeddedFile[]> {
  const found = new Map<string, string>();
  const waiting = notebook.cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => ({ text: textOf(source), folder: '' }));
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    for (const [, , literal] of next.text.matchAll(LITERALS)) {
      const path = literal!.length <= LONGEST ? pathIn(folder, next.folder, literal!) : undefined;
      if (!path || found.has(path)) continue;
      const file = join(folder, path);
      found.set(path, file);
      // A module's own imports are relative to it.
      if (kindOf(file) === 'module')
        waiting.push({ text: readFileSync(file, 'utf8'), folder: join(path, '..') });
    }
  }
  for (const path of asked) found.set(path.split(sep).join('/'), checked(folder, path));
  const files: EmbeddedFile[] = [];
  for (const [path, file] of found) files.push(await read(path, file));
  return files;
}

/** The path from the folder of a file that a text names; nothing if it names none, or one outside. */
function pathIn(folder: string, from: string, literal: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no path of a notebook has them
  if (/[\u0000-\u001f]/.test(literal) || isAbsolute(literal) || literal.endsWith('/')) return undefined;
  const isModule = /^\.\.?\//.test(literal);
  for (const suffix of isModule ? ['', ...MODULE_SUFFIXES] : ['']) {
    const file = resolve(folder, from, literal + suffix);
    if (!isFile(file) || !kindOf(file)) continue;
    const inside = relative(realpathSync(folder), realpathSync(file));
    if (inside.startsWith('..') || isAbsolute(inside)) return undefined;
    return relative(folder, file).split(sep).join('/');
  }
  return undefined;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const kindOf = (file: string) => KINDS.find(([pattern]) => pattern.test(extname(file)))?.[1];

function checked(folder: string, path: string): string {
  const file = resolve(folder, path);
  const why = !existsSync(file)
    ? 'there is no such file in the folder of the notebook'
    : isFile(file) && kindOf(file)
      ? ''
      : 'it is no picture, model, text, CSV, JSON or module';
  if (!why) return file;
  throw new NotebookError(`Cannot embed ${path}: ${why}. Give files that the cells read.`);
}

async function read(path: string, file: string): Promise<EmbeddedFile> {
  const kind = kindOf(file)!;
  if (kind !== 'model') return { facts: { path }, bytes: readFileSync(file), kind };
  const model = await loadModel(file);
  try {
    const { weights, ...facts } = packModel(model, `embed ${path}`);
    return { facts: { path, model: facts }, bytes: weights, kind };
  } finally {
    model.dispose();
  }
}
