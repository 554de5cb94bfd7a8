import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The script that brings a page's figures to life. It runs in the browser, so it is text here.
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

/** The scripts of a page with live figures, in order: the libraries as they are published, then ours. */
export function liveScripts(): string[] {
  const libraries = [
    ['vega', 'vega.min.js'],
    ['vega-lite', 'vega-lite.min.js'],
    ['vega-interpreter', 'vega-interpreter.min.js'],
    ['vega-embed', 'vega-embed.min.js'],
  ].map(([name, file]) => {
    const source = readFileSync(join(dirname(require.resolve(name)), file), 'utf8');
    // Neither may stand in a script element; inside a string literal both mean the same.
    return source
      .replace(/<\/script/gi, '<\\/script')
      .replace(/<!--/g, '<\\!--')
      .replace(/\/\/# sourceMappingURL.*/g, '');
  });
  return [...libraries, START];
}

/** What a Content-Security-Policy calls exactly this script. */
export function scriptHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
