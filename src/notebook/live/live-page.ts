import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { escapeHtml, liveScripts } from '../../../renderers/page';
import { ModelError, NotebookError } from '../../errors';
import { bundle } from '../../live/bundles';
import { checkSize, megabytes } from '../../live/check-size';
import { jsonSection, runningDocument, section } from '../../live/document';
import type { NotebookSettings } from '../../live/page/notebook-settings';
import { tryModel } from '../../live/try-engine';
import { wasmFile } from '../../tensorflow/wasm-file';
import { titleOf, withContents } from '../html/contents';
import { languageOf, renderCell } from '../html/page';
import { Pictures } from '../html/pictures';
import { STYLE } from '../html/style';
import { type Notebook, textOf } from '../nbformat';
import { type EmbeddedFile, embeddedFiles } from './embedded-files';
import { LIVE_STYLE } from './style';

/** Milliseconds. */
const LONGEST_TRIAL = 60_000;
const WAY_OUT = 'Raise --max-size, or leave a file out.';

export interface LivePageOptions {
  /** The notebook's folder, for the files that its cells read. */
  folder: string;
  /** The notebook's file name. */
  name: string;
  /** More files to carry, as paths from the folder. */
  embed?: readonly string[];
  /** The most bytes of the page. Default 50 million. */
  maxBytes?: number;
}

/** A page, and what it carries. */
export interface LivePage {
  html: string;
  files: { path: string; kind: EmbeddedFile['kind']; bytes: number; note?: string }[];
}

/**
 * A notebook as one page in which its reader edits and runs the cells, with nothing but a browser. Until a cell is run,
 * the page shows the notebook as it was saved, and runs nothing of it.
 *
 * @throws {NotebookError} when it is in another language, or a file to embed does not exist
 * @throws {ModelError} when a model that its cells name cannot be run in a page
 * @throws {RangeError} when the page is larger than `maxBytes`
 */
export async function toLiveHtml(notebook: Notebook, options: LivePageOptions): Promise<LivePage> {
  const { folder, name, embed = [], maxBytes = 50e6 } = options;
  const language = languageOf(notebook);
  if (!/^(type|java)script$/i.test(language)) {
    throw new NotebookError(
      `Cannot make a live page of ${name}: it is in ${language}, and pages run TypeScript. Leave --live out.`,
    );
  }
  const what = `make a live page of ${name}`;
  const files = await embeddedFiles(notebook, folder, embed);
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  checkSize(what, name, (total * 4) / 3, maxBytes, WAY_OUT);
  const untried = await untriedModels(files);
  const pictures = new Pictures(folder);
  const cells = notebook.cells.map((cell, i) =>
    renderCell(cell, { pictures, code: true, language }, ` data-cell="${i}"`),
  );
  const title = titleOf(cells) ?? escapeHtml(basename(name, extname(name)));
  const html = runningDocument({
    title,
    style: STYLE + LIVE_STYLE,
    body: `<div id="head"><div id="toolbar"></div><p id="status" role="status">Cells can be run in a moment …</p></div>
<main>
${withContents(cells.filter(Boolean)).join('\n')}
${about(files)}
</main>
${jsonSection('settings', settingsOf(notebook, name, files))}
${section('engine', bundle('engine'))}
${section('wasm', wasmFile())}
${files.map(({ bytes }, i) => section(`file-${i}`, bytes)).join('\n')}`,
    scripts: [bundle('boot')],
    packed: [...liveScripts(), bundle('notebook')],
    frame: bundle('frame'),
  });
  checkSize(what, name, html.length, maxBytes, WAY_OUT);
  return {
    html,
    files: files.map((file) => ({
      path: file.facts.path,
      kind: file.kind,
      bytes: file.bytes.length,
      ...(untried.has(file) && { note: `not tried: a run takes more than ${LONGEST_TRIAL / 1000} s` }),
    })),
  };
}

/**
 * Runs each model once, as the page will.
 *
 * @returns those whose run takes too long to wait for it
 * @throws {ModelError} when a layer cannot be computed in a page, with its name
 */
async function untriedModels(files: readonly EmbeddedFile[]): Promise<Set<EmbeddedFile>> {
  const untried = new Set<EmbeddedFile>();
  for (const file of files) {
    const { path, model } = file.facts;
    if (!model) continue;
    try {
      if (!(await tryModel({ ...model, weights: file.bytes }, LONGEST_TRIAL))) untried.add(file);
    } catch (cause) {
      const why = (cause as Error).message.replace(/^Cannot predict: |\.$/g, '');
      throw new ModelError(
        `Cannot embed ${path}: a page cannot run it: ${why}. Leave the model or --live out.`,
        {
          cause,
        },
      );
    }
  }
  return untried;
}

function settingsOf(notebook: Notebook, name: string, files: readonly EmbeddedFile[]): NotebookSettings {
  const cells = notebook.cells.map(({ outputs: _, execution_count: __, ...cell }) => ({
    ...cell,
    source: textOf(cell.source),
  }));
  const id = createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 16);
  return {
    id: `${name}:${id}`,
    fileName: name,
    notebook: { ...notebook, cells },
    files: files.map(({ facts }) => facts),
  };
}

/** What the page says of itself. */
function about(files: readonly EmbeddedFile[]): string {
  const list = files
    .map(
      ({ facts, kind, bytes }) =>
        `${escapeHtml(facts.path)} (${kind}, ${megabytes(Math.max(bytes.length, 5e4))})`,
    )
    .join(', ');
  return `<footer class="about">
<p>The cells of this page can be edited and run: Shift+Enter runs a cell and what depends on its changes. They run in this page, with nothing but the browser: no kernel, no network. Nothing runs before you run it. Types are taken away, not checked.</p>
<p>${list ? `In the page: ${list}. ` : ''}Made with convlens; TensorFlow.js computes, on WebAssembly.</p>
</footer>`;
}
