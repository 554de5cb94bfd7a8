import { isObject } from './is-object';
import { isPromise, kindOf } from './kind-of';
import { nearest } from './nearest';

/**
 * Refuses option names that a function does not have, as plain JavaScript lets them pass.
 *
 * @param what the call that fails, as an error says it: `load a picture`
 * @param options as the caller gave them; undefined when there are none
 * @param known the names of all options
 * @throws {TypeError} when the options are not an object, or one of them has an unknown name
 */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (!isObject(options) || isPromise(options)) {
    throw new TypeError(
      `Cannot ${what}: the options are ${kindOf(options)}. Give an object with any of ${known.join(', ')}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(
    `Cannot ${what}: unknown option "${unknown}".${nearest(unknown, known) || ` Its options: ${known.join(', ')}.`}`,
  );
}
