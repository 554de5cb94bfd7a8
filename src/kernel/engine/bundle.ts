import { inspect } from 'node:util';
import { htmlTable, type TableCell } from '../../cell/html-table';
import { isActivation } from '../../checks/value-name';
import type { Content, MimeBundle } from '../../jupyter/wire';
import type { Activation } from '../../maps/activation';
import type { Picture } from '../../pictures/pixels';
import { plainBundle } from './plain-bundle';

const DISPLAY = Symbol.for('Jupyter.display');
const ROWS = 100;

/**
 * How the notebook shows a value: in its own form, as a picture, as a table of records, or as text. What draws pictures is
 * loaded when there is one.
 */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  // Figures and pictures also have metadata, which `Jupyter.display` cannot return.
  if (isFigure(value)) return plainBundle(value.bundle());
  if (isPicture(value)) {
    const { pictureBundle }: typeof import('../../cell/show') = require('../../cell/show');
    return pictureBundle(value).bundle() as MimeBundle;
  }
  const own = value as { [DISPLAY]?: () => unknown } | null | undefined;
  if (typeof own?.[DISPLAY] === 'function') {
    const data = await own[DISPLAY]();
    if (data && typeof data === 'object') return plainBundle({ data });
  }
  const ofActivations = activationsIn(value);
  if (ofActivations) return plainBundle({ data: ofActivations });
  const plain = inspect(value, { colors: false });
  if (Array.isArray(value) && value.length > 0 && value.length <= ROWS) {
    if (
      every(value, (item) => typeof (item as { [DISPLAY]?: unknown } | undefined)?.[DISPLAY] === 'function')
    )
      return plainBundle({ data: await listOf(value) });
  }
  const columns = columnsOf(value);
  if (!columns) return plainBundle({ data: { 'text/plain': plain } });
  return plainBundle({ data: { 'text/html': table(value as Content[], columns), 'text/plain': plain } });
}

/** A copy of an activation, and a part of what `predict` returns, are without its method. */
function activationsIn(value: unknown): Content | undefined {
  const isOne = isActivation(value);
  // A list may be of billions of holes.
  const isList = Array.isArray(value) && isActivation(value[0]) && every(value, isActivation);
  if (!isOne && !isList) return undefined;
  const faces: typeof import('../../cell/activation-face') = require('../../cell/activation-face');
  return isOne ? faces.activationFace(value as Activation) : faces.activationsFace(value as Activation[]);
}

/** The values of an array that have forms of their own: their pictures and texts, one below the other. */
async function listOf(values: { [DISPLAY](): unknown }[]): Promise<Content> {
  const items = await Promise.all(values.map((value) => value[DISPLAY]() as Promise<Content>));
  const texts = items.map((item, i) => String(item?.['text/plain'] ?? inspect(values[i])));
  const text = texts.map((line, i) => `${i}  ${line}`).join('\n');
  const pngs = items.map((item) => String(item?.['image/png'] ?? ''));
  if (!pngs.some(isBase64)) return { 'text/plain': text };
  const rows = pngs.map((png, i): TableCell[] => [
    i,
    isBase64(png) ? { html: `<img src="data:image/png;base64,${png}" alt="">` } : '',
    texts[i]!,
  ]);
  return { 'text/html': htmlTable(['', '', ''], rows), 'text/plain': text };
}

const isBase64 = (text: string) => /^[\w+/=]+$/.test(text);

/** An array may have a method `every` of its own, or none. It has no holes where all pass. */
const every = (values: readonly unknown[], passes: (value: unknown) => boolean): boolean => {
  for (let i = 0; i < values.length; i++) if (!passes(values[i])) return false;
  return true;
};

/** Other objects may have a method of that name for other purposes. */
function isFigure(value: unknown): value is { bundle(): MimeBundle } {
  const { bundle, save, spec } = (value ?? {}) as { bundle?: unknown; save?: unknown; spec?: unknown };
  return typeof bundle === 'function' && typeof save === 'function' && typeof spec === 'object';
}

function isPicture(value: unknown): value is Picture {
  const { height, width, channels, data } = (value ?? {}) as Partial<Picture>;
  if (![height, width, channels].every((one) => typeof one === 'number')) return false;
  const size = height! * width! * channels!;
  return data instanceof Uint8Array && size > 0 && data.length === size;
}

/** The columns of an array of records: plain objects of numbers, strings, booleans, dates and nothing. */
function columnsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > 1e6) return undefined;
  if (typeof value[Symbol.iterator] !== 'function') return undefined;
  const columns = new Set<string>();
  for (const row of value) {
    if (typeof row !== 'object' || row === null) return undefined;
    const prototype = Object.getPrototypeOf(row);
    if (prototype !== Object.prototype && prototype !== null) return undefined;
    for (const [name, cell] of Object.entries(row)) {
      if (typeof cell === 'function' || (typeof cell === 'object' && cell && !(cell instanceof Date)))
        return undefined;
      columns.add(name);
    }
    if (columns.size > 40) return undefined;
  }
  return columns.size ? [...columns] : undefined;
}

function table(rows: Content[], columns: string[]): string {
  const cells = rows.slice(0, ROWS).map((row) => columns.map((name) => cellOf(row[name])));
  const rest =
    rows.length > ROWS ? `<p>${rows.length - ROWS} more of ${rows.length} rows are not shown.</p>` : '';
  return htmlTable(columns, cells) + rest;
}

function cellOf(cell: unknown): TableCell {
  if (cell === undefined || cell === null) return '';
  return typeof cell === 'number' ? cell : cell instanceof Date ? dateText(cell) : String(cell);
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString();
}
