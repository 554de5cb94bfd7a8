import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The paper of pages in the dark. */
export const DARK_PAPER = '#14171a';

/** How every page shows figures and their controls. */
export const FIGURE_STYLE = `.figure .live { display: block; }
.live canvas { display: block; max-width: 100%; height: auto !important; }
.vega-bindings { margin-top: 0.5rem; font-size: 0.9rem; }
.vega-bindings:empty { display: none; }
.vega-bind label { display: flex; gap: 0.75rem; align-items: center; max-width: 30rem; }
.vega-bind-name { flex: 0 0 4rem; }
.vega-bind input[type=range] { flex: 1 1 auto; min-width: 0; min-height: 2rem; }
.vega-bind input[type=number] { flex: 0 0 4.5rem; box-sizing: border-box; width: 4.5rem; font: inherit; padding: 0.15rem 0.4rem; }
.vega-bind select { font: inherit; padding: 0.25rem 0.4rem; flex: 1 1 auto; min-width: 0; }`;

/**
 * The script that draws the interactive figures of a page. It runs in the browser, so it is text here.
 * Vega's expressions are interpreted, not compiled, so that the page needs no `unsafe-eval`; nothing is
 * loaded but data: URLs; `usermeta` is dropped, since vega-embed reads options from it.
 *
 * Paper and ink follow the reader's theme. On a narrow screen panels stack, and a figure that is still too wide is shown
 * smaller; Vega reads the pointer in its own pixels, so events are scaled for it. A tap is a click. Each slider gets a box for its number,
 * and the channel's box a slider, which a finger can move, in place of the drawn one; both end where the layer ends.
 */
const START = `
const theme = matchMedia('(prefers-color-scheme: dark)');
const ink = '#c9d1d9';
const dark = {
  background: '${DARK_PAPER}',
  axis: { labelColor: ink, titleColor: ink, tickColor: '#6e7681', domainColor: '#6e7681', gridColor: '#30363d' },
  legend: { labelColor: ink, titleColor: ink },
  title: { color: ink, subtitleColor: ink },
};
const FULL = 800;
const sum = (element, names) => names.reduce((all, name) => all + (parseFloat(getComputedStyle(element)[name]) || 0), 0);
const output = (figure) => {
  const around = figure.parentElement;
  const inside = sum(figure, ['paddingLeft', 'paddingRight', 'borderLeftWidth', 'borderRightWidth']);
  const width = around.clientWidth - sum(around, ['paddingLeft', 'paddingRight']) - inside;
  // A figure has its full width where it just fits: the edges of its marks take none of it.
  return [width >= FULL ? width + 2 : Math.max(0, width), innerWidth];
};
const inPage = (spec, figure) => {
  if (!Array.isArray(spec?.params)) return spec;
  const own = { hasSlider: false, ...(figure.clientWidth ? { output: output(figure) } : {}) };
  const params = spec.params.filter((param) => param?.name !== 'filler');
  return { ...spec, params: params.map((param) => (Object.hasOwn(own, param?.name) ? { name: param.name, value: own[param.name] } : param)) };
};
const follows = (figure, view) => {
  addEventListener('resize', () => {
    if (!figure.isConnected || !figure.clientWidth) return;
    try {
      view.signal('output', output(figure)).runAsync();
    } catch {}
  });
};
const loader = vega.loader();
const refuse = (uri) => Promise.reject(new Error('this page loads nothing: ' + String(uri).slice(0, 80)));
loader.sanitize = (uri, options) =>
  /^data:image\\/(png|jpeg|gif|webp);/.test(uri) && options?.context === 'image'
    ? Promise.resolve({ href: uri })
    : refuse(uri);
loader.load = refuse;
loader.http = refuse;
loader.file = refuse;
const pairs = (live, view) => {
  for (const given of live.querySelectorAll('input[type=range], input[type=number]')) {
    const isRange = given.type === 'range';
    const added = document.createElement('input');
    added.type = isRange ? 'number' : 'range';
    for (const name of ['min', 'max', 'step', 'value']) added[name] = given[name];
    for (const input of [given, added]) input.setAttribute('aria-label', given.name);
    added.addEventListener('input', () => {
      if (added.value === '' || !added.checkValidity()) return;
      given.value = added.value;
      given.dispatchEvent(new Event('input', { bubbles: true }));
    });
    view.addSignalListener(given.name, (name, value) => (added.value = value));
    if (isRange) given.nextElementSibling?.remove();
    given[isRange ? 'after' : 'before'](added);
    if (given.name !== 'channel') continue;
    const end = (name, last) => {
      for (const input of [given, added]) input.max = last;
      added.value = view.signal('shown');
    };
    try {
      end('last', view.signal('last'));
      view.addSignalListener('last', end);
    } catch {}
  }
};
const scaled = (event) => {
  const canvas = event.target;
  if (!(canvas instanceof HTMLCanvasElement)) return;
  const box = canvas.getBoundingClientRect();
  // Vega gives the canvas a style where the screen has several pixels a CSS pixel.
  const ratio = (parseFloat(canvas.style.width) || canvas.width) / box.width;
  if (!(ratio > 1.001)) return;
  Object.defineProperty(event, 'clientX', { value: box.left + (event.clientX - box.left) * ratio });
  Object.defineProperty(event, 'clientY', { value: box.top + (event.clientY - box.top) * ratio });
};
// Vega knows the mark below a pointer from its moves, of which a finger has none.
let isFinger = false;
const moved = (event) => {
  if (event.type === 'pointerdown') isFinger = event.pointerType === 'touch';
  if (!isFinger || !(event.target instanceof HTMLCanvasElement)) return;
  const { clientX, clientY } = event;
  event.target.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, pointerType: 'touch', clientX, clientY }));
};
// What a finger does is told by the events of a pointer, in the canvas's own pixels; Vega's own way would do it twice.
const untouched = (event) => {
  if (event.target instanceof HTMLCanvasElement) event.stopPropagation();
};
const undrawn = (figure, error) => {
  console.warn('a figure stays a picture:', error.message);
  if (figure.querySelector('.still, .left-out')) return;
  const note = document.createElement('em');
  note.className = 'left-out';
  note.textContent = '(left out: a figure that cannot be drawn: ' + error.message + ')';
  figure.append(note);
};
const draw = (figure) => {
  const given = JSON.parse(figure.querySelector('script').textContent);
  delete given.usermeta;
  const live = figure.querySelector('.live');
  const isVegaLite = figure.dataset.mode === 'vega-lite';
  const spec = isVegaLite ? inPage(given, figure) : given;
  vegaEmbed(live, spec, {
    mode: figure.dataset.mode,
    actions: false,
    ast: true,
    expr: vega.expressionInterpreter,
    loader,
    renderer: 'canvas',
    config: theme.matches ? dark : {},
  }).then(
    ({ view }) => {
      pairs(live, view);
      if (isVegaLite) follows(figure, view);
      figure.classList.add('alive');
    },
    (error) => undrawn(figure, error),
  );
};
const bring = (figure) => {
  const live = figure.querySelector('.live');
  for (const type of ['touchstart', 'touchend']) live.addEventListener(type, untouched, { capture: true, passive: true });
  for (const type of ['pointerdown', 'click']) live.addEventListener(type, moved, { capture: true, passive: true });
  for (const type of ['pointermove', 'pointerdown', 'pointerup', 'pointerover', 'pointerout', 'click', 'dblclick', 'wheel', 'mousemove'])
    live.addEventListener(type, scaled, { capture: true, passive: true });
  try {
    draw(figure);
    theme.addEventListener('change', () => figure.isConnected && draw(figure));
  } catch (error) {
    undrawn(figure, error);
  }
};
// A page that runs brings more of them.
document.addEventListener('convlens-figure', ({ target }) => bring(target));
for (const figure of document.querySelectorAll('.figure[data-mode]')) bring(figure);`;

function library(name: string, file: string): string {
  const source = readFileSync(join(dirname(require.resolve(name)), file), 'utf8');
  return inScript(source).replace(/\/\/# sourceMappingURL.*/g, '');
}

/** A script as it may stand in an element, which its end or a comment's start would leave. */
export function inScript(source: string): string {
  // Inside a string literal the escaped forms mean the same.
  return source.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--');
}

/** JSON as it may stand in a script element: "<" is escaped so that the element cannot be left. */
export const jsonInScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** What a page may use, as its Content-Security-Policy names the sources. */
interface Sources {
  img: string;
  /** Default: any style in the document itself. */
  style?: string;
  script: string;
  /** Default: none. */
  worker?: string;
}

/**
 * A document that reaches nothing but the sources it names.
 *
 * @param parts.title and parts.body as HTML
 * @param parts.scripts as `inScript` gives them, in the order in which they run
 */
export function strictDocument({
  title,
  style,
  body,
  scripts,
  sources,
}: {
  title: string;
  style: string;
  body: string;
  scripts: readonly string[];
  sources: Sources;
}): string {
  const policy = [
    "default-src 'none'",
    `img-src ${sources.img}`,
    `style-src ${sources.style ?? "'unsafe-inline'"}`,
    `script-src ${sources.script}`,
    ...(sources.worker ? [`worker-src ${sources.worker}`] : []),
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
${body}
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

/**
 * A page that loads nothing from elsewhere: a document around a body with interactive figures.
 *
 * @param parts.title and parts.body as HTML
 * @param parts.scripts of the page itself, which run after those of the figures
 */
export function livePage({
  title,
  style,
  body,
  scripts: more = [],
}: {
  title: string;
  style: string;
  body: string;
  scripts?: readonly string[];
}): string {
  const scripts = [...(body.includes('data-mode=') ? liveScripts() : []), ...more];
  return strictDocument({
    title,
    style,
    body: `<main>\n${body}\n</main>`,
    scripts,
    sources: { img: 'data:', script: scripts.map(cspHash).join(' ') || "'none'" },
  });
}

/** A figure in such a page: interactive, or the picture `still` if scripts do not run, and in print. */
export function liveFigure(spec: unknown, mode: 'vega' | 'vega-lite', still: string): string {
  return `<div class="figure" data-mode="${mode}"><script type="application/json">${jsonInScript(spec)}</script><div class="live"></div>${still}</div>`;
}

/** The scripts of a page with interactive figures, in order: the published libraries, then ours. */
export function liveScripts(): string[] {
  return [
    library('vega', 'vega.min.js'),
    library('vega-lite', 'vega-lite.min.js'),
    library('vega-interpreter', 'vega-interpreter.min.js'),
    library('vega-embed', 'vega-embed.min.js'),
    START,
  ];
}

/** The hash by which a Content-Security-Policy allows exactly this script or style. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
