/** Bytes above which a page is too large for many mail programs. */
const LARGE = 20e6;

const told = new Set<string>();

/**
 * Refuses a page that is too large, and says once how large a large one is.
 *
 * @param what the call that fails, as an error says it
 * @param bytes of the page, or as many as it will have at least
 * @param wayOut what to do about a page that is too large
 * @throws {RangeError} above `most`
 */
export function checkSize(
  what: string,
  path: string,
  bytes: number,
  most: number,
  wayOut = 'Raise { maxBytes }, or halve the weights with { bits: 16 }.',
): void {
  const size = megabytes(bytes);
  if (bytes > most) {
    throw new RangeError(
      `Cannot ${what}: it would have ${size}, above the limit of ${megabytes(most)}. ${wayOut}`,
    );
  }
  if (bytes <= LARGE || told.has(path)) return;
  told.add(path);
  console.warn(
    `${path} will have ${size}: many mail programs refuse that much, and a phone takes seconds to open it.`,
  );
}

export const megabytes = (bytes: number): string =>
  `${Number((bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0))} MB`;
