import type { Content, MimeBundle } from '../../jupyter/wire';

/** Jupyter's own clients, which are Python, read JSON of some 990 levels. */
const MOST_LEVELS = 500;
/** Characters of a bundle: JSON's text must fit into one string of V8, and front ends into a page. */
const MOST_CHARACTERS = 2 ** 28;
/** Values of a bundle: each is an object of its own on its way to the front end. */
const MOST_VALUES = 10_000_000;

/**
 * A bundle as JSON keeps it, made of new plain values, so that sending it to the kernel's
 * process, or to the front end, cannot fail. Bytes of an image become base64.
 *
 * @throws {TypeError} for what JSON does not have (BigInt, cycles, Map, Set, invalid dates), named with its place
 * @throws {RangeError} for more levels or characters than a notebook can hold
 */
export function plainBundle({ data, metadata }: { data: unknown; metadata?: unknown }): MimeBundle {
  return { data: plainObject(data, 'data'), metadata: plainObject(metadata ?? {}, 'metadata') };
}

/** The same for any object that goes over the wire. */
export function plainObject(value: unknown, name: string): Content {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`Cannot show this: its ${name} is no object. Give an object by MIME type.`);
  }
  const taken = { characters: 0, values: 0 };
  const result: Content = {};
  for (const key of Object.keys(value)) {
    const part = (value as Content)[key];
    const isImage = key.startsWith('image/') && part instanceof Uint8Array;
    const made = isImage ? Buffer.from(part).toString('base64') : plain(part, `${name}["${key}"]`, [], taken);
    if (made !== undefined) result[key] = made;
  }
  return result;
}

interface Taken {
  characters: number;
  values: number;
}

/** Counts a value, or those of a list before they are looked at: holes count, too. */
function count(taken: Taken, values: number): void {
  taken.values += values;
  if (taken.values > MOST_VALUES) {
    throw new RangeError(
      'Cannot show this: it has more than 10 million values. Save it to a file, or show a part.',
    );
  }
}

function plain(value: unknown, place: string, above: object[], taken: Taken): unknown {
  const refuse = (what: string) =>
    new TypeError(
      `Cannot show this: ${shorten(place)} is ${what}, which JSON does not have. Convert it first.`,
    );
  switch (typeof value) {
    case 'string':
      taken.characters += value.length;
      if (taken.characters > MOST_CHARACTERS)
        throw new RangeError(
          'Cannot show this: it has more than 268 million characters. Save it to a file, or show a part.',
        );
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'bigint':
      throw refuse('a BigInt');
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  if (above.includes(value)) throw refuse('a cycle: it holds itself');
  if (above.length >= MOST_LEVELS) {
    throw new RangeError(
      `Cannot show this: it has more than ${MOST_LEVELS} levels at ${shorten(place)}. Show a part of it.`,
    );
  }
  const inside = [...above, value];
  if (value instanceof Date && Number.isNaN(value.getTime())) throw refuse('an invalid date');
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return plain(toJSON.call(value, ''), `${place}.toJSON()`, inside, taken);
  if (value instanceof Map || value instanceof Set) throw refuse(`a ${value.constructor.name}`);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as ArrayLike<unknown>;
    count(taken, list.length);
    return Array.from(list, (item) => plain(item, `${place}[…]`, inside, taken) ?? null);
  }
  if (Array.isArray(value)) {
    count(taken, value.length);
    return Array.from(value, (item, i) => plain(item, `${place}[${i}]`, inside, taken) ?? null);
  }
  const result: Content = {};
  const keys = Object.keys(value);
  count(taken, keys.length);
  for (const key of keys) {
    const made = plain((value as Content)[key], `${place}.${key}`, inside, taken);
    taken.characters += key.length;
    // A key such as __proto__ is a value like another.
    if (made !== undefined)
      Object.defineProperty(result, key, {
        value: made,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return result;
}

/** Where a value stands, in few enough letters to be read. */
function shorten(place: string): string {
  return place.length <= 80 ? place : `${place.slice(0, 50)} … ${place.slice(-20)}`;
}
