import { type ColormapName, colormap } from './colormap';
import { dataUrl, imageAtCorner } from './picture';
import { rasterPng } from './png/raster';
import { ink, short } from './theme';

/** CSS pixels: a bar's thickness, and the room for its numbers. */
const THICK = 12;
const NUMBERS = 58;

/** Least distance of two numbers on an upright bar, in CSS pixels. */
const LEAST = 26;

/** The width of an upright bar with its numbers, in CSS pixels. */
export const BAR = THICK + NUMBERS;

/** A number on a bar: its place from the low end, 0..1, and its text. */
interface Mark {
  at: number;
  text: string | { expr: string };
}

/** The bar's 256 colours as an image; as URL, since Vega stretches it. */
function ramp(cmap: ColormapName, upright: boolean): string {
  const data = Uint8Array.from({ length: 256 }, (_, i) => (upright ? 255 - i : i));
  const [width, height] = upright ? [1, 256] : [256, 1];
  return dataUrl(rasterPng({ width, height, data }, colormap(cmap), []));
}

function rampImage(cmap: ColormapName, size: { width: number; height: number }, x = 0) {
  return imageAtCorner({ values: [{ url: ramp(cmap, size.height > size.width) }] }, size, { x });
}

/** A text at a place in CSS pixels. */
function label(text: Mark['text'], x: number, y: number, align: 'left' | 'right'): object {
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
 * @param height in CSS pixels
 */
export function uprightBar(
  [low, high]: readonly [number, number],
  height: number,
  cmap: ColormapName,
): object {
  const { marks, power } = numbersOf(low, high, Math.min(6, Math.floor(height / LEAST)));
  return barOf(cmap, height, marks, power && `×10${power}`);
}

/**
 * An upright bar whose height and numbers are Vega expressions.
 *
 * @param most the room for it in CSS pixels
 * @param height an expression
 * @param text expressions for the texts of both ends and the middle
 * @param hidden an expression that is true where there is nothing to show
 */
export function movingBar(
  most: number,
  height: string,
  cmap: ColormapName,
  text: Record<'low' | 'middle' | 'high', string>,
  hidden: string,
): object {
  const at = (share: number, shift: number) => ({ expr: `${height} * ${1 - share} + ${shift}` });
  const moving = (text: string, y: object, hide = hidden) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text: { expr: `${hide} ? '' : ${text}` },
      x: THICK + 6,
      y,
      align: 'left',
      baseline: 'middle',
      fontSize: 10,
      color: ink('muted'),
    },
  });
  const image = rampImage(cmap, { width: THICK, height: most });
  return {
    width: BAR,
    height: most,
    layer: [
      { ...image, mark: { ...image.mark, height: { expr: height }, opacity: { expr: `${hidden} ? 0 : 1` } } },
      moving(text.low, at(0, -4)),
      moving(text.middle, at(0.5, 0), `${hidden} || ${height} < ${3 * LEAST}`),
      moving(text.high, at(1, 4)),
    ],
  };
}

function barOf(cmap: ColormapName, height: number, marks: readonly Mark[], power?: string): object {
  return {
    width: BAR,
    height,
    layer: [
      rampImage(cmap, { width: THICK, height }),
      ...marks.map(({ at, text }) =>
        label(text, THICK + 6, height * (1 - at) + (at === 0 ? -4 : at === 1 ? 4 : 0), 'left'),
      ),
      ...(power ? [label(power, 0, -9, 'left')] : []),
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
  const [ramp, letter] = [120, 6.4];
  const start = Math.ceil(low.length * letter) + 8;
  return {
    width: width ?? start + ramp + 8 + Math.ceil(high.length * letter),
    height: 10,
    layer: [
      rampImage(cmap, { width: ramp, height: 10 }, start),
      label(low, start - 8, 5, 'right'),
      label(high, start + ramp + 8, 5, 'left'),
      ...more,
    ],
  };
}

/** The two numbers of a flat bar, with their shared power of ten. */
export function endWords([low, high]: readonly [number, number]): [string, string] {
  const { marks, power } = numbersOf(low, high, 2);
  return [String(marks[0]!.text), `${marks.at(-1)!.text}${power ? ` ×10${power}` : ''}`];
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `count` numbers at most: both ends, and round numbers between them that keep their distance. */
function numbersOf(low: number, high: number, count: number): { marks: Mark[]; power?: string } {
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  const exponent = magnitude > 0 ? Math.floor(Math.log10(magnitude)) : 0;
  const shared = exponent < -3 || exponent > 4 ? exponent : 0;
  const unit = 10 ** shared;
  const text = (value: number) => short(Number((value / unit).toPrecision(4)));
  const inner = between(low, high, count - 2);
  const margin = 0.7 / Math.max(2, count - 1);
  const marks = [
    { at: 0, text: text(low) },
    ...inner
      .map((value) => ({ at: (value - low) / (high - low), text: text(value) }))
      .filter(({ at }) => at >= margin && at <= 1 - margin),
    { at: 1, text: text(high) },
  ];
  if (shared === 0) return { marks };
  const digits = [...String(Math.abs(shared))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return { marks, power: `${shared < 0 ? '⁻' : ''}${digits}` };
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
