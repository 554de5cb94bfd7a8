import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync, type ZlibOptions } from 'node:zlib';
import { AtlasError } from '../../errors';
import { classesOf, type PictureSet } from './picture-set';

/** Bytes of a file of many pictures: Node reads no more at once. */
const MOST = 2 ** 31 - 1;

/** Pictures of one size, one after another. */
export interface Numbered {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Row after row, channels last. */
  pixels(index: number): Uint8Array;
  readonly labels?: readonly string[];
}

/** Pictures that have numbers for names. */
export function numberedSet(
  file: string,
  { count, height, width, channels, pixels, labels }: Numbered,
): PictureSet {
  if (![1, 3, 4].includes(channels)) {
    throw new AtlasError(
      `Cannot read ${file}: its pictures have ${channels} channels. Those of 1, 3 and 4 can be read.`,
    );
  }
  if (!count) throw new AtlasError(`Cannot read ${file}: it holds no pictures.`);
  if (labels && labels.length !== count) {
    throw new AtlasError(`Cannot read ${file}: it has ${count} pictures and ${labels.length} labels.`);
  }
  const digits = String(count - 1).length;
  return {
    names: Array.from({ length: count }, (_, i) => String(i).padStart(digits, '0')),
    ...(labels && new Set(labels).size > 1 && { classes: classesOf(labels) }),
    read: async (_, index) => ({ height, width, channels, data: pixels(index) }),
  };
}

/** A file whose bytes, unpacked if it is a .gz, are read when their number is known. */
export interface Packed {
  /** Its first bytes, 64 at most. */
  readonly head: Buffer;
  /** How many bytes it has; undefined for a .gz. */
  readonly size: number | undefined;
  /**
   * All bytes.
   *
   * @param size how many there should be
   * @throws {AtlasError} when a .gz is damaged or holds more than these
   */
  all(size: number): Buffer;
}

/** The most bytes that Deflate unpacks one byte to. */
export const MOST_RATIO = 1032;

/** Opens a file of many pictures, or of their labels. */
export function openPacked(file: string): Packed {
  const { size } = statSync(file);
  const start = beginningOf(file, 4096);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    const all = () => {
      if (size > MOST)
        throw new AtlasError(`Cannot read ${file}: it has ${size} bytes; at most ${MOST} are read.`);
      return readFileSync(file);
    };
    return { head: start.subarray(0, 64), size, all };
  }
  const unpack = (bytes: Buffer, options: ZlibOptions) => {
    try {
      return gunzipSync(bytes, options);
    } catch (cause) {
      const why =
        (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
          ? 'it holds too much'
          : (cause as Error).message;
      throw new AtlasError(`Cannot read ${file}: its gzip is damaged (${why}).`, { cause });
    }
  };
  return {
    head: unpack(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, 64),
    size: undefined,
    all(wanted) {
      if (wanted > Math.min(MOST, MOST_RATIO * size)) {
        throw new AtlasError(
          `Cannot read ${file}: its ${size} bytes of gzip cannot hold the ${wanted} that it declares. Download it again.`,
        );
      }
      return unpack(readFileSync(file), { maxOutputLength: Math.max(1, wanted) });
    },
  };
}

function beginningOf(file: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const fd = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}
