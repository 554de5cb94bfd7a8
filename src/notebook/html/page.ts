import { basename, extname } from 'node:path';
import { type Cell, type Notebook, textOf } from '../nbformat';
import { liveScripts, scriptHash } from './live';
import { highlight, renderMarkdown } from './markdown';
import { renderOutput } from './output';
import { escapeHtml } from './sanitize';
import { STYLE } from './style';

export interface PageOptions {
  /** The notebook's folder, from which its pictures are taken. */
  folder: string;
  /** The notebook's file name; the page's title when no heading gives one. */
  name: string;
  /** Whether the cells' code is shown; true by default. */
  code?: boolean;
}

/**
 * A notebook as one HTML page that loads nothing and runs nothing from the notebook: Vega figures are
 * alive, their pictures stand in for them without scripts and in print.
 */
export function toHtml(notebook: Notebook, { folder, name, code = true }: PageOptions): string {
  const language = languageOf(notebook);
  const cells = notebook.cells.map((cell) => renderCell(cell, { folder, code, language })).filter(Boolean);
  const body = cells.join('\n');
  const scripts = body.includes('data-mode=') ? liveScripts() : [];
  const policy = [
    "default-src 'none'",
    'img-src data:',
    "style-src 'unsafe-inline'",
    `script-src ${scripts.map(scriptHash).join(' ') || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(titleOf(notebook) ?? basename(name, extname(name)))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

function titleOf(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' && textOf(cell.source).match(/^#\s+(.+)$/m);
    if (heading) return heading[1];
  }
  return undefined;
}

function languageOf({ metadata }: Notebook): string {
  const info = metadata['language_info'] as { name?: string } | undefined;
  return String(info?.name ?? metadata.kernelspec?.language ?? 'typescript');
}

function renderCell(
  cell: Cell,
  { folder, code, language }: { folder: string; code: boolean; language: string },
): string {
  const source = textOf(cell.source);
  if (cell.cell_type === 'markdown') {
    return `<section class="prose">${renderMarkdown(source, cell, folder)}</section>`;
  }
  // Raw cells are meant for a converter of another format.
  if (cell.cell_type !== 'code') return '';
  const shown =
    code && source.trim() ? `<pre class="code"><code>${highlight(source, language)}</code></pre>` : '';
  const outputs = (cell.outputs ?? []).map((output) => renderOutput(output, folder)).join('\n');
  return shown || outputs ? `<section class="cell">${shown}${outputs}</section>` : '';
}
