import { extname } from 'node:path';
import { checkKinds } from '../src/checks/check-kinds';
import { valueName } from '../src/checks/value-name';
import { FigureError } from '../src/errors';
import { writeWhole } from '../src/files/whole-file';
import { DARK_PAPER, escapeHtml, FIGURE_STYLE, liveFigure, livePage as pageOf } from './page';
import { dataUrl } from './picture';
import { type Drawn, livePageMaker, type SaveOptions } from './platform';
import { specPng, specSvg } from './png/draw';

const FORMS: Record<string, (figure: Drawn, scale: number) => Uint8Array | string | Promise<string>> = {
  '.png': (figure, scale) => (scale === 1 ? figure.png : specPng(figure.drawing, scale, 'all')),
  '.svg': async (figure) => named(await specSvg(figure.drawing), figure.text),
  '.json': (figure) => `${JSON.stringify(figure.spec, null, 1)}\n`,
  '.html': (figure) => htmlOf(figure),
};

/** An SVG with the figure's text as its name, for screen readers. */
const named = (svg: string, text: string) =>
  svg.replace(/^<svg /, () => `<svg role="img" aria-label="${escapeHtml(text)}" `);

/**
 * Writes a figure into a file, in the form its name ends with: .png, .svg, .json (the Vega-Lite spec) or .html
 * (a self-contained page). The file is written whole or not at all.
 *
 * @throws {TypeError} for an unknown option, or a live page of a figure without a model
 * @throws {RangeError} for another ending, a scale beyond its range, or a live page above `maxBytes`
 * @throws {FigureError} when the folder is missing or cannot be written to, or the disk is full
 */
export async function saveFigure(figure: Drawn, path: string, options: SaveOptions = {}): Promise<void> {
  if (typeof path !== 'string') {
    throw new TypeError(
      `Cannot save the figure: the path is ${valueName(path)}. Give a path, such as 'map.png'.`,
    );
  }
  checkKinds(`save ${path}`, options, SAVE_OPTIONS);
  const { scale = 1, live = false } = options;
  const form = FORMS[extname(path).toLowerCase()];
  if (!form) {
    throw new RangeError(`Cannot save ${path}: the name must end with ${Object.keys(FORMS).join(', ')}.`);
  }
  if (!(scale >= 0.1 && scale <= 10)) {
    throw new RangeError(`Cannot save ${path}: scale is ${scale}. Choose from 0.1 to 10.`);
  }
  if (live && form !== FORMS['.html']) {
    throw new RangeError(`Cannot save ${path} as a live page: the name must end with .html.`);
  }
  const contents = live ? await livePage(figure, path, options) : await form(figure, scale);
  writeWhole(path, contents, FigureError);
}

const SAVE_OPTIONS = { scale: 'number', live: 'boolean', maxBytes: 'number', bits: 'number' } as const;

function livePage(figure: Drawn, path: string, options: SaveOptions): Promise<string> {
  const make = livePageMaker();
  if (!figure.live || !make) {
    throw new TypeError(
      `Cannot save ${path} as a live page: it needs the model and its picture. Use exploreFigure(activations, { model, picture }).`,
    );
  }
  return make(figure, path, options);
}

/** The look of the page: one figure, the system's font for its controls, and the reader's theme. */
const STYLE = `:root { color-scheme: light dark; }
body { margin: 1rem; background: #fff; color: #1b1f24; font: 15px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { body { background: ${DARK_PAPER}; color: #e4e7eb; } }
.figure .live { display: none; } .figure.alive .live { display: block; } .figure.alive .still { display: none; }
.still { max-width: 100%; height: auto; background: #fff; }
${FIGURE_STYLE}
@media print { .figure.alive .live { display: none; } .figure.alive .still { display: block; max-width: 100%; } }`;

function htmlOf(figure: Drawn): string {
  const [title] = figure.text.split(/[\n;]/);
  const still = `<img class="still" alt="${escapeHtml(figure.text)}" src="${dataUrl(figure.png)}">`;
  return pageOf({
    title: escapeHtml(title!),
    style: STYLE,
    body: liveFigure(figure.spec, 'vega-lite', still),
  });
}
