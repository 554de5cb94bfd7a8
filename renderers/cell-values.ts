/**
 * The values of maps inside a spec, for the pointer: printable letters that a Vega expression decodes, a tenth of what
 * numbers take. A value has one letter (86 levels between the map's smallest and largest value) or two (7,396 levels);
 * zeros, which rectified maps are mostly made of, share one letter for 64, 16 or 4 of them, and are exact.
 */

/** Printable letters that JSON does not escape. */
const LETTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
  (letter) => letter !== '"' && letter !== '\\',
);
/** Letters with a meaning of their own; all others are digits. */
const [ZERO, ZEROS_4, ZEROS_16, ZEROS_64, NAN, UP, DOWN] = LETTERS.slice(-7) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const DIGITS = LETTERS.slice(0, -7);
const BASE = DIGITS.length;

/** Letters for one value. */
export type Precision = 1 | 2;

/** Letters that a spec may hold: below the first number values have two letters, below the second one, above it none. */
const MOST_LETTERS = { two: 80_000, one: 330_000 };

/** How many letters a value gets, so that all of them fit into a spec; 0 when they do not fit. */
export function precisionFor(maps: Iterable<ArrayLike<number>>): Precision | 0 {
  let [letters, values] = [0, 0];
  for (const map of maps) {
    values += map.length;
    for (let i = 0; i < map.length; i++) if (map[i] !== 0) letters++;
    if (letters > MOST_LETTERS.one) return 0;
  }
  letters += values / 16;
  return 2 * letters <= MOST_LETTERS.two ? 2 : letters <= MOST_LETTERS.one ? 1 : 0;
}

/** One map's values as letters, between its smallest and its largest finite value. */
export interface CellValues {
  letters: string;
  low: number;
  high: number;
}

/**
 * Encodes a map.
 *
 * @param ends the smallest and the largest finite value; NaN where there is none
 */
export function encodeValues(
  values: Float32Array,
  { min, max }: { min: number; max: number },
  precision: Precision,
): CellValues {
  const [low, high] = [Number.isFinite(min) ? min : 0, Number.isFinite(max) ? max : 0];
  const levels = BASE ** precision - 1;
  const parts: string[] = [];
  let zeros = 0;
  const flush = () => {
    for (const [run, letter] of [
      [64, ZEROS_64],
      [16, ZEROS_16],
      [4, ZEROS_4],
    ] as const) {
      for (; zeros >= run; zeros -= run) parts.push(letter);
    }
    parts.push(ZERO.repeat(precision * zeros));
    zeros = 0;
  };
  for (const value of values) {
    if (value === 0) {
      zeros++;
      continue;
    }
    if (zeros) flush();
    if (Number.isFinite(value)) {
      const level = high > low ? Math.round(((value - low) / (high - low)) * levels) : 0;
      parts.push(
        precision === 2 ? DIGITS[Math.floor(level / BASE)]! + DIGITS[level % BASE]! : DIGITS[level]!,
      );
    } else parts.push((Number.isNaN(value) ? NAN : value > 0 ? UP : DOWN).repeat(precision));
  }
  flush();
  return { letters: parts.join(''), low, high };
}

/** A text as a literal of Vega's expressions. */
const literal = (text: string) => `'${text.replaceAll("'", "\\'")}'`;

/** A Vega expression for all letters of a map, with runs of zeros expanded. @param letters an expression for them */
export function spreadOut(letters: string, precision: Precision): string {
  return [
    [ZEROS_64, ZEROS_16.repeat(4)],
    [ZEROS_16, ZEROS_4.repeat(4)],
    [ZEROS_4, ZERO.repeat(4 * precision)],
  ].reduce((inner, [run, zeros]) => `join(split(${inner}, ${literal(run!)}), ${literal(zeros!)})`, letters);
}

/**
 * A Vega expression for the text of one value.
 *
 * @param spread an expression for the letters as `spreadOut` gives them
 * @param at an expression for the value's index in the map
 * @param ends expressions for the map's smallest and largest value
 */
export function valueText(
  spread: string,
  at: string,
  [low, high]: readonly [string, string],
  precision: Precision,
): string {
  const letter = (place: number) =>
    `slice(${spread}, ${precision} * (${at}) + ${place}, ${precision} * (${at}) + ${place + 1})`;
  const digit = (place: number) => `indexof(${literal(DIGITS.join(''))}, ${letter(place)})`;
  const level = precision === 2 ? `(${digit(0)} * ${BASE} + ${digit(1)})` : digit(0);
  const number = `${low} + ${level} / ${BASE ** precision - 1} * (${high} - ${low})`;
  const text = `${precision === 1 ? "'≈ ' + " : ''}format(${number}, '.${precision === 1 ? 2 : 4}~g')`;
  return [
    [ZERO, "'0'"],
    [NAN, "'NaN'"],
    [UP, "'+Infinity'"],
    [DOWN, "'−Infinity'"],
  ].reduce((rest, [special, word]) => `${letter(0)} === ${literal(special!)} ? ${word} : ${rest}`, text);
}
