/**
 * The values of maps inside a spec, for the pointer: printable letters that a Vega expression decodes, a tenth of what
 * numbers take. A value has three letters for four significant digits, or two letters for three: those that `short` would
 * print, not near ones. With one letter (85 levels between the map's smallest and largest value) it is told as "≈".
 * Zeros, which rectified maps are mostly made of, share one letter for 64, 16 or 4 of them, and are exact.
 */

/** Printable letters that JSON does not escape. */
const LETTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
  (letter) => letter !== '"' && letter !== '\\',
);
/** Letters with a meaning of their own; all others are digits. */
const [ZERO, ZEROS_4, ZEROS_16, ZEROS_64, NAN, UP, DOWN, NEAR] = LETTERS.slice(-8) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const DIGITS = LETTERS.slice(0, -8);
const BASE = DIGITS.length;

/** Letters for one value. */
export type Precision = 1 | 2 | 3;

/** Letters that a spec may hold: up to the first number values have three letters … above the last one none. */
const MOST_LETTERS = { 3: 40_000, 2: 80_000, 1: 330_000 };

/** How many letters a value gets, so that all of them fit into a spec; 0 when they do not fit. */
export function precisionFor(maps: Iterable<ArrayLike<number>>): Precision | 0 {
  let [letters, values] = [0, 0];
  for (const map of maps) {
    values += map.length;
    for (let i = 0; i < map.length; i++) if (map[i] !== 0) letters++;
    if (letters > MOST_LETTERS[1]) return 0;
  }
  letters += values / 16;
  return ([3, 2, 1] as const).find((precision) => precision * letters <= MOST_LETTERS[precision]) ?? 0;
}

/** One map's values as letters. */
export interface CellValues {
  letters: string;
  /**
   * What decodes them: of one letter the smallest and the largest finite value; of more the highest power of ten, and 1 or
   * −1 where all values have one sign, else 0.
   */
  key: readonly [number, number];
}

/** Mantissas of so many letters, such as 1000 … 9999; and how many powers of ten there are for values of one sign. */
const MANTISSAS = { 2: 900, 3: 9000 };
const powersOf = (precision: 2 | 3, signs: number) =>
  Math.floor(BASE ** precision / MANTISSAS[precision] / (signs === 0 ? 2 : 1));

/** A number other than 0 in so many significant digits: mantissa, without its sign, and power of ten. */
function rounded(value: number, digits: number): [mantissa: number, power: number] {
  const [mantissa, power] = Math.abs(value)
    .toExponential(digits - 1)
    .split('e');
  return [Number(mantissa!.replace('.', '')), Number(power)];
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
  const { key, lettersOf } = precision === 1 ? levels(low, high) : significant(low, high, precision);
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
    if (Number.isFinite(value)) parts.push(lettersOf(value));
    else parts.push((Number.isNaN(value) ? NAN : value > 0 ? UP : DOWN).repeat(precision));
  }
  flush();
  return { letters: parts.join(''), key };
}

/** How finite values other than 0 become letters. */
interface Code {
  key: [number, number];
  lettersOf: (value: number) => string;
}

function levels(low: number, high: number): Code {
  const level = (value: number) => (high > low ? Math.round(((value - low) / (high - low)) * (BASE - 1)) : 0);
  return { key: [low, high], lettersOf: (value) => DIGITS[level(value)]! };
}

function significant(low: number, high: number, precision: 2 | 3): Code {
  const most = Math.max(Math.abs(low), Math.abs(high));
  const top = most > 0 ? rounded(most, precision + 1)[1] : 0;
  const signs = low >= 0 ? 1 : high <= 0 ? -1 : 0;
  const count = MANTISSAS[precision];
  const powers = powersOf(precision, signs);
  const lettersOf = (value: number) => {
    const [mantissa, power] = rounded(value, precision + 1);
    const below = top - power;
    // So small beside the largest that there is no code for it.
    if (below >= powers) return NEAR.repeat(precision);
    let code = (below + (signs === 0 && value < 0 ? powers : 0)) * count + mantissa - count / 9;
    let letters = '';
    for (let i = 0; i < precision; i++) {
      letters = DIGITS[code % BASE]! + letters;
      code = Math.floor(code / BASE);
    }
    return letters;
  };
  return { key: [top, signs], lettersOf };
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
 * Vega's params for the text of one value, which is the param `told` with the name at its end.
 *
 * @param name distinguishes the params of several maps
 * @param spread an expression for the letters as `spreadOut` gives them
 * @param at an expression for the value's index in the map
 * @param key expressions for both parts of the map's key
 */
export function toldValue(
  name: string,
  spread: string,
  at: string,
  [first, second]: readonly [string, string],
  precision: Precision,
): { params: { name: string; expr: string }[]; text: string } {
  const [piece, level, mantissa, power] = ['piece', 'level', 'mantissa', 'power'].map((part) => part + name);
  const digit = (place: number) =>
    `indexof(${literal(DIGITS.join(''))}, slice(${piece}, ${place}, ${place + 1}))`;
  const digits = precision === 1 ? 2 : precision + 1;
  const places = Array.from({ length: precision }, (_, i) => digit(i));
  const params: [string, string][] = [
    [piece!, `slice(${spread}, ${precision} * (${at}), ${precision} * (${at}) + ${precision})`],
    [level!, places.reduce((high, low) => `(${high}) * ${BASE} + ${low}`)],
  ];
  let isNegative: string;
  if (precision === 1) {
    const number = `number${name}`;
    params.push([number, `${first} + ${level} / ${BASE - 1} * (${second} - ${first})`]);
    // Two digits of a number that the letter only comes near to.
    params.push([power!, `${number} ? floor(log(abs(${number}) * 1.000001) / LN10) : 0`]);
    params.push([mantissa!, `round(abs(${number}) * pow(10, 1 - ${power}))`]);
    isNegative = `${number} < 0`;
  } else {
    const count = MANTISSAS[precision];
    const [one, both] = [powersOf(precision, 1), powersOf(precision, 0)];
    const decade = `floor(${level} / ${count})`;
    params.push([power!, `${first} - ${decade} % (${second} ? ${one} : ${both})`]);
    params.push([mantissa!, `${level} % ${count} + ${count / 9}`]);
    isNegative = `${second} < 0 || !${second} && ${decade} >= ${both}`;
  }
  const number = `(${isNegative} ? '−' : '') + ${numberText(mantissa!, power!, digits)}`;
  const text = [
    [ZERO, "'0'"],
    [NAN, "'NaN'"],
    [UP, "'+Infinity'"],
    [DOWN, "'−Infinity'"],
    [NEAR, "'≈ 0'"],
  ].reduce(
    (rest, [special, word]) => `slice(${piece}, 0, 1) === ${literal(special!)} ? ${word} : ${rest}`,
    `${precision === 1 ? "'≈ ' + " : ''}${number}`,
  );
  params.push([`told${name}`, text]);
  return { params: params.map(([name, expr]) => ({ name, expr })), text: `told${name}` };
}

/** Powers of ten below the first and from the second on are written as such. */
const PLAIN = { from: -4, to: 6 };

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** What stands behind a number for a power of ten, such as ×10⁻⁴. */
export function powerText(power: number): string {
  const digits = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `×10${power < 0 ? '⁻' : ''}${digits}`;
}

/** A number with so many significant digits and no trailing zeros; tiny and huge ones with a power of ten. */
export function shortNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', '−');
  if (value === 0) return '0';
  const [mantissa, power] = rounded(value, digits);
  const isPlain = power >= PLAIN.from && power < PLAIN.to;
  const number = Number(`${mantissa}e${(isPlain ? power : 0) - digits + 1}`);
  return `${value < 0 ? '−' : ''}${number}${isPlain ? '' : powerText(power)}`;
}

/** The same as a Vega expression, of a number without its sign. */
function numberText(mantissa: string, power: string, digits: number): string {
  const isPlain = `${power} >= ${PLAIN.from} && ${power} < ${PLAIN.to}`;
  const decimals = `max(0, ${digits - 1} - ${power})`;
  const plain = `format(${mantissa} * pow(10, ${power} - ${digits - 1}), '.' + ${decimals} + '~f')`;
  const size = `abs(${power})`;
  const superscript = (digit: string) => `slice('${SUPERSCRIPTS}', ${digit}, ${digit} + 1)`;
  const exponent = `(${power} < 0 ? '⁻' : '') + (${size} < 10 ? '' : ${superscript(`floor(${size} / 10)`)}) + ${superscript(`${size} % 10`)}`;
  return `(${isPlain} ? ${plain} : format(${mantissa} / ${10 ** (digits - 1)}, '.${digits - 1}~f') + '×10' + ${exponent})`;
}
