/** Values as text, in the way of Node's console, as far as notebooks print them. */

const MOST_ITEMS = 100;
const MOST_LETTERS = 10_000;
/** Characters up to which an object is printed on one line. */
const LINE = 72;

/** What console.log prints: texts as they are, with `%s`, `%d`, `%i`, `%f`, `%j`, `%o` and `%O` filled in. */
export function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== 'string') return values.map(shown).join(' ');
  const text = first.replace(/%([sdifjoOc%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    if (rest.length === 0) return whole;
    const value = rest.shift();
    if (kind === 'c') return '';
    if (kind === 's') return typeof value === 'string' ? value : inspect(value);
    if (kind === 'j') return JSON.stringify(value);
    if (kind === 'd' || kind === 'f') return String(Number(value));
    return kind === 'i' ? String(Math.trunc(Number(value))) : inspect(value);
  });
  return [text, ...rest.map(shown)].join(' ');
}

const shown = (value: unknown) => (typeof value === 'string' ? value : inspect(value));

/** A value as the result of a cell: texts in quotes. */
export function inspect(value: unknown, depth = 2, above: readonly object[] = []): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function') return functionText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (above.includes(value)) return '[Circular]';
  if (value instanceof Error) return value.stack?.includes(value.message) ? errorText(value) : String(value);
  if (value instanceof Date || value instanceof RegExp) return String(value);
  if (depth < 0) return Array.isArray(value) ? '[Array]' : `[${nameOf(value) || 'Object'}]`;
  const inner = (item: unknown) => inspect(item, depth - 1, [...above, value]);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return listText(value as unknown[], inner);
  if (value instanceof Map) {
    return inBraces(
      `Map(${value.size}) `,
      [...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`),
    );
  }
  if (value instanceof Set) return inBraces(`Set(${value.size}) `, [...value].map(inner));
  if (value instanceof Promise) return 'Promise { … }';
  const name = nameOf(value);
  const entries = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${inner(item)}`);
  return inBraces(name && name !== 'Object' ? `${name} ` : '', entries);
}

/** Without the stack, whose places are those of the page. */
const errorText = ({ name, message }: Error) => `${name}: ${message}`;

const quoted = (text: string) => {
  const cut = text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
  const quote = cut.includes("'") && !cut.includes('"') ? '"' : "'";
  return quote + cut.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replaceAll(quote, `\\${quote}`) + quote;
};

function functionText(value: { name: string }): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'Function';
  if (kind === 'class') return `[class ${value.name || '(anonymous)'}]`;
  return value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]';
}

const nameOf = (value: object) => Object.getPrototypeOf(value)?.constructor?.name ?? '';

const keyText = (key: string) => (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : quoted(key));

function listText(list: ArrayLike<unknown> & Iterable<unknown>, inner: (item: unknown) => string): string {
  const items = Array.from({ length: Math.min(list.length, MOST_ITEMS) }, (_, i) => inner(list[i]));
  const rest = list.length - items.length;
  if (rest > 0) items.push(`... ${rest} more item${rest === 1 ? '' : 's'}`);
  const name = Array.isArray(list) ? '' : `${nameOf(list as never)}(${list.length}) `;
  return inBraces(name, items, '[', ']');
}

function inBraces(name: string, items: readonly string[], open = '{', close = '}'): string {
  if (items.length === 0) return `${name}${open}${close}`;
  const line = `${name}${open} ${items.join(', ')} ${close}`;
  if (line.length <= LINE && !line.includes('\n')) return line;
  // Short items fill their lines.
  const isShort = open === '[' && items.length > 6 && items.every((item) => item.length <= 16);
  const rows = isShort ? filled(items) : items;
  return `${name}${open}\n  ${rows.join(',\n').replaceAll('\n', '\n  ')}\n${close}`;
}

function filled(items: readonly string[]): string[] {
  const width = Math.max(...items.map(({ length }) => length));
  const across = Math.max(1, Math.floor(LINE / (width + 2)));
  return Array.from({ length: Math.ceil(items.length / across) }, (_, row) =>
    items.slice(row * across, (row + 1) * across).join(', '),
  );
}
