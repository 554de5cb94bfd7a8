import type { FeatureMap } from '../src/maps/activation';
import { encodeValues, precisionFor, spreadOut, toldValue } from './cell-values';
import { byRoom, ink, LEAST, PAIR, WIDE } from './theme';

/**
 * Vega signals that follow the pointer. Vega-Lite hands a param's `on` to Vega as it is, which its schema does not
 * mention; test/renderers/pointer.test.ts holds that for the versions that front ends use.
 */
interface Signal {
  name: string;
  value?: unknown;
  on: { events: string | object; update: string }[];
}

/** CSS pixels, or an expression of them. */
type Length = number | { expr: string };

/**
 * A signal that is an expression of the place under the pointer while it is over the marks of a view, and null elsewhere.
 *
 * @param name of the signal
 * @param marks the name of the view whose marks count, as its spec gives it
 * @param update a Vega expression
 */
export function overMarks(name: string, marks: string, update: string): Signal {
  return {
    name,
    value: null,
    on: [
      // A finger does not move before it touches; Vega knows the mark below it from `touchstart` only.
      {
        events: ['pointermove', 'pointerdown', 'touchstart']
          .map((type) => `@${marks}_marks:${type}`)
          .join(', '),
        update,
      },
      // What a finger has found stays when it lifts, which browsers tell as leaving.
      { events: `@${marks}_marks:pointerout[event.pointerType !== 'touch']`, update: 'null' },
    ],
  };
}

/** CSS pixels of a letter of what the pointer finds, on average, and of a line; and of the place and the value of a map. */
const LETTER = 7.2;
const LINE = 13;
const TOLD = 170;

/**
 * The end of a line of `N` letters at most in a text that is longer: between two parts, else between words, else anywhere.
 */
const BREAK = '(?=.{N}.)(?:(.{1,N}) · |(.{0,N}[ _/])|(.{N}))';

/**
 * An expression for a text with line breaks where it is wider than its room.
 *
 * @param text and room expressions, the room in CSS pixels
 * @param letter CSS pixels of a letter, on average
 */
export const wrapped = (text: string, room: string, letter = LETTER) =>
  `replace(${text}, regexp(join(split('${BREAK}', 'N'), floor(${room} / ${letter})), 'g'), '$1$2$3\\n')`;

/** How many lines a text has in this room, in CSS pixels. */
function linesIn(text: string, room: number): number {
  const pattern = new RegExp(BREAK.replaceAll('N', `${Math.floor(room / LETTER)}`), 'g');
  return text.replace(pattern, '$1$2$3\n').split('\n').length;
}

/**
 * What the pointer finds, below a map: one line, or as many as a narrow figure needs for the longest of these texts. It
 * keeps its place while it is empty.
 *
 * @param text an expression
 * @param below the map, in CSS pixels
 * @param long.texts the longest ones; none if all fit into the narrowest figure
 * @param long.most the most room that the figure has for them, in CSS pixels
 * @param long.isAbove whether further lines stand above the first instead of below it
 */
export function readout(
  text: string,
  { width, height }: { width: Length; height: Length },
  below = 14,
  {
    texts = [],
    most = WIDE,
    isAbove = false,
  }: { texts?: readonly string[]; most?: number; isAbove?: boolean } = {},
): object {
  const lines = [most, Math.min(most, PAIR), LEAST].map((room) =>
    Math.max(1, ...texts.map((text) => linesIn(text, room))),
  );
  // A space that cannot break has a height, so that nothing moves when the text appears.
  const shown = `(${text}) || '\u00a0'`;
  const more = byRoom(lines.map((count) => `${LINE * (count - 1)}`));
  const first = typeof height === 'number' ? `${height + below}` : `${height.expr} + ${below}`;
  const y = isAbove && more !== '0' ? `${first} - ${more}` : first;
  const mark = {
    type: 'text',
    text: { expr: shown },
    // A narrow map has its text below what stands beside it.
    x: typeof width === 'number' ? Math.max(width, TOLD) : { expr: `max(${width.expr}, ${TOLD})` },
    y: { expr: y },
    align: 'right',
    baseline: 'middle',
    fontSize: 11,
    fontWeight: 'bold',
    color: ink('ink'),
  };
  const data = { values: [{}] };
  if (lines[2] === 1) return { data, mark };
  return {
    data,
    layer: [
      { mark: { ...mark, text: { expr: wrapped(shown, `min(room, ${most})`) }, lineBreak: '\n' } },
      // Lines that a text does not need keep their place, too.
      {
        mark: {
          type: 'rect',
          opacity: 0,
          x: 0,
          x2: 1,
          y: mark.y,
          y2: { expr: `${y} + ${more} + ${Math.floor(LINE / 2)}` },
        },
      },
    ],
  };
}

/** A rectangle that is not seen, and has the pointer. @param name by which `overMarks` knows it */
export function target(name: string, { width, height }: { width: Length; height: Length }): object {
  return {
    name,
    data: { values: [{}] },
    mark: { type: 'rect', opacity: 0, x: 0, y: 0, x2: width, y2: height },
  };
}

/**
 * A map's values for the pointer: params that hold them, and an expression for the line that tells one, such as
 * "13, 15 → 0.4389". Maps with too many values for a spec tell row and column only.
 *
 * @param spot the signal with the pointer's place as shares of the height and the width, [0..1, 0..1], or null
 * @param name distinguishes the params of several maps
 */
export function valuesAt(
  map: FeatureMap,
  summary: { min: number; max: number },
  spot: string,
  name = '',
): { params: object[]; text: string; complete: boolean } {
  const precision = precisionFor([map.data]);
  const cell = (axis: 0 | 1, cells: number) => `clamp(floor(${spot}[${axis}] * ${cells}), 0, ${cells - 1})`;
  const index = `cell${name}`;
  const params = [
    { name: index, expr: `${spot} ? ${cell(0, map.height)} * ${map.width} + ${cell(1, map.width)} : 0` },
  ];
  const place = `floor(${index} / ${map.width}) + ', ' + ${index} % ${map.width}`;
  if (!precision) return { params, text: `${spot} ? ${place} : ''`, complete: false };
  const { letters, key } = encodeValues(map.data, summary, precision);
  const value = toldValue(name, `cells${name}`, index, [`(${key[0]})`, `(${key[1]})`], precision);
  return {
    params: [
      ...params,
      { name: `letters${name}`, value: letters },
      { name: `cells${name}`, expr: spreadOut(`letters${name}`, precision) },
      ...value.params,
    ],
    text: `${spot} ? ${place} + ' → ' + ${value.text} : ''`,
    complete: true,
  };
}

/** An expression for the pointer's place in the marks under it, as shares of their height and width. */
export const spotIn = ({ width, height }: { width: number | string; height: number | string }) =>
  `[y(group()) / ${height}, x(group()) / ${width}]`;
