import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { toHtml } from '../../src/notebook/html/page';
import type { Cell, Notebook, Output } from '../../src/notebook/nbformat';
import { suite } from '../suite';

const folder = mkdtempSync(join(tmpdir(), 'convlens-test-'));
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

function page(cells: Cell[], options: { code?: boolean } = {}): string {
  const notebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
  return toHtml(notebook, { folder, name: 'test.ipynb', ...options });
}

const markdown = (source: string): Cell => ({ cell_type: 'markdown', metadata: {}, source });
const code = (source: string, ...outputs: Output[]): Cell => ({
  cell_type: 'code',
  metadata: {},
  source,
  outputs,
});
const display = (data: Record<string, unknown>): Output => ({
  output_type: 'display_data',
  data,
  metadata: {},
});
const figure = (spec: object) =>
  display({ 'application/vnd.vegalite.v5+json': spec, 'image/png': PIXEL, 'text/plain': 'a figure' });

/** What is outside of the page's own scripts, which may hold anything. */
const withoutScripts = (html: string) => html.replace(/<script>[\s\S]*?<\/script>/g, '');

suite('html page', {
  "a picture's alternative text and its width in CSS pixels come from its metadata": () => {
    const data = { 'image/png': PIXEL, 'text/plain': 'plain' };
    const shown = (metadata: Record<string, unknown>) =>
      page([code('a', { ...display(data), metadata } as Output)]);
    assert.match(
      shown({ 'image/png': { width: 20, height: 10, alt: 'a "map"' } }),
      'alt="a &#34;map&#34;" width="20" src=',
    );
    assert.match(shown({ 'image/png': { width: '1" onload="x', alt: 7 } }), 'alt="plain" src=');
    assert.match(shown({}), 'alt="plain" src=');
  },
  'code, markdown, streams and errors are shown': () => {
    const html = page([
      markdown('# The title\n\n*soft* and `code`'),
      code('const a = "<b>"', { output_type: 'stream', name: 'stdout', text: ['1 < 2\n'] }),
      code('x', { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['\u001b[31mE: v\u001b[0m'] }),
    ]);
    assert.match(html, '<title>The title</title>');
    assert.match(html, '<em>soft</em>');
    assert.match(html, 'hljs-keyword');
    assert.match(html, '1 &#60; 2');
    assert.match(html, '<pre class="text error">E: v</pre>');
    assert.not.match(page([code('const secret = 1')], { code: false }), 'secret');
  },

  'a figure is there interactively and as a PNG, the libraries once': () => {
    const html = page([code('a', figure({ mark: 'bar' })), code('b', figure({ mark: 'line' }))]);
    assert.is(html.split('class="still"').length - 1, 2);
    assert.is(html.split('data-mode="vega-lite"').length - 1, 2);
    // Vega, Vega-Lite, the interpreter, vega-embed, and the start.
    assert.is(html.match(/<script>/g)!.length, 5);
    assert.not.match(withoutScripts(html), /https?:\/\//);
  },

  'the policy allows exactly the scripts of the page': () => {
    const html = page([code('a', figure({ mark: 'bar' }))]);
    const allowed = [...html.match(/script-src ([^;]*)/)![1]!.matchAll(/'(sha256-[^']+)'/g)].map((m) => m[1]);
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((m) => m[1]);
    const hashes = scripts.map((s) => `sha256-${createHash('sha256').update(s!).digest('base64')}`);
    assert.equal(allowed, hashes);
    assert.match(page([markdown('no figure')]), "script-src 'none'");
  },

  'no part of a hostile notebook can run': () => {
    const attack = '<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="//evil"></iframe>';
    const html = page([
      markdown(`${attack}\n\n[x](javascript:alert(1)) <a href="data:text/html,x">y</a> <style>*{}</style>`),
      code('a', display({ 'text/html': `${attack}<form action="//evil"><button>b</button></form>` })),
      code('a', display({ 'image/svg+xml': '<svg onload="alert(1)"><script>alert(1)</script></svg>' })),
      code('a', display({ 'image/png': '"><script>alert(1)</script>' })),
      code('a', display({ 'text/markdown': attack, 'text/plain': attack })),
      code('a', figure({ title: '</script><script>alert(1)</script>', usermeta: { embedOptions: {} } })),
      code(attack, { output_type: 'stream', name: 'stdout"><script>', text: attack }),
    ]);
    const shown = html.slice(html.indexOf('<main>'), html.indexOf('</main>'));
    assert.equal(shown.match(/<script[^>]*>/g), ['<script type="application/json">']);
    assert.not.match(shown, /<(iframe|form|button|style|svg|object|embed|link|meta|base)\b/i);
    assert.not.match(shown, /<[^>]*\son\w+\s*=/i);
    assert.not.match(shown, /href="(javascript|data):/i);
  },

  'a language named like a property of Object is not a language': () => {
    const metadata = { language_info: { name: '__proto__' } };
    const notebook = { nbformat: 4, nbformat_minor: 5, metadata, cells: [code('a < b')] } as Notebook;
    assert.match(toHtml(notebook, { folder, name: 'x' }), 'a &#60; b');
  },

  'a very long line is shown at once and without colours; an incomplete escape sequence is harmless': () => {
    // Found by changing notebooks: highlight.js took 38 s for it.
    const name = 'a'.repeat(100_000);
    const html = page([code(name), code('const a = 1'), markdown('<img src="attachment:%E0">')]);
    assert.match(html, `<code>${name}</code>`);
    assert.match(html, 'hljs-keyword');
  },

  'pictures from outside the notebook are not loaded': () => {
    const html = page([markdown('![a](../../etc/x.png) ![b](https://a.example/b.png) ![c](/etc/c.png)')]);
    assert.not.match(html, /<img/);
  },
});
