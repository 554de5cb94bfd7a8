import { Unzlib } from 'fflate';
import { PictureError } from '../../errors';
import { barePicture } from '../../pictures/bare-picture';
import { decodeBmp } from '../../pictures/bmp';
import { convert } from '../../pictures/convert';
import { decodeGif } from '../../pictures/gif';
import type { ColorMode, Pixels } from '../../pictures/pixels';
import { makeTransparent } from '../../pictures/png';
import { decodePng, isPng } from '../../pictures/png-decode';
import { decodeTiff } from '../../pictures/tiff/decode';
import { unpackZstd } from '../../pictures/tiff/zstd';
import type { WorkerScope } from './scope';

/** Bytes that are unpacked at a time, so that a small file cannot take much memory. */
const PART = 65_536;

/** Unpacks a zlib stream up to a length; of a truncated one, what there is. */
function inflate(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  const stream = new Unzlib((chunk) => {
    const part = chunk.subarray(0, length - to);
    out.set(part, to);
    to += part.length;
  });
  for (let at = 0; at < packed.length && to < length; at += PART) stream.push(packed.subarray(at, at + PART));
  return out.subarray(0, to);
}

/**
 * Decodes a picture's file in a browser, with the bytes that `loadImage` gives: PNG, GIF, BMP and TIFF in plain
 * JavaScript, JPEG and WebP by the browser, without colour management and without turning.
 *
 * @param name of the picture in errors
 * @throws {PictureError} when it is damaged, no picture, or too large
 */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  mode: ColorMode,
  maxPixels: number,
): Promise<Pixels> {
  const check = (height: number, width: number) => {
    if (width * height <= maxPixels) return;
    throw new PictureError(
      `Cannot load ${name}: it has ${height} × ${width} pixels, above the limit of ${maxPixels}. Choose a smaller one.`,
    );
  };
  const starts = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  try {
    if (isPng(bytes)) {
      const { pixels, isWide, transparent } = decodePng(bytes, check, inflate);
      if (isWide && mode === 'grayscale') throw tooWide();
      const converted = convert(pixels, mode);
      if (transparent && mode === 'rgba') makeTransparent(converted.data, transparent);
      return converted;
    }
    if (starts(0x42, 0x4d)) return convert(decodeBmp(bytes, check), mode);
    if (starts(0x47, 0x49, 0x46, 0x38)) return convert(decodeGif(bytes, check), mode);
    if (starts(0x49, 0x49) || starts(0x4d, 0x4d)) {
      const found = decodeTiff(bytes, check, { deflate: inflate, zstd: unpackZstd });
      if ('compressed' in found) throw new Error('its compression is one that a browser does not unpack');
      if (found.keepsWide && mode === 'grayscale') throw tooWide();
      return convert(found.pixels, mode);
    }
    return convert(await byBrowser(bytes, check), mode);
  } catch (cause) {
    if (cause instanceof PictureError && cause.message.startsWith('Cannot')) throw cause;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new PictureError(
      `Cannot load ${name}: it is not a picture that can be read (${reason}). JPEG, PNG, GIF, WebP, TIFF and BMP work.`,
      { cause },
    );
  }
}

const tooWide = () =>
  new Error('its 16-bit values do not fit into bytes; save it with 8 bits, or load it in colour');

async function byBrowser(bytes: Uint8Array, check: (height: number, width: number) => void): Promise<Pixels> {
  const { createImageBitmap, OffscreenCanvas } = globalThis as unknown as WorkerScope;
  if (!createImageBitmap || !OffscreenCanvas) throw new Error('this browser decodes no pictures in a worker');
  const options = { colorSpaceConversion: 'none', imageOrientation: 'none', premultiplyAlpha: 'none' };
  const bitmap = await createImageBitmap(new Blob([barePicture(bytes) as never]), options);
  try {
    const { width, height } = bitmap;
    check(height, width);
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser has no canvas for workers');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { height, width, channels: 4, data: new Uint8Array(data.buffer) };
  } finally {
    bitmap.close();
  }
}
