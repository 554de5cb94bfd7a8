import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The script that draws the interactive figures of a page. It runs in the browser, so it is text here.
 * Vega's expressions are interpreted, not compiled, so that the page needs no `unsafe-eval`; nothing is
 * loaded but data: URLs; `usermeta` is dropped, since vega-embed reads options from it.
 */
const START = `
for (const figure of document.querySelectorAll('.figure[data-mode]')) {
  const spec = JSON.parse(figure.querySelector('script').textContent);
  delete spec.usermeta;
  const loader = vega.loader();
  const refuse = (uri) => Promise.reject(new Error('this page loads nothing: ' + String(uri).slice(0, 80)));
  loader.sanitize = (uri, options) =>
    /^data:image\\/(png|jpeg|gif|webp);/.test(uri) && options?.context === 'image'
      ? Promise.resolve({ href: uri })
      : refuse(uri);
  loader.load = refuse;
  loader.http = refuse;
  loader.file = refuse;
  vegaEmbed(figure.querySelector('.live'), spec, {
    mode: figure.dataset.mode,
    actions: false,
    ast: true,
    expr: vega.expressionInterpreter,
    loader,
    renderer: 'canvas',
  }).then(
    () => figure.classList.add('alive'),
    (error) => console.warn('a figure stays a picture:', error.message),
  );
}`;

function library(name: string, file: string): string {
  const source = readFileSync(join(dirname(require.resolve(name)), file), 'utf8');
  // A script element may contain neither; inside a string literal the escaped forms mean the same.
  return source
    .replace(/<\/script/gi, '<\\/script')
    .replace(/<!--/g, '<\\!--')
    .replace(/\/\/# sourceMappingURL.*/g, '');
}

/**
 * A page that loads nothing from elsewhere: a document around a body with interactive figures.
 *
 * @param parts.title and parts.body as HTML
 */
export function livePage({ title, style, body }: { title: string; style: string; body: string }): string {
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
<title>${title}</title>
<style>${style}</style>
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

/** A figure in such a page: interactive, or the picture `still` if scripts do not run, and in print. */
export function liveFigure(spec: unknown, mode: 'vega' | 'vega-lite', still: string): string {
  // JSON in a script element of a type that is not run; "<" is escaped so that it cannot be left.
  const json = JSON.stringify(spec).replaceAll('<', '\\u003c');
  return `<div class="figure" data-mode="${mode}"><script type="application/json">${json}</script><div class="live"></div>${still}</div>`;
}

/** The scripts of a page with interactive figures, in order: the published libraries, then ours. */
function liveScripts(): string[] {
  return [
    library('vega', 'vega.min.js'),
    library('vega-lite', 'vega-lite.min.js'),
    library('vega-interpreter', 'vega-interpreter.min.js'),
    library('vega-embed', 'vega-embed.min.js'),
    START,
  ];
}

/** The hash by which a Content-Security-Policy allows exactly this script. */
function scriptHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
