import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
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
    // Vega, Vega-Lite, the interpreter, vega-embed, the start, and the code's buttons.
    assert.is(html.match(/<script>/g)!.length, 6);
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

  'formulas are MathML; money, code and what the library does not know stay as they are': () => {
    const html = page([
      markdown(
        '$$k$$ and also $$l$$\n\ninline $x_1 < 2$ and $$\\frac{a}{b}$$\n\n$$\na\n- b\n$$\n\n\\begin{align}a &= b\\end{align}\n\n' +
          'costs $5 or $6, `$code$`, \\$9 $\n\n$\\unknown{x}$ $\\href{javascript:x}{y}$',
      ),
      code('a', display({ 'text/latex': '$\\displaystyle \\int x$', 'text/plain': 'x' })),
    ]);
    const main = html.slice(html.indexOf('<main>'), html.indexOf('</main>'));
    assert.is(main.match(/<math/g)!.length, 9);
    assert.match(main, '<mfrac><mi>a</mi><mi>b</mi></mfrac>');
    assert.match(main, '<mo>−</mo><mi>b</mi>');
    assert.match(main, '∫');
    assert.match(main, 'costs $5 or $6, <code>$code$</code>, $9 $');
    assert.match(main, '\\unknown');
    assert.not.match(main, 'href=');
    assert.match(page([markdown(`$${'{'.repeat(3000)}$`)]), '{{{');
  },

  'formulas that do not end take no time': () => {
    const began = process.cpuUsage().user;
    for (const part of ['$$a\n', '$a', '\\begin{align}', '$$$ ', '$`']) {
      const html = page([markdown(part.repeat(20_000))]);
      assert.ok(html.length > 20_000, part);
    }
    const seconds = (process.cpuUsage().user - began) / 1e6;
    console.log(`100,000 beginnings of formulas take ${seconds.toFixed(1)} s`);
  },

  'a formula cannot bring HTML along': () => {
    const html = page([markdown('$\\text{<img src=x onerror=alert(1)><script>alert(1)</script>}$')]);
    const main = html.slice(html.indexOf('<main>'), html.indexOf('</main>'));
    assert.not.match(main, /<(img|script)/);
  },

  'local pictures of every form are inlined': () => {
    mkdirSync(join(folder, 'in a'), { recursive: true });
    for (const name of ['p.png', 'a&b.png', 'in a/q.png', 'odd?.png'])
      writeFileSync(join(folder, name), Buffer.from(PIXEL, 'base64'));
    const forms = [
      '![a](p.png)',
      '![a][ref]\n\n[ref]: p.png',
      "<img src='p.png'>",
      '<img src=p.png>',
      '<IMG alt="x" SRC = "p.png" width=3>',
      '<img src="a&amp;b.png">',
      '<img src="p.png?version=2#top">',
      '<img src="odd?.png">',
      '![a](in%20a/q.png)',
      '![a](<in a/q.png>)',
      '<img src="./in a/../p.png"/>',
    ];
    for (const form of forms)
      assert.match(page([markdown(form)]), `src="data:image/png;base64,${PIXEL}"`, form);
    assert.match(page([code('a', display({ 'text/html': "<img src='p.png'>" }))]), `base64,${PIXEL}`);
  },

  'what a page leaves out is said in its place': () => {
    for (const [source, words] of [
      [
        '![the cat](https://a.example/b.png)',
        'picture https://a.example/b.png, “the cat”; a page loads nothing from elsewhere',
      ],
      ["<img src='//a.example/b.png'>", 'picture //a.example/b.png; a page loads nothing from elsewhere'],
      ['![a](gone.png)', 'picture gone.png, “a”; there is no such file'],
      ['![a](../x.png)', 'picture ../x.png, “a”; there is no such file'],
      ['![a](attachment:gone.png)', 'picture attachment:gone.png, “a”; the notebook has no such attachment'],
      ['<img alt=a>', 'picture without an address, “a”'],
      ['<video src=x></video>', 'a video'],
      ['<iframe src=x></iframe>', 'a frame'],
      ['<script>1</script>', 'a script'],
      ['<svg><text>x</text></svg>', 'an SVG drawing'],
      ['<form>a <button>b</button></form>', 'a button'],
    ] as const) {
      const main = page([markdown(source)]);
      assert.match(main.replaceAll('&quot;', '"'), `left out: ${words}`, source);
      assert.match(main, '<em class="left-out">');
    }
  },

  'a figure whose spec is missing is its picture, or is said to be left out': () => {
    for (const spec of [null, 'text', 5]) {
      const data = { 'application/vnd.vegalite.v5+json': spec };
      const bare = page([code('a', display(data))]);
      assert.match(bare, 'left out: a figure without a spec');
      const shown = page([code('a', display({ ...data, 'image/png': PIXEL }))]);
      assert.match(shown, `base64,${PIXEL}`);
      assert.not.match(shown, 'data-mode=');
    }
  },

  'a long notebook has a table of contents; headings have the names that JupyterLab gives them': () => {
    const cells = ['# Title', '## The model', '## `a` & $b$', 'text\n\n### The model', '## <b>End</b>'].map(
      markdown,
    );
    const html = page(cells);
    const links = [...html.matchAll(/<li class="(level-\d)"><a href="#([^"]*)">(.*?)<\/a>/g)].map((found) =>
      found.slice(1),
    );
    assert.equal(links, [
      ['level-0', 'The-model', 'The model'],
      ['level-0', 'a-&amp;-b', 'a &amp; b'],
      ['level-1', 'The-model-2', 'The model'],
      ['level-0', 'End', 'End'],
    ]);
    for (const [, id] of links) assert.match(html, ` id="${id}">`);
    assert.ok(html.indexOf('<nav') > html.indexOf('id="Title"'));
    assert.not.match(page(cells.slice(0, 3)), '<nav');
  },

  'a summary scrolls instead of wrapping': () => {
    const stream = (text: string) => page([code('', { output_type: 'stream', name: 'stdout', text })]);
    assert.match(stream('Model: "m"\n┏━━┓\n'), '<pre class="text table">');
    assert.match(stream('plain\n'), '<pre class="text ">');
  },
});
