import { fileURLToPath } from 'node:url';
import { valueName } from '../checks/value-name';

/**
 * The path of a file given as a path, a `file:` URL, or the text of such a URL.
 *
 * @throws {TypeError} when it is neither a text nor a URL
 * @throws {Failure} for an address on the network: nothing is fetched
 */
export function localPath(
  source: string | URL,
  Failure: new (message: string, options?: { cause: unknown }) => Error,
): string {
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw new TypeError(`Cannot load this: the path is ${valueName(source)}. Give a text or a file: URL.`);
  }
  const isUrl = source instanceof URL || /^[a-z][a-z+.-]+:\/\//i.test(source);
  if (!isUrl) return source;
  try {
    if (new URL(source).protocol === 'file:') return fileURLToPath(source);
  } catch (cause) {
    throw new Failure(`Cannot load ${source}: it is not a valid file: URL (${(cause as Error).message}).`, {
      cause,
    });
  }
  throw new Failure(
    `Cannot load ${source}: only files are read, nothing from the network. Download it first.`,
  );
}
