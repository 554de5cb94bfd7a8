import { stripVTControlCharacters } from 'node:util';
import { escapeHtml, liveFigure } from '../../../renderers/page';
import { type Bundle, type Output, textOf } from '../nbformat';
import { renderMarkdown } from './markdown';
import { latexHtml } from './math';
import { findPicture } from './pictures';
import { safeHtml } from './sanitize';

const VEGA = /^application\/vnd\.vega(lite)?\.v\d+\+json$/;
const STILLS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** An output as HTML: the richest safe form of its bundle. */
export function renderOutput(output: Output, folder: string): string {
  switch (output.output_type) {
    case 'stream':
      return text(textOf(output.text), output.name === 'stderr' ? 'stderr' : '');
    case 'error': {
      const lines = output.traceback?.length
        ? output.traceback.join('\n')
        : `${output.ename}: ${output.evalue}`;
      return text(lines, 'error');
    }
    default:
      return renderBundle(output.data ?? {}, output.metadata ?? {}, folder);
  }
}

function renderBundle(data: Bundle, metadata: object, folder: string): string {
  const vega = Object.keys(data).find((type) => VEGA.test(type));
  const still = stillOf(data, metadata);
  const spec = vega && data[vega];
  if (vega && !(typeof spec === 'object' && spec) && !still) {
    return `<p class="left-out">(left out: a figure without a spec)</p>`;
  }
  if (vega && typeof spec === 'object' && spec) {
    const mode = vega.includes('vegalite') ? 'vega-lite' : 'vega';
    return liveFigure(spec, mode, still);
  }
  if (still) return `<div class="figure">${still}</div>`;
  if ('text/html' in data) {
    const html = safeHtml(stringOf(data['text/html']), (source) => findPicture(source, undefined, folder));
    return `<div class="rich">${html}</div>`;
  }
  if ('text/markdown' in data) {
    const cell = { cell_type: 'markdown' as const, metadata: {}, source: '' };
    return `<div class="rich">${renderMarkdown(stringOf(data['text/markdown']), cell, folder)}</div>`;
  }
  if ('text/latex' in data) return `<div class="rich">${latexHtml(stringOf(data['text/latex']))}</div>`;
  if ('application/json' in data) return text(JSON.stringify(data['application/json'], null, 2), '');
  return text(stringOf(data['text/plain']), '');
}

function stillOf(data: Bundle, metadata: object): string {
  for (const type of STILLS) {
    const base64 = stringOf(data[type]).replace(/\s/g, '');
    if (base64 && /^[\w+/=]+$/.test(base64)) {
      return `<img class="still" ${attributes(type, data, metadata)} src="data:${type};base64,${base64}">`;
    }
  }
  // An SVG in an <img> runs no script.
  const svg = stringOf(data['image/svg+xml']);
  if (!svg) return '';
  return `<img class="still" ${attributes('image/svg+xml', data, metadata)} src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`;
}

/** Alternative text and width in CSS pixels, from the picture's metadata; without `alt`, the plain text. */
function attributes(type: string, data: Bundle, metadata: object): string {
  const { alt, width } = ((metadata as Bundle)[type] ?? {}) as { alt?: unknown; width?: unknown };
  const words = typeof alt === 'string' ? alt : stringOf(data['text/plain']).slice(0, 300);
  const wide = Number.isInteger(width) && Number(width) > 0 ? ` width="${width}"` : '';
  return `alt="${escapeHtml(words)}"${wide}`;
}

function stringOf(value: unknown): string {
  return typeof value === 'string' || Array.isArray(value) ? textOf(value as string) : '';
}

/** Text with the lines of a table scrolls instead of wrapping. */
const TABLE = /^[┏┡├└│┃╭╰┌]/m;

function text(content: string, kind: string): string {
  if (TABLE.test(content)) kind = `${kind} table`.trim();
  return `<pre class="text ${kind}">${escapeHtml(stripVTControlCharacters(content))}</pre>`;
}
