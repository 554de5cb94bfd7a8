/** Characters of a line, values above which the middle of each axis is left out, and what stays at its ends: numpy's. */
const LINE = 75;
const MOST = 1000;
const EDGE = 3;

/** Digits after the point; numpy's default is 8, more than a cell has room for. */
const PRECISION = 4;

/** What a tensor holds. */
export type Values = ArrayLike<number | string | boolean>;

/**
 * Values as numpy prints an array with `precision=4`: aligned, in brackets, the middle left out of large ones.
 *
 * @param shape sizes of the axes; none for a single value
 * @param values in row-major order
 * @param whole whether they are whole numbers, which are written without a point
 */
export function valuesText(shape: readonly number[], values: Values, whole = false): string {
  if (shape.includes(0)) return '[]';
  const ends = values.length > MOST ? EDGE : Number.POSITIVE_INFINITY;
  const format = formatOf(
    [...shownOf(shape, ends)].map((at) => values[at]!),
    whole,
  );
  const word = (at: number) => format(values[at]!);
  return shape.length === 0 ? word(0).trim() : nested(shape, 0, 0, ends, word, ' ', LINE);
}

/** The indices along an axis that are shown. */
function indices(size: number, ends: number): number[] {
  const all = Array.from({ length: Math.min(size, 2 * ends) }, (_, i) => i);
  return size > 2 * ends ? all.map((i) => (i < ends ? i : size - 2 * ends + i)) : all;
}

function* shownOf(shape: readonly number[], ends: number, axis = 0, base = 0): Generator<number> {
  if (axis === shape.length) yield base;
  else
    for (const i of indices(shape[axis]!, ends))
      yield* shownOf(shape, ends, axis + 1, base * shape[axis]! + i);
}

/** numpy's `_formatArray`: one axis in brackets. */
function nested(
  shape: readonly number[],
  axis: number,
  base: number,
  ends: number,
  word: (at: number) => string,
  indent: string,
  width: number,
): string {
  const size = shape[axis]!;
  const shown = indices(size, ends);
  const gap = size > 2 * ends ? ends : -1;
  if (axis < shape.length - 1) {
    const parts = shown.map((i) =>
      nested(shape, axis + 1, base * size + i, ends, word, `${indent} `, width - 1),
    );
    if (gap >= 0) parts.splice(gap, 0, '...');
    return `[${parts.join('\n'.repeat(shape.length - axis - 1) + indent)}]`;
  }
  const words = shown.map((i) => word(base * size + i));
  if (gap >= 0) words.splice(gap, 0, '...');
  const lines: string[] = [];
  let line = indent;
  for (const next of words) {
    if (line.length + next.length > width - 1 && line.length > indent.length) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${next} `;
  }
  lines.push(line.slice(0, -1));
  return `[${lines.join('\n').slice(indent.length)}]`;
}

/** How all shown values are written: with one width. */
function formatOf(
  shown: readonly (number | string | boolean)[],
  whole: boolean,
): (value: number | string | boolean) => string {
  if (typeof shown[0] === 'string') return (value) => JSON.stringify(value);
  if (whole || typeof shown[0] === 'boolean') {
    const width = Math.max(...shown.map((value) => String(value).length));
    return (value) => String(value).padStart(width);
  }
  const finite = (shown as number[]).filter(Number.isFinite);
  const sizes = finite.map(Math.abs).filter((size) => size > 0);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const scientific = sizes.length > 0 && (most >= 1e8 || least < 1e-4 || most / least > 1000);
  const parts = finite.map((value) => partsOf(value, scientific, PRECISION));
  const after = Math.max(0, ...parts.map(({ fraction }) => fraction.length));
  const tail = scientific ? Math.max(0, ...parts.map(({ power }) => power.length)) : 0;
  const odd = Math.max(
    0,
    ...(shown as number[]).filter((value) => !Number.isFinite(value)).map((value) => oddText(value).length),
  );
  const before = Math.max(0, ...parts.map(({ integer }) => integer.length), odd - after - 1 - tail);
  return (value) => {
    if (!Number.isFinite(value)) return oddText(value as number).padStart(before + 1 + after + tail);
    const { integer, fraction, power } = partsOf(value as number, scientific, PRECISION);
    return `${integer.padStart(before)}.${scientific ? fraction.padEnd(after, '0') + power : fraction.padEnd(after)}`;
  };
}

const oddText = (value: number) => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');

/** A number's digits before and after the point, without zeros at the end. */
function partsOf(value: number, scientific: boolean, digits: number) {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [number, exponent] = (
    scientific ? Math.abs(value).toExponential(digits) : Math.abs(value).toFixed(digits)
  ).split('e');
  const [integer, fraction = ''] = number!.split('.');
  const power = exponent ? `e${exponent[0]}${exponent.slice(1).padStart(2, '0')}` : '';
  return { integer: sign + integer!, fraction: fraction.replace(/0+$/, ''), power };
}
