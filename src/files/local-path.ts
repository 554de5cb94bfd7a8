import { fileURLToPath } from 'node:url';

/**
 * The path that a path, a `file:` URL or the text of one stands for.
 *
 * @throws {Failure} for an address on the network: nothing is fetched
 */
export function localPath(
  source: string | URL,
  Failure: new (message: string, options?: { cause: unknown }) => Error,
): string {
  const isUrl = source instanceof URL || /^[a-z][a-z+.-]+:\/\//i.test(source);
  if (!isUrl) return source;
  try {
    if (new URL(source).protocol === 'file:') return fileURLToPath(source);
  } catch (cause) {
    throw new Failure(`Cannot load ${source}: that is no address of a file (${(cause as Error).message}).`, {
      cause,
    });
  }
  throw new Failure(
    `Cannot load ${source}: only files are read, nothing from the network. Download it first.`,
  );
}
