import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { AtlasError } from '../../errors';
import { classesOf, type PictureSet } from './picture-set';

/** Bytes of a file of many pictures. */
const MOST = 4e9;

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

/** A file's bytes; those of a .gz unpacked. */
export function bytesOf(file: string): Buffer {
  const bytes = readFileSync(file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST });
  } catch (cause) {
    throw new AtlasError(`Cannot read ${file}: its gzip is damaged (${(cause as Error).message}).`, {
      cause,
    });
  }
}
