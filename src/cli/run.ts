import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { NotebookError } from '../errors';
import { makeFolder, writeWhole } from '../files/whole-file';
import { findKernel } from '../jupyter/kernelspec';
import { type ErrorOutput, type Notebook, readNotebook, writeNotebook } from '../notebook/nbformat';
import { setParameters } from '../notebook/parametrize';
import { runNotebook } from '../notebook/run';
import { lock } from './lock';
import { Progress } from './progress';
import { cellTitle } from './title';

export interface RunCommandOptions {
  /** Where the executed notebook goes; beside the notebook, as NAME.out.ipynb, when not given. */
  out?: string;
  /** Where a page of the executed notebook goes. */
  html?: string;
  /** Parameters, each `name=value`. */
  set?: string[];
  kernel?: string;
  timeout?: number;
  keepGoing?: boolean;
  backend?: 'native' | 'wasm' | 'cpu';
}

/**
 * `convlens run`: runs a notebook, reports progress, and writes the notebook after every cell.
 *
 * @returns the exit code: 0 when every cell ran, 1 when one failed
 * @throws {NotebookError | KernelError} when the notebook cannot be read or written, another run writes into the same,
 *   or no kernel starts
 */
export async function runCommand(path: string, options: RunCommandOptions = {}): Promise<number> {
  const started = performance.now();
  // The client ends the kernel at exit; a signal would skip that, so it is turned into an exit.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const notebook = readNotebook(path);
  setParameters(notebook, options.set ?? []);
  const spec = findKernel(options.kernel ?? notebook.metadata.kernelspec?.name ?? 'convlens');
  const out = resolve(options.out ?? join(dirname(path), `${basename(path, extname(path))}.out.ipynb`));
  const unlock = lock(out);
  const total = notebook.cells.filter((cell) => cell.cell_type === 'code').length;
  const progress = new Progress(total);
  const save = saver(out, notebook, (words) => progress.line(words));
  const env = { ...process.env, ...(options.backend && { CONVLENS_BACKEND: options.backend }) };
  const running = runNotebook(notebook, spec, {
    cwd: dirname(resolve(path)),
    env,
    timeout: options.timeout,
    keepGoing: options.keepGoing,
    onStart: (index) => progress.doing(cellTitle(notebook, index)),
    onCell(index, seconds, error) {
      const number = notebook.cells.slice(0, index + 1).filter((cell) => cell.cell_type === 'code').length;
      progress.done(number, cellTitle(notebook, index), seconds, error !== undefined);
      if (error) progress.line(describe(error));
      save();
    },
    onRan() {
      if (!options.html) return;
      const { toHtml } = pageModule();
      write(options.html, toHtml(notebook, { folder: dirname(resolve(path)), name: basename(path) }));
    },
  });
  // The page's libraries are read while the kernel starts.
  if (options.html) setTimeout(pageModule, 100);
  const { errors, kernelSeconds, backend } = await running.finally(() => {
    progress.stop();
    unlock();
  });
  writeNotebook(out, notebook);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${errors.size ? 'failed' : 'done'} in ${seconds.toFixed(1)} s (kernel ${spec.name} up in ${kernelSeconds.toFixed(1)} s)`,
  );
  if (backend) console.log(`TensorFlow: ${backend}`);
  console.log(`notebook: ${relative('', out)}`);
  if (options.html) console.log(`page: ${relative('', options.html)}`);
  return errors.size ? 1 : 0;
}

/** `convlens html`: writes a notebook as one self-contained page. */
export async function htmlCommand(
  path: string,
  options: { out?: string; code?: boolean; live?: boolean; embed?: string[]; maxSize?: number } = {},
): Promise<number> {
  const notebook = readNotebook(path);
  const out = options.out ?? join(dirname(path), `${basename(path, extname(path))}.html`);
  const folder = dirname(resolve(path));
  if (options.live) return livePage(notebook, path, out, options);
  if (options.embed || options.maxSize) {
    console.error('--embed and --max-size are for pages that run: add --live.');
    return 2;
  }
  const { toHtml } = pageModule();
  write(out, toHtml(notebook, { folder, name: basename(path), code: options.code }));
  console.log(`page: ${relative('', out)}`);
  return 0;
}

/** A page in which readers run the cells. What it carries is listed before it is written. */
async function livePage(
  notebook: Notebook,
  path: string,
  out: string,
  { embed, maxSize, code }: { embed?: string[]; maxSize?: number; code?: boolean },
): Promise<number> {
  if (code === false) {
    console.error('--no-code leaves nothing to run: leave it or --live out.');
    return 2;
  }
  const { toLiveHtml }: typeof import('../notebook/live/live-page') = require('../notebook/live/live-page');
  const name = basename(path);
  const folder = dirname(resolve(path));
  const limit = maxSize === undefined ? {} : { maxBytes: maxSize * 1e6 };
  const { html, files } = await toLiveHtml(notebook, { folder, name, ...(embed && { embed }), ...limit });
  for (const { path: file, kind, bytes, note } of files)
    console.log(`in the page: ${file} (${kind}, ${(bytes / 1e6).toFixed(2)} MB${note ? `; ${note}` : ''})`);
  write(out, html);
  console.log(`page: ${relative('', out)} (${(html.length / 1e6).toFixed(2)} MB)`);
  return 0;
}

/** Loaded while a run waits for its kernel: it takes a fifth of a second. */
function pageModule(): typeof import('../notebook/html/page') {
  return require('../notebook/html/page');
}

function write(path: string, page: string) {
  makeFolder(path, NotebookError);
  writeWhole(path, page, NotebookError);
}

/**
 * Saves the notebook as it is. If the disk is full, the run warns once and continues: there may be space again after
 * the next cell.
 */
function saver(out: string, notebook: Notebook, say: (words: string) => void): () => void {
  let said = '';
  return () => {
    try {
      writeNotebook(out, notebook);
    } catch (error) {
      const { message } = error as Error;
      if (message !== said) say(`${message} The run goes on.`);
      said = message;
    }
  };
}

function describe({ ename, evalue, traceback }: ErrorOutput): string {
  const lines = traceback.length ? traceback : [`${ename}: ${evalue}`];
  return lines.join('\n').replace(/^/gm, '    ');
}
