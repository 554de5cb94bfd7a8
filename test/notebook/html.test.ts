import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import '../../renderers/node';
import { matshowFigure } from '../../renderers/matshow';
import { DARK_PAPER } from '../../renderers/page';
import { toHtml } from '../../src/notebook/html/page';
import { STYLE } from '../../src/notebook/html/style';
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

/** The contrast of two colours, 1 to 21, as WCAG 2.2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const digits = color.length === 4 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1);
    const [red, green, blue] = [0, 2, 4]
      .map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter! + 0.05) / (darker! + 0.05);
}

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
    // Vega, Vega-Lite, the interpreter, vega-embed, the start, the code's buttons, and what scrolls.
    assert.is(html.match(/<script>/g)!.length, 7);
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

  'formulas stand in HTML too, between spaces, in brackets and on lines that Markdown would read': () => {
    const formulas = (html: string) => html.match(/<math/g)?.length ?? 0;
    for (const [text, count] of [
      ['\\begin{bmatrix}\n1 & 2 \\\\\n- 3 & 4\n\\end{bmatrix}', 1],
      ['a \\\\( x \\\\) and \\\\[ y \\\\]', 2],
      ['a $ x^2 $ b', 1],
      ['a $ 5 and $ 6, $5_000 and $6', 0],
      ['<p>$x_1 &lt; 2$ and <code>$y$</code>, $5 or $6</p>', 1],
      ['| a |\n|--|\n| $x$ |', 1],
    ] as const)
      assert.is(formulas(page([markdown(text)])), count, text);
    for (const [latex, count] of [
      ['$x$ and $y$', 2],
      ['\\(x\\)', 1],
      ['a < b', 1],
    ] as const)
      assert.is(formulas(page([code('', display({ 'text/latex': latex }))])), count, latex);
    const html = page([code('', display({ 'text/html': '<td>$x_1$</td><pre>$y$</pre>' }))]);
    assert.is(formulas(html), 1);
    // A formula in an attribute would end it.
    const trap = page([markdown('<p><a title="> $\\mspace{1em}$ <">t</a></p>')]);
    assert.is(formulas(trap), 0);
  },

  'the title is the first heading, not a comment of code': () => {
    const title = (...texts: string[]) => /<title>(.*)<\/title>/.exec(page(texts.map(markdown)))![1];
    assert.is(title('```python\n# no title\n```', '# A **bold** `title` & $x$'), 'A bold title &amp; x');
    assert.is(title('Title\n====='), 'Title');
    assert.is(title('no heading'), 'test');
  },

  'formulas that do not end take no time': () => {
    const began = process.cpuUsage().user;
    for (const part of [
      '$$a\n',
      '$a',
      '\\begin{align}',
      '\\begin{align}\n',
      '$$$ ',
      '$`',
      '$ a',
      '\\\\(',
      '<b $',
    ]) {
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

  'pictures with other names, in attachments, in drawings and by URL are inlined': () => {
    const bytes = Buffer.from(PIXEL, 'base64');
    for (const name of ['100%.png', 'as%20it.png', 'no type', 'a#b.png', 'wrong.txt'])
      writeFileSync(join(folder, name), bytes);
    writeFileSync(
      join(folder, 'd.svg'),
      '<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    );
    const forms = [
      '![a](100%.png)',
      '![a](as%20it.png)',
      '![a](<no type>)',
      '![a](a#b.png)',
      '![a](wrong.txt)',
      '<img src="in a\\q.png">',
      `![a](${pathToFileURL(join(folder, 'p.png'))})`,
      `<img src="${join(folder, 'p.png')}">`,
      '<img srcset="p.png 1x, gone.png 2x">',
      '<picture><source srcset="gone.webp"><img src="p.png"></picture>',
      '<object data="p.png"></object>',
      '<image src="p.png">',
      '![a](attachment:a%20b.png)',
      '![a](attachment:lines.png)',
    ];
    const attachments = {
      'a b.png': { 'text/plain': 'x', 'image/png': PIXEL },
      'lines.png': { 'image/png': [`${PIXEL.slice(0, 20)}\n`, PIXEL.slice(20)] },
      'a.svg': { 'image/svg+xml': '<svg/>' },
    };
    for (const form of forms)
      assert.match(page([{ ...markdown(form), attachments }]), `src="data:image/png;base64,${PIXEL}"`, form);
    for (const form of [
      '![a](d.svg)',
      '![a](attachment:a.svg)',
      '![a](data:image/svg+xml;base64,PHN2Zy8+)',
    ]) {
      const [, base64] = /src="data:image\/svg\+xml;base64,([^"]*)"/.exec(
        page([{ ...markdown(form), attachments }]),
      )!;
      assert.match(Buffer.from(base64!, 'base64').toString(), '<svg', form);
    }
    const drawn = page([code('a', display({ 'text/html': '<p><svg width=9><circle r="1"/></svg> b</p>' }))]);
    const [, base64] = /<p><img alt="an SVG drawing" src="data:image\/svg\+xml;base64,([^"]*)" \/> b/.exec(
      drawn,
    )!;
    assert.is(
      Buffer.from(base64!, 'base64').toString(),
      '<svg xmlns="http://www.w3.org/2000/svg" width=9><circle r="1"/></svg>',
    );
    const began = process.cpuUsage().user;
    page([markdown(`a${'<svg '.repeat(100_000)}`), markdown(`a${'<svg><image '.repeat(50_000)}</svg>`)]);
    console.log(
      `150,000 beginnings of drawings take ${((process.cpuUsage().user - began) / 1e6).toFixed(1)} s`,
    );
  },

  'a page takes in pictures up to a limit, and no pipe, folder, link to elsewhere or other file': () => {
    const outside = mkdtempSync(join(tmpdir(), 'convlens-outside-'));
    writeFileSync(join(outside, 'o.png'), Buffer.from(PIXEL, 'base64'));
    symlinkSync(join(outside, 'o.png'), join(folder, 'link.png'));
    mkdirSync(join(folder, 'folder.png'), { recursive: true });
    writeFileSync(join(folder, 'text.png'), 'secret');
    const large = Buffer.concat([Buffer.from(PIXEL, 'base64'), Buffer.alloc(7e6)]);
    writeFileSync(join(folder, 'large.png'), large);
    writeFileSync(join(folder, 'larger.png'), Buffer.concat([large, Buffer.alloc(1e6)]));
    if (process.platform !== 'win32') {
      spawnSync('mkfifo', [join(folder, 'pipe.png')]);
      assert.match(page([markdown('![a](pipe.png)')]), 'it is no file');
    }
    for (const [name, why] of [
      ['link.png', "it lies outside of the notebook's folder"],
      [String(pathToFileURL(join(outside, 'o.png'))), "it lies outside of the notebook's folder"],
      ['folder.png', 'it is no file'],
      ['text.png', 'it is no picture that browsers show'],
      ['larger.png', 'it is larger than 8 MB'],
      ['data:text/html,x', 'its data are no picture'],
    ]) {
      const html = page([markdown(`![a](${name})`)]);
      assert.not.match(html, '<img');
      assert.match(html.replaceAll('&#39;', "'"), why!, name);
    }
    const html = page([markdown('![a](large.png)\n'.repeat(1000))]);
    assert.is(html.split('<img').length - 1, 9);
    assert.is(html.split('the pictures before it take 64 MB, the most of a page').length - 1, 991);
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
      ['<video src=x></video>', 'a video x'],
      ['<meter value=1></meter>', 'a gauge'],
      ['<svg><image href="a.png"/></svg>', 'an SVG drawing'],
      ['<embed src="a.pdf">', 'an object a.pdf'],
      ['<iframe src=x></iframe>', 'a frame x'],
      ['<script>1</script>', 'a script'],
      ['<form>a <button>b</button></form>', 'a button'],
    ] as const) {
      const main = page([markdown(source)]);
      assert.match(main.replaceAll('&quot;', '"'), `left out: ${words}`, source);
      assert.match(main, '<em class="left-out">');
    }
    assert.match(
      page([markdown('<div style="background: url(a.png)">b</div>')]),
      '<div class="without-background">b',
    );
    const shown = (data: Record<string, unknown>) => page([code('', display(data))]);
    assert.match(shown({ 'application/pdf': 'x' }), 'left out: an output of type application/pdf');
    assert.match(shown({ 'text/html': null, 'text/plain': 'words' }), '<pre class="text ">words</pre>');
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

  'each ink on its papers has the contrast of WCAG AA, in light, in the dark and in print': () => {
    const inks = new Map<string, string[]>([
      ['page', ['ink', 'soft', 'link', 'bad']],
      ['well', ['ink', 'soft', 'key', 'string', 'number']],
      ['bad-well', ['bad']],
    ]);
    const [light, dark, print] = [...STYLE.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, rules]) =>
      Object.fromEntries(
        [...rules!.matchAll(/--([\w-]+):\s*(#\w+)/g)].map(([, name, color]) => [name, color]),
      ),
    );
    assert.ok(light && dark && print);
    for (const theme of [light, { ...light, ...dark }, { ...light, ...print }]) {
      for (const [paper, names] of inks)
        for (const ink of names) {
          const ratio = contrast(theme[ink]!, theme[paper]!);
          assert.ok(ratio >= 4.5, `${ink} ${theme[ink]} on ${paper} ${theme[paper]}: ${ratio}`);
        }
    }
    // What figures write: on white, and in the dark on our pages and JupyterLab's two darkest layers.
    const spec = JSON.stringify(
      matshowFigure({ layer: 'a', shape: [1, 1, 1, 1], data: Float32Array.of(1) }).spec,
    );
    const written = [...spec.matchAll(/"name":"(?:ink|muted)","expr":"isDark \? '(#\w+)' : '(#\w+)'"/g)];
    assert.ok(written.length > 0);
    for (const [, inDark, inLight] of written) {
      assert.ok(contrast(inLight!, '#ffffff') >= 4.5, inLight);
      for (const paper of [DARK_PAPER, '#111111', '#212121'])
        assert.ok(contrast(inDark!, paper) >= 4.5, inDark);
    }
  },

  'a summary scrolls instead of wrapping': () => {
    const stream = (text: string) => page([code('', { output_type: 'stream', name: 'stdout', text })]);
    assert.match(stream('Model: "m"\n┏━━┓\n'), '<pre class="text table" style="--columns: 10">');
    assert.match(stream('plain\n'), '<pre class="text ">');
  },
});
