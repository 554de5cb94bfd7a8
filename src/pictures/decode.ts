import { inflateSync, constants as zlib } from 'node:zlib';
import type { Sharp } from 'sharp';
import { PictureError } from '../errors';
import { decodeBmp } from './bmp';
import { cmykToRgb, convert, orient } from './convert';
import { decodeGif } from './gif';
import { jpegHeader } from './jpeg-header';
import { otherFormat } from './other-formats';
import type { ColorMode, Pixels } from './pixels';
import { makeTransparent, withoutTransparentColor } from './png';
import { decodeTiff } from './tiff/decode';

/** Formats that Keras users load; SVG, which sharp reads too, is a program rather than a picture. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'tiff']);

/** Decodes and converts to gray, RGB or RGBA as Pillow's `convert` does. */
export async function decode(
  bytes: Uint8Array,
  name: string,
  colorMode: ColorMode,
  maxPixels: number,
): Promise<Pixels> {
  const check = (height: number, width: number) => {
    if (width * height <= maxPixels) return;
    throw new PictureError(
      `Cannot load ${name}: it has ${height} × ${width} pixels, above the limit of ${maxPixels}. Raise { maxPixels } if you trust it.`,
    );
  };
  const damaged = (cause: unknown) =>
    cause instanceof PictureError
      ? cause
      : new PictureError(
          `Cannot load ${name}: it is not a picture that can be read (${firstLine(cause)}). ` +
            'JPEG, PNG, GIF, WebP, TIFF and BMP work.',
          { cause },
        );
  const other = otherFormat(bytes);
  if (other) {
    throw new PictureError(
      `Cannot load ${name}: it is ${other}, which is unsupported. JPEG, PNG, GIF, WebP, TIFF and BMP work: convert it, in Python with Image.open(…).save("picture.png").`,
    );
  }
  const starts = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  try {
    if (starts(0x42, 0x4d)) return convert(decodeBmp(bytes, check), colorMode);
    if (starts(0x47, 0x49, 0x46, 0x38)) return convert(decodeGif(bytes, check), colorMode);
    if (starts(0x49, 0x49) || starts(0x4d, 0x4d)) return await tiff(bytes, name, colorMode, check);
    return await bySharp(bytes, name, colorMode, check);
  } catch (cause) {
    throw damaged(cause);
  }
}

function firstLine(cause: unknown): string {
  return String((cause as Error).message).split('\n')[0]!;
}

type Check = (height: number, width: number) => void;

async function tiff(bytes: Uint8Array, name: string, colorMode: ColorMode, check: Check): Promise<Pixels> {
  const found = decodeTiff(bytes, check, { deflate, zstd });
  if ('compressed' in found) {
    return orient(await bySharp(bytes, name, colorMode, check, 'error'), found.orientation);
  }
  if (found.keepsWide && colorMode === 'grayscale') throw tooWide(name);
  return convert(found.pixels, colorMode);
}

/** What follows the wanted bytes is not looked at, as libtiff does not. */
function deflate(packed: Uint8Array, length: number): Uint8Array {
  const options = { maxOutputLength: length + 65_536, finishFlush: zlib.Z_SYNC_FLUSH };
  return inflateSync(packed, options).subarray(0, length);
}

/** Loaded for the rare file that needs it: importing convlens is faster without. */
function zstd(packed: Uint8Array, length: number): Uint8Array {
  const { unpackZstd }: typeof import('./tiff/zstd') = require('./tiff/zstd');
  return unpackZstd(packed, length);
}

function tooWide(name: string): PictureError {
  return new PictureError(
    `Cannot load ${name} in grayscale: its 16-bit values do not fit into bytes (Keras hands out 0..65535). ` +
      "Use colorMode 'rgb', or save it with 8 bits.",
  );
}

async function bySharp(
  given: Uint8Array,
  name: string,
  colorMode: ColorMode,
  check: Check,
  failOn: 'truncated' | 'error' = 'truncated',
): Promise<Pixels> {
  const { default: sharp } = await import('sharp');
  const { bytes, transparent } = withoutTransparentColor(given);
  const open = () => sharp(bytes, { ignoreIcc: true, failOn, limitInputPixels: false });
  const metadata = jpegHeader(bytes) ?? (await open().metadata());
  if (!FORMATS.has(metadata.format)) throw new Error(`format ${metadata.format}`);
  check(metadata.height ?? 0, metadata.width ?? 0);
  const read = (image: Sharp, options?: { depth: 'ushort' }) =>
    image.raw(options).toBuffer({ resolveWithObject: true });

  if (metadata.space === 'grey16' && !metadata.hasAlpha) {
    if (colorMode === 'grayscale') throw tooWide(name);
    const { data, info } = await read(open().toColourspace('grey16'), { depth: 'ushort' });
    const samples = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height);
    const gray = Uint8Array.from(samples, (value) => Math.min(value, 255));
    return convert({ ...sizeOf(info), channels: 1, data: gray }, colorMode);
  }
  if (metadata.space === 'cmyk') {
    const { data, info } = await read(open().pipelineColourspace('cmyk').toColourspace('cmyk'));
    return convert({ ...sizeOf(info), channels: 3, data: cmykToRgb(data) }, colorMode);
  }
  // Without its alpha the picture takes a quarter less, and need not be copied once more.
  const withoutAlpha = metadata.hasAlpha && colorMode !== 'rgba';
  const { data, info } = await read(withoutAlpha ? open().removeAlpha() : open());
  const pixels = convert({ ...sizeOf(info), channels: info.channels, data }, colorMode);
  if (transparent && colorMode === 'rgba') makeTransparent(pixels.data, transparent);
  return pixels;
}

function sizeOf({ height, width }: { height: number; width: number }) {
  return { height, width };
}

/** Loads the decoder, before the first picture needs it. */
export function preload(): void {
  require('sharp');
}
