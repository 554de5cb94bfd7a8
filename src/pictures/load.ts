import { readFile, stat } from 'node:fs/promises';
import { PictureError } from '../errors';
import { localPath } from '../files/local-path';
import { decode } from './decode';
import { type LoadImageOptions, loadWith } from './load-with';
import type { Picture } from './pixels';

export type { LoadImageOptions };

/**
 * Loads a picture as Keras's `load_img` does, byte for byte: ICC profiles and EXIF's orientation are
 * ignored (a TIFF's orientation tag is not), of an animation the first frame is taken, alpha is dropped, and a 16-bit
 * gray value above 255 becomes 255 (so does Pillow).
 *
 * @param source a path, a `file:` URL, or the file's bytes (JPEG, PNG, GIF, WebP, TIFF or BMP)
 * @param options the size in pixels, the channels and the way to resize
 * @returns bytes 0..255 of [height, width, channels]
 * @throws {PictureError} when the file is missing, damaged or no picture
 * @throws {TypeError} for a source or an option of another kind, or an unknown option
 * @throws {RangeError} for a target size, colour mode or interpolation that does not exist
 * @example
 * const img = await loadImage('cat.jpg', { targetSize: [150, 150] });
 */
export async function loadImage(
  source: string | URL | Uint8Array,
  options: LoadImageOptions = {},
): Promise<Picture> {
  return loadWith(source, options, { read: readPicture, decode });
}

/** Bytes: those of the most pixels that are read by default, in the widest form, four floats each. */
const MOST = 80e6 * 16;

async function readPicture(source: string | URL, name: string): Promise<Uint8Array> {
  const path = localPath(source, PictureError);
  try {
    const { size } = await stat(path);
    if (size > MOST) throw new Error(`it has ${size} bytes, more than a picture`);
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? `there is no such file (looked in ${process.cwd()})`
        : code === 'EISDIR'
          ? 'it is a folder'
          : (cause as Error).message;
    throw new PictureError(`Cannot load ${name}: ${reason}. Give the path of a picture file.`, { cause });
  }
}
