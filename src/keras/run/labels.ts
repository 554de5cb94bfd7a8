import { isObject } from '../../checks/is-object';
import { isPromise, kindOf } from '../../checks/kind-of';

/** Class names in the forms that Keras and others use. */
export type Labels = readonly string[] | Readonly<Record<string, unknown>>;

/**
 * Class names, in the order of the classes, from a list, from Keras's `class_indices` (`{ cat: 0, dog: 1 }`), from
 * `{ "0": "cat" }`, or from ImageNet's index (`{ "0": ["n01440764", "tench"] }`).
 *
 * @throws {TypeError} for anything else
 */
export function labelsOf(given: unknown): string[] {
  if (Array.isArray(given)) return given.map((name, i) => nameOf(name, i));
  const plain = isObject(given) && Object.keys(given).length > 0;
  if (!plain || isPromise(given)) {
    throw new TypeError(
      `Cannot name the predictions: labels is ${isObject(given) && !isPromise(given) ? 'an object without class names' : kindOf(given)}. Give a list of names, or the path of a text or JSON file.`,
    );
  }
  const entries = Object.entries(given);
  const byName = entries.every(([, value]) => typeof value === 'number');
  const pairs = entries.map(
    ([key, value]) => (byName ? [value, key] : [Number(key), value]) as [number, unknown],
  );
  const names: string[] = [];
  for (const [index, name] of pairs) {
    if (!Number.isInteger(index) || index < 0 || index >= pairs.length || names[index] !== undefined) {
      throw new TypeError(
        `Cannot name the predictions: the labels' numbers are not 0 to ${pairs.length - 1}, each once. Give a list of names.`,
      );
    }
    names[index] = nameOf(name, index);
  }
  return names;
}

/** An entry of ImageNet's index is a WordNet id and a name. */
function nameOf(entry: unknown, index: number): string {
  const name = Array.isArray(entry) ? entry.at(-1) : entry;
  if (typeof name === 'string') return name;
  throw new TypeError(`Cannot name the predictions: label ${index} is ${kindOf(entry)}. Give a text.`);
}

/**
 * Class names from a file's text: JSON as `labelsOf` takes it, or one name per line. If each line begins with its own
 * number, as in Teachable Machine's files, the numbers are removed.
 */
export function parseLabels(text: string): string[] {
  const plain = text.replace(/^\uFEFF/, '').trim();
  if (/^[[{]/.test(plain)) {
    let json: unknown;
    try {
      json = JSON.parse(plain);
    } catch (cause) {
      throw new TypeError(
        `Cannot name the predictions: the file begins like JSON, but is not JSON (${(cause as Error).message}). Write one name per line, or JSON.`,
        { cause },
      );
    }
    return labelsOf(json);
  }
  const lines = plain.split(/\r?\n/).map((line) => line.trim());
  const numbered = lines.every((line, i) => line.match(/^(\d+)[\s:,]+\S/)?.[1] === String(i));
  return numbered ? lines.map((line) => line.replace(/^\d+[\s:,]+/, '')) : lines;
}
