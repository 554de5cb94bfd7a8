import { basename, extname } from 'node:path';
import { escapeHtml, livePage } from '../../../renderers/page';
import { type Cell, type Notebook, textOf } from '../nbformat';
import { titleOf, withContents } from './contents';
import { COPY } from './copy';
import { FORMULA_WIDTHS } from './formula-widths';
import { highlight, renderMarkdown } from './markdown';
import { renderOutput } from './output';
import { Pictures } from './pictures';
import { SCROLLERS } from './scrollers';
import { STYLE } from './style';

export interface PageOptions {
  /** The notebook's folder, for its pictures. */
  folder: string;
  /** The notebook's file name; the page's title when no heading gives one. */
  name: string;
  /** Whether the cells' code is shown; true by default. */
  code?: boolean;
}

/**
 * A notebook as one HTML page that loads nothing and runs nothing of the notebook; long ones have a table of contents. Vega figures are interactive;
 * without scripts, and in print, their PNGs are shown.
 */
export function toHtml(notebook: Notebook, { folder, name, code = true }: PageOptions): string {
  const language = languageOf(notebook);
  const pictures = new Pictures(folder);
  const cells = notebook.cells.map((cell) => renderCell(cell, { pictures, code, language })).filter(Boolean);
  const title = titleOf(cells) ?? escapeHtml(basename(name, extname(name)));
  const body = withContents(cells).join('\n');
  const scripts = [
    ...(/<pre class="code">|<pre><code/.test(body) ? [COPY] : []),
    ...(body.includes('<math') ? [FORMULA_WIDTHS] : []),
    ...(/<(pre|table|math)\b/.test(body) ? [SCROLLERS] : []),
  ];
  return livePage({ title, style: STYLE, body, scripts });
}

export function languageOf({ metadata }: Notebook): string {
  const info = metadata['language_info'] as { name?: string } | undefined;
  return String(info?.name ?? metadata.kernelspec?.language ?? 'typescript');
}

/** @param attributes of a code cell's section */
export function renderCell(
  cell: Cell,
  { pictures, code, language }: { pictures: Pictures; code: boolean; language: string },
  attributes = '',
): string {
  const source = textOf(cell.source);
  if (cell.cell_type === 'markdown') {
    return `<section class="prose">${renderMarkdown(source, cell, pictures)}</section>`;
  }
  // Raw cells are meant for a converter of another format.
  if (cell.cell_type !== 'code') return '';
  const shown =
    code && source.trim() ? `<pre class="code"><code>${highlight(source, language)}</code></pre>` : '';
  const outputs = (cell.outputs ?? []).map((output) => renderOutput(output, pictures)).join('\n');
  const isSeen = shown || outputs || attributes;
  return isSeen ? `<section class="cell"${attributes}>${shown}${outputs}</section>` : '';
}
