import { ONE } from './picture-panel';
import { ink, inRoom } from './theme';

/** A row: its name, its bar, and its number in words. */
export interface BarRow {
  name: string;
  words: string;
  /** The ends of the bar as shares of the track, 0..1; none where the number is not finite. */
  from: number;
  to: number | null;
  isNegative: boolean;
  /** What the pointer is told of it, in a line; nothing where the row says all. */
  told?: string;
}

/** CSS pixels of a number to the right of its bar, at least; of one of its letters; and the least track beside a name. */
const NUMBER = 76;
const DIGIT = 8;
const LEAST = 140;

/** CSS pixels of a letter of a name, on average. */
const LETTER = { large: 8.5, small: 7.4 };

/** CSS pixels of the numbers of these rows. */
const numberOf = (rows: readonly { words: string }[]) =>
  Math.max(NUMBER, ...rows.map(({ words }) => 12 + Math.ceil(DIGIT * words.length)));

/** Sizes in CSS pixels of few rows, and of many. */
const SIZES = {
  large: { pitch: 28, narrow: 42, bar: 14, fontSize: 13, fontWeight: 'bold' },
  small: { pitch: 22, narrow: 38, bar: 12, fontSize: 12, fontWeight: 'normal' },
} as const;

/** A bar is blue from zero up, violet from zero down. */
export const barColor = { condition: { test: 'datum.isNegative', value: '#8250df' }, value: '#0969da' };

/** The width of rows with names and tracks of these widths, in CSS pixels; and the least where they stay beside each other. */
export const widthOfRows = (rows: readonly { words: string }[], names: number, track: number) =>
  names + track + numberOf(rows);
export const leastWidthOfRows = (rows: readonly { words: string }[], names: number) =>
  widthOfRows(rows, names, LEAST);

/**
 * One row for each number: its name, its bar on a track, the number. Where there is little room, a row has two lines, name
 * and number over the bar.
 *
 * @param options.names the width of the names in CSS pixels
 * @param options.track the width of the track where there is room for it, in CSS pixels
 * @param options.size of the rows
 * @param options.room an expression for the room for the rows
 * @returns params, and the view
 */
export function barRows(
  rows: readonly BarRow[],
  {
    names,
    track,
    size,
    room = 'room',
  }: { names: number; track: number; size: keyof typeof SIZES; room?: string },
): { params: object[]; view: object } {
  const { pitch, narrow, bar, ...font } = SIZES[size];
  const number = numberOf(rows);
  const isLong = Math.max(...rows.map(({ name }) => name.length)) * LETTER[size] > names - 14;
  const values = rows.map((row, at) => ({ ...row, at }));
  const middle = '(datum.at + 0.5) * barPitch';
  const isTold = rows.some((row) => row.told !== undefined);
  const told = isTold ? { tooltip: { field: 'told', type: 'nominal' } } : {};
  const barAt = (from: string, to: string, more: object) => ({
    mark: {
      type: 'rect',
      cornerRadius: 2,
      x: { expr: from },
      x2: { expr: to },
      y: { expr: `${middle} + barShift - ${bar / 2}` },
      y2: { expr: `${middle} + barShift + ${bar / 2}` },
      ...more,
    },
  });
  const text = (field: string, x: string, limit: string, more: object) => ({
    mark: {
      type: 'text',
      baseline: 'middle',
      fontSize: font.fontSize,
      color: ink('ink'),
      x: { expr: x },
      y: { expr: `${middle} - barShift` },
      limit: { expr: limit },
      ...(field === 'name' && isLong && { text: { expr: inRoom('datum.name', limit, LETTER[size]) } }),
      ...more,
    },
    encoding: {
      ...(field === 'name' && isLong ? {} : { text: { field, type: 'nominal' } }),
      ...told,
    },
  });
  const share = (field: string) => `barStart + datum.${field} * (barEnd - barStart)`;
  return {
    params: [
      { name: 'isTwoLines', expr: `${room} < ${leastWidthOfRows(rows, names)}` },
      { name: 'barStart', expr: `isTwoLines ? 0 : ${names}` },
      { name: 'barEnd', expr: `isTwoLines ? ${room} : min(${names + track}, ${room} - ${number})` },
      { name: 'barPitch', expr: `isTwoLines ? ${narrow} : ${pitch}` },
      { name: 'barShift', expr: `isTwoLines ? 9 : 0` },
      { name: 'numberEnd', expr: `isTwoLines ? barEnd : barEnd + ${number}` },
    ],
    view: {
      // Its marks have its size.
      width: 1,
      height: 1,
      layer: [
        {
          data: ONE,
          mark: { type: 'rect', opacity: 0, x: 0, x2: 1, y: 0, y2: { expr: `${rows.length} * barPitch` } },
        },
        {
          data: { values },
          layer: [
            text(
              'name',
              'isTwoLines ? 0 : barStart - 12',
              `isTwoLines ? barEnd - ${number} : barStart - 14`,
              {
                align: { expr: "isTwoLines ? 'left' : 'right'" },
                fontWeight: font.fontWeight,
              },
            ),
            { ...barAt('barStart', 'barEnd', { color: ink('track') }), encoding: told },
            {
              transform: [{ filter: 'isValid(datum.to)' }],
              ...barAt(share('from'), share('to'), {}),
              encoding: { color: barColor, ...told },
            },
            text('words', 'numberEnd', `${number}`, { align: 'right' }),
          ],
        },
      ],
    },
  };
}
