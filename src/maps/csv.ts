import { checkOptions } from '../checks/check-options';
import { kindOf } from '../checks/kind-of';
import { isActivation, valueName } from '../checks/value-name';
import { type Activation, type FeatureMap, featureMap, onePicture } from './activation';
import type { Stats } from './stats';

/**
 * Numbers as CSV (RFC 4180): a map as rows of numbers; statistics, predictions and other lists of objects as a table with
 * a line of names. Numbers keep all their digits.
 *
 * @param table an activation (one channel of it), a map, rows of numbers, a list of objects such as `channelStats` returns,
 *   or what `stats` returns
 * @param options of an activation
 * @param options.channel which channel; default 0
 * @param options.index which picture of a batch; needed when there are several
 * @returns lines, each ended by a line feed
 * @throws {TypeError} for anything else, or an option that does not exist
 * @throws {RangeError} for a channel or picture that does not exist
 * @example
 * console.log(toCsv(channelStats(activations[0])).split('\n')[0]);
 * @example
 * console.log(toCsv(activations[0], { channel: 1 }).split('\n').length); // 149
 */
export function toCsv(
  table: Activation | FeatureMap | readonly (readonly number[])[] | readonly object[] | Stats,
  options: { channel?: number; index?: number } = {},
): string {
  checkOptions('write CSV', options, ['channel', 'index']);
  if (isActivation(table)) {
    const activation = table as Activation;
    return ofMap(featureMap(activation, options.channel ?? 0, onePicture(activation, options.index)));
  }
  if (isMap(table)) return ofMap(table);
  if (isRecord(table)) return toCsv([table as object]);
  if (!Array.isArray(table) || table.length === 0 || !(table.every(Array.isArray) || table.every(isRecord))) {
    throw new TypeError(
      `Cannot write CSV: this is ${Array.isArray(table) && table.length ? listName(table) : valueName(table)}. Pass an activation, a map, rows of numbers or what channelStats or stats returns.`,
    );
  }
  if (Array.isArray(table[0])) return lines(table as unknown[][]);
  const names = [...new Set(table.flatMap((row) => Object.keys(row)))];
  return lines([names, ...table.map((row) => names.map((name) => (row as Record<string, unknown>)[name]))]);
}

/** An object of values that a line can hold, such as what `stats` returns. */
const isRecord = (row: unknown): boolean =>
  typeof row === 'object' &&
  row !== null &&
  !Array.isArray(row) &&
  !ArrayBuffer.isView(row) &&
  Object.keys(row).length > 0 &&
  Object.values(row).every((value) => isSingle(value) || (Array.isArray(value) && value.every(isSingle)));

const isSingle = (value: unknown) =>
  value === null || value instanceof Date || !['object', 'function'].includes(typeof value);

function listName(table: readonly unknown[]): string {
  if (isActivation(table[0])) return valueName(table);
  const other = table.find((row) => !Array.isArray(row) && !isRecord(row));
  return other === undefined ? 'a list of rows and objects' : `a list with ${kindOf(other)} that is no row`;
}

const isMap = (table: unknown): table is FeatureMap =>
  typeof (table as FeatureMap)?.height === 'number' && (table as FeatureMap).data instanceof Float32Array;

function ofMap({ height, width, data }: FeatureMap): string {
  return lines(
    Array.from({ length: height }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]),
  );
}

const lines = (rows: readonly unknown[][]) => rows.map((row) => `${row.map(cell).join(',')}\n`).join('');

/** Text with a comma, a quotation mark or a line break is quoted. */
function cell(value: unknown): string {
  const isDate = value instanceof Date && !Number.isNaN(value.getTime());
  const text = value === undefined || value === null ? '' : isDate ? value.toISOString() : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
