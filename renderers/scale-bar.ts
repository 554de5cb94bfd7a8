import { powerText } from './cell-values';
import { type ColormapName, colormap } from './colormap';
import { dataUrl, imageAtCorner } from './picture';
import { rasterPng } from './png/raster';
import { ink, short } from './theme';

/** CSS pixels: a bar's thickness, the room for its numbers, and between both. */
const THICK = 12;
const NUMBERS = 58;
const GAP = 6;

/** Least distance of two numbers on an upright bar, in CSS pixels. */
const LEAST = 26;

/** The width of an upright bar with its numbers, in CSS pixels. */
export const BAR = THICK + NUMBERS;

/** A layer of marks. */
interface Layer {
  data: object;
  mark: object;
  transform?: object[];
}

/** A number on a bar: its place from the low end, 0..1, and its text. */
interface Mark {
  at: number;
  text: string;
}

/** The bar's 256 colours as an image; as URL, since Vega stretches it. */
function ramp(cmap: ColormapName, upright: boolean): string {
  const data = Uint8Array.from({ length: 256 }, (_, i) => (upright ? 255 - i : i));
  const [width, height] = upright ? [1, 256] : [256, 1];
  return dataUrl(rasterPng({ width, height, data }, colormap(cmap), []));
}

/** Every eighth of a bar's colours, from left to right: a few bytes, for a bar that is seen on phones only. */
function coarseRamp(cmap: ColormapName): string {
  const colors = colormap(cmap);
  const steps = Array.from({ length: 33 }, (_, i) => Math.min(255, 8 * i));
  const data = Uint8Array.from(steps.keys());
  const some = steps.map((step) => colors.slice(6 * step, 6 * step + 6)).join('');
  return dataUrl(rasterPng({ width: steps.length, height: 1, data }, some, []));
}

type Length = number | { expr: string };

function rampImage(url: string, size: { width: Length; height: Length }, more: object = {}) {
  return imageAtCorner({ values: [{ url }] }, size, more);
}

/** A text at a place in CSS pixels. */
function label(text: string, x: Length, y: Length, align: 'left' | 'right') {
  return {
    data: { values: [{}] },
    mark: { type: 'text', text, x, y, align, baseline: 'middle', fontSize: 10, color: ink('muted') },
  };
}

/**
 * The colours of a map and the numbers they stand for, to its right and exactly as high. Both ends are numbered; tiny
 * and huge numbers share one power of ten.
 *
 * @param range the numbers of the first and the last colour
 * @param height in CSS pixels, at most
 * @param shown an expression for the height that it has
 */
export function uprightBar(
  range: readonly [number, number],
  height: number,
  cmap: ColormapName,
  shown = `${height}`,
): object {
  // Its marks have its height.
  return { width: BAR, height: 1, layer: uprightMarks(range, height, cmap, shown, '0') };
}

/** Between a view and its bar, in CSS pixels. */
export const BAR_GAP = 12;

/** From a view to the bar below it, in CSS pixels. */
const BELOW = 28;

/**
 * The bar of a figure that is one view: to its right and as high, or below it.
 *
 * @param most the height of the view where it has all the room it wants, in CSS pixels
 * @param isBelow whether the bar lies below; or the name of a signal that is true where it does
 */
export function barOfView(
  range: readonly [number, number],
  most: number,
  cmap: ColormapName,
  isBelow: string | true,
): object[] {
  const where = (filter: string) => (layer: Layer) => ({
    ...layer,
    transform: [{ filter }, ...(layer.transform ?? [])],
  });
  const isCoarse = isBelow !== true;
  const below = flatMarks(endWords(range), cmap, { y: { expr: `height + ${BELOW}` }, isCoarse });
  if (isBelow === true) return below;
  const beside = uprightMarks(range, most, cmap, 'height', `width + ${BAR_GAP}`);
  return [...beside.map(where(`!${isBelow}`)), ...below.map(where(isBelow))];
}

/** @param most the largest height in CSS pixels @param height and left edge as expressions */
function uprightMarks(
  [low, high]: readonly [number, number],
  most: number,
  cmap: ColormapName,
  height: string,
  left: string,
): Layer[] {
  const count = Math.min(6, Math.floor(most / LEAST));
  const { marks, power } = numbersOf(low, high, count);
  const numbers = marks.map(({ at, text }) => ({ at, text, shift: at === 0 ? -4 : at === 1 ? 4 : 0 }));
  // A bar that is less high than it could be has no room for the numbers between its ends.
  const isSeen = `datum.shift || ${height} >= ${marks.length * LEAST}`;
  const { mark } = label('', { expr: `${left} + ${THICK + GAP}` }, 0, 'left');
  return [
    rampImage(ramp(cmap, true), { width: THICK, height: { expr: height } }, { x: { expr: left } }),
    {
      data: { values: numbers },
      transform: [{ filter: isSeen }],
      mark: {
        ...mark,
        text: { expr: 'datum.text' },
        y: { expr: `${height} * (1 - datum.at) + datum.shift` },
      },
    },
    ...(power ? [label(power, { expr: left }, -9, 'left')] : []),
  ];
}

/**
 * An upright bar whose height and numbers are Vega expressions.
 *
 * @param height an expression
 * @param text expressions for the texts of both ends and the middle, and for a power of ten, where there may be one
 * @param hidden an expression that is true where there is nothing to show
 */
export function movingBar(
  height: string,
  cmap: ColormapName,
  text: Record<'low' | 'middle' | 'high', string> & { power?: string },
  hidden: string,
): object {
  const at = (share: number, shift: number) => ({ expr: `${height} * ${1 - share} + ${shift}` });
  const moving = (text: string, y: object, hide = hidden) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text: { expr: `${hide} ? '' : ${text}` },
      x: THICK + GAP,
      y,
      align: 'left',
      baseline: 'middle',
      fontSize: 10,
      color: ink('muted'),
    },
  });
  return {
    width: BAR,
    // Its marks have its height.
    height: 1,
    layer: [
      rampImage(
        ramp(cmap, true),
        { width: THICK, height: { expr: height } },
        { opacity: { expr: `${hidden} ? 0 : 1` } },
      ),
      moving(text.low, at(0, -4)),
      moving(text.middle, at(0.5, 0), `${hidden} || ${height} < ${3 * LEAST}`),
      moving(text.high, at(1, 4)),
      ...(text.power ? [moving(`(${text.power} || ' ')`, { expr: '-9' })] : []),
    ],
  };
}

/**
 * A bar that lies below a figure, between the words or numbers of its ends, such as "min" and "max of each channel".
 *
 * @param more layers in the same line, such as what the pointer finds
 * @param width of the line in CSS pixels
 */
export function flatBar(
  [low, high]: readonly [string, string],
  cmap: ColormapName,
  { width, more = [] }: { width?: number; more?: readonly object[] } = {},
): object {
  return {
    width: width ?? widthOfFlat([low, high]),
    height: FLAT.height,
    layer: [...flatMarks([low, high], cmap), ...more],
  };
}

/** CSS pixels of a flat bar: its colours, and a letter of its ends on average. */
const FLAT = { width: 120, height: 10, letter: 6.4 };

const lengthOf = (words: string) => Math.ceil(words.length * FLAT.letter) + 8;

const widthOfFlat = ([low, high]: readonly [string, string]) => lengthOf(low) + FLAT.width + lengthOf(high);

/** @param y its upper edge @param isCoarse with fewer colours, which are smoothed */
function flatMarks(
  [low, high]: readonly [string, string],
  cmap: ColormapName,
  { y = { expr: '0' }, isCoarse = false }: { y?: { expr: string }; isCoarse?: boolean } = {},
): Layer[] {
  const start = lengthOf(low);
  const middle = { expr: `${y.expr} + ${FLAT.height / 2}` };
  const url = isCoarse ? coarseRamp(cmap) : ramp(cmap, false);
  // Long words leave less for the colours on a phone.
  const width = `min(${FLAT.width}, room - ${start + lengthOf(high)})`;
  return [
    rampImage(url, { width: { expr: width }, height: FLAT.height }, { x: start, y, smooth: isCoarse }),
    {
      data: {
        values: [
          { text: low, x: start - 8, align: 'right' },
          { text: high, x: start + 8, align: 'left' },
        ],
      },
      mark: {
        ...label('', { expr: `datum.x + (datum.align === 'left' ? ${width} : 0)` }, middle, 'left').mark,
        text: { expr: 'datum.text' },
        align: { expr: 'datum.align' },
      },
    },
  ];
}

/** CSS pixels of a letter of a bar's numbers that is no digit. */
const WIDTHS: Readonly<Record<string, number>> = { '−': 8.4, '×': 8.4, '.': 3.2, ' ': 3.2, '≈': 8.4 };

/** CSS pixels of a number of a bar. */
const widthOfNumber = (text: string) =>
  [...text].reduce((sum, letter) => sum + (WIDTHS[letter] ?? (/\d/.test(letter) ? 6.4 : 4.4)), 0);

/** The number at a place of a bar, with as many digits as there is room for. */
function barText(value: number, digits: number): string {
  const text = short(Number(value.toPrecision(digits)));
  return digits > 1 && widthOfNumber(text) > NUMBERS - GAP ? barText(value, digits - 1) : text;
}

/** The two numbers of a flat bar, with their shared power of ten. */
export function endWords([low, high]: readonly [number, number]): [string, string] {
  const { marks, power } = numbersOf(low, high, 2);
  return [marks[0]!.text, `${marks.at(-1)!.text}${power ? ` ${power}` : ''}`];
}

/** `count` numbers at most: both ends, and round numbers between them that keep their distance. */
function numbersOf(low: number, high: number, count: number): { marks: Mark[]; power: string } {
  const { text, power } = numbersBetween(low, high, 4);
  const inner = between(low, high, count - 2);
  const margin = 0.7 / Math.max(2, count - 1);
  const marks = [
    { at: 0, text: text(low) },
    ...inner
      .map((value) => ({ at: (value - low) / (high - low), text: text(value) }))
      .filter(({ at }) => at >= margin && at <= 1 - margin),
    { at: 1, text: text(high) },
  ];
  return { marks, power };
}

/** How numbers of a bar are written, with a power of ten that stands above it; none where numbers have few zeros. */
export function numbersBetween(low: number, high: number, digits: number) {
  const magnitude = Math.max(Math.abs(low), Math.abs(high)) || 1;
  // Of the number as it is written: 9.9999e-6 is 1 × 10⁻⁵.
  const exponent = Math.floor(Math.log10(Number(magnitude.toPrecision(digits))));
  const shared = exponent < -3 || exponent > 4 ? exponent : 0;
  const unit = 10 ** shared;
  // A second power of ten beside the shared one would be misread.
  const isNone = (value: number) => shared !== 0 && value !== 0 && Math.abs(value / unit) < 0.0005;
  const text = (value: number) => (isNone(value) ? '≈ 0' : barText(value / unit, digits));
  return { text, power: shared === 0 ? '' : powerText(shared) };
}

/** Round numbers strictly between two ends, `count` at most, by steps of 1, 2 or 5 times a power of ten. */
function between(low: number, high: number, count: number): number[] {
  if (!(count > 0) || !(high > low)) return [];
  const raw = (high - low) / (count + 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.floor(low / step) + 1;
  const numbers = Array.from({ length: count + 1 }, (_, i) => (first + i) * step);
  return numbers.filter((value) => value > low && value < high).slice(0, count);
}
