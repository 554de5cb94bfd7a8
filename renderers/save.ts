import { extname } from 'node:path';
import { FigureError } from '../src/errors';
import { writeWhole } from '../src/files/whole-file';
import { DARK_PAPER, escapeHtml, FIGURE_STYLE, liveFigure, livePage } from './page';
import { dataUrl } from './picture';
import type { Drawn } from './platform';
import { specPng, specSvg } from './png/draw';

export interface SaveOptions {
  /** Pixels of a PNG per CSS pixel, 0.1 to 10. Default 1. */
  scale?: number;
}

const FORMS: Record<string, (figure: Drawn, scale: number) => Uint8Array | string | Promise<string>> = {
  '.png': (figure, scale) => (scale === 1 ? figure.png : specPng(figure.spec, scale, 'all')),
  '.svg': (figure) => specSvg(figure.spec),
  '.json': (figure) => `${JSON.stringify(figure.spec, null, 1)}\n`,
  '.html': (figure) => htmlOf(figure),
};

/**
 * Writes a figure into a file, in the form its name ends with: .png, .svg, .json (the Vega-Lite spec) or .html
 * (a self-contained page). The file is written whole or not at all.
 *
 * @throws {RangeError} for another ending, or a scale beyond its range
 * @throws {FigureError} when the folder is missing or cannot be written to, or the disk is full
 */
export async function saveFigure(
  figure: Drawn,
  path: string,
  { scale = 1 }: SaveOptions = {},
): Promise<void> {
  const form = FORMS[extname(path).toLowerCase()];
  if (!form) {
    throw new RangeError(`Cannot save ${path}: the name must end with ${Object.keys(FORMS).join(', ')}.`);
  }
  if (!(scale >= 0.1 && scale <= 10)) {
    throw new RangeError(`Cannot save ${path}: scale is ${scale}. Choose from 0.1 to 10.`);
  }
  writeWhole(path, await form(figure, scale), FigureError);
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
  return livePage({
    title: escapeHtml(title!),
    style: STYLE,
    body: liveFigure(figure.spec, 'vega-lite', still),
  });
}
