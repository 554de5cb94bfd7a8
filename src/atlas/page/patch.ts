import { type Ends, patchRegion } from '../../maps/patch-region';
import type { SiteLayer } from '../output/site-data';
import { head } from './data';
import { element } from './element';

/** From this enlargement on pixels stay squares. */
const SQUARES = 2;

/** The rows and columns of the picture that a position of a layer sees. */
export function fieldOf(layer: SiteLayer, position: number): { rows: Ends; columns: Ends } {
  const [row, column] = [Math.floor(position / layer.width), position % layer.width];
  const at = (ends: number[], i: number): Ends => [ends[2 * i]!, ends[2 * i + 1]!];
  return { rows: at(layer.rows, row), columns: at(layer.columns, column) };
}

/**
 * The part of a picture that a position sees, filling a square.
 *
 * @param side about how many CSS pixels the square has
 * @param whole the whole picture instead, with the part framed
 */
export function patch(
  layer: SiteLayer,
  picture: number,
  position: number,
  side: number,
  { whole = false, frame = false } = {},
): HTMLElement {
  const [height, width] = head.size;
  const field = fieldOf(layer, position);
  const { rows, columns } = whole
    ? { rows: [0, height] as const, columns: [0, width] as const }
    : patchRegion(field.rows, field.columns, head.size);
  const longer = Math.max(rows[1] - rows[0], columns[1] - columns[0]);
  // A part that is not square stands in the middle. All in percent of the square, which may have any size.
  const percent = (pixels: number) => `${(100 * pixels) / longer}%`;
  const left = (longer - (columns[1] - columns[0])) / 2 - columns[0];
  const top = (longer - (rows[1] - rows[0])) / 2 - rows[0];
  const place = (made: HTMLElement, [from, to]: Ends, [first, last]: Ends) =>
    Object.assign(made.style, {
      left: percent(left + first),
      top: percent(top + from),
      width: percent(last - first),
      height: percent(to - from),
    });
  const img = element('img', {
    src: `pictures/${picture}.${head.ending}`,
    alt: '',
    loading: 'lazy',
    decoding: 'async',
  });
  place(img, [0, height], [0, width]);
  const isPart = (part: Ends, all: Ends) => part[1] - part[0] < all[1] - all[0];
  const box =
    (frame || whole) && (isPart(field.rows, rows) || isPart(field.columns, columns)) && element('i');
  if (box) place(box, field.rows, field.columns);
  return element('div', { class: side / longer >= SQUARES ? 'patch enlarged' : 'patch' }, img, box);
}
