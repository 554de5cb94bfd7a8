import { stripVTControlCharacters } from 'node:util';
import { escapeHtml, liveFigure } from '../../../renderers/page';
import { type Bundle, type Output, textOf } from '../nbformat';
import { renderHtml, renderMarkdown } from './markdown';
import { latexHtml } from './math';
import type { Pictures } from './pictures';

const VEGA = /^application\/vnd\.vega(lite)?\.v\d+\+json$/;
const STILLS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** An output as HTML: the richest safe form of its bundle. */
export function renderOutput(output: Output, pictures: Pictures): string {
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
      return renderBundle(output.data ?? {}, output.metadata ?? {}, pictures);
  }
}

function renderBundle(data: Bundle, metadata: object, pictures: Pictures): string {
  const vega = Object.keys(data).find((type) => VEGA.test(type));
  const still = stillOf(data, metadata);
  const spec = vega && data[vega];
  if (vega && typeof spec === 'object' && spec) {
    const mode = vega.includes('vegalite') ? 'vega-lite' : 'vega';
    return liveFigure(spec, mode, still);
  }
  if (still) return `<div class="figure">${still}</div>`;
  return (vega ? leftOut('a figure without a spec') : '') + richest(data, vega, pictures);
}

const leftOut = (what: string) => `<p class="left-out">(left out: ${what})</p>`;

/** What is neither figure nor picture. */
function richest(data: Bundle, vega: string | undefined, pictures: Pictures): string {
  const [html, markdown, latex, plain] = ['html', 'markdown', 'latex', 'plain'].map((kind) =>
    stringOf(data[`text/${kind}`]),
  ) as [string, string, string, string];
  if (html.trim()) return `<div class="rich">${renderHtml(html, pictures)}</div>`;
  if (markdown.trim()) return `<div class="rich">${renderMarkdown(markdown, undefined, pictures)}</div>`;
  if (latex.trim()) return `<div class="rich">${latexHtml(latex)}</div>`;
  if ('application/json' in data) return text(JSON.stringify(data['application/json'], null, 2), '');
  if (plain) return text(plain, '');
  const unknown = Object.keys(data).find((type) => type !== vega && !type.startsWith('text/'));
  return unknown ? leftOut(`an output of type ${escapeHtml(unknown.slice(0, 100))}`) : '';
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

/** Letters of a line of a table that is small on paper, but whole; longer ones are wrapped there. */
const WIDEST = 240;

function text(content: string, kind: string): string {
  const shown = stripVTControlCharacters(content);
  if (!TABLE.test(shown)) return `<pre class="text ${kind}">${escapeHtml(shown)}</pre>`;
  const columns = shown.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
  const classes = `text ${kind} table${columns > WIDEST ? ' vast' : ''}`.replace('  ', ' ');
  return `<pre class="${classes}" style="--columns: ${columns}">${escapeHtml(shown)}</pre>`;
}
