import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { PictureError } from '../errors';
import { localPath } from '../files/local-path';
import type { Tensor } from '../keras/model';
import { ready, tf } from '../tensorflow/backend';
import { type Interpolation, multiplyBytes, type Pixels, resize } from './resample';

/** A decoded picture: interleaved bytes, `data[(row * width + column) * channels + channel]`, 0..255. */
export interface Picture extends Pixels {}

/** Options of `loadImage`. */
export interface LoadImageOptions {
  /** [height, width] in pixels; without it the picture keeps its size. */
  targetSize?: readonly [height: number, width: number];
  /** Channels of the result: 3, 1 or 4. Default 'rgb'. */
  colorMode?: 'rgb' | 'grayscale' | 'rgba';
  /** How to reach the target size. Default 'nearest', as in Keras. */
  interpolation?: Interpolation;
  /** The most pixels that the file may hold; decoded, each takes three bytes or four. Default 80 million. */
  maxPixels?: number;
}

/** Formats that Keras users load; SVG, which sharp reads too, is a program rather than a picture. */
const FORMATS = new Set(['jpeg', 'png', 'gif', 'webp', 'tiff']);

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'hamming', 'box', 'lanczos'];
const CHANNELS = { grayscale: 1, rgb: 3, rgba: 4 };

/**
 * Loads a picture as Keras's `load_img` does, byte for byte: EXIF orientation and ICC profiles are
 * ignored, alpha is dropped, and a 16-bit gray value above 255 becomes 255 (so does Pillow).
 *
 * @param source a path, a `file:` URL, or the file's bytes (JPEG, PNG, GIF, WebP or TIFF)
 * @param options the size in pixels, the channels and the way to resize
 * @returns bytes 0..255 of [height, width, channels]
 * @throws {PictureError} when the file is missing, damaged or no picture
 * @throws {RangeError} for a target size, colour mode or interpolation that does not exist
 * @example
 * const img = await loadImage('cat.jpg', { targetSize: [150, 150] });
 */
export async function loadImage(
  source: string | URL | Uint8Array,
  options: LoadImageOptions = {},
): Promise<Picture> {
  const { targetSize, colorMode = 'rgb', interpolation = 'nearest', maxPixels = 80e6 } = options;
  checkOptions(targetSize, colorMode, interpolation);
  if (!(maxPixels > 0))
    throw new RangeError(`Cannot load the picture: maxPixels is ${maxPixels}. Give a number of pixels.`);
  const name = nameOf(source);
  const bytes = source instanceof Uint8Array ? source : await readPicture(source, name);
  // TensorFlow starts meanwhile, so that toTensor can be synchronous.
  const [pixels] = await Promise.all([decode(bytes, name, colorMode, maxPixels), ready()]);
  return targetSize ? resize(pixels, targetSize, interpolation) : pixels;
}

/**
 * The picture as a batch of one, as `img_to_array(img)[None] / 255` makes it.
 *
 * @param picture what `loadImage` returns; left as it is
 * @param options how bytes become numbers
 * @param options.rescale factor on the bytes; default 1/255, so values lie in 0..1
 * @returns float32 of shape [1, height, width, channels]; the caller disposes of it
 * @throws {TypeError} when it is no picture
 * @example
 * const imgTensor = toTensor(img);
 * console.log(imgTensor.shape); // [1, 150, 150, 3]
 */
export function toTensor(picture: Picture, { rescale = 1 / 255 }: { rescale?: number } = {}): Tensor {
  const { height, width, channels, data } = picture;
  if (!(data instanceof Uint8Array) || data.length !== height * width * channels) {
    throw new TypeError('Cannot make a tensor: not a picture. Pass what loadImage returns.');
  }
  // Float32Array rounds each product once, which equals Keras's float32 division for every byte.
  const values = new Float32Array(256).map((_, byte) => byte * rescale);
  return tf().tensor4d(
    Float32Array.from(data, (byte) => values[byte]),
    [1, height, width, channels],
  );
}

function checkOptions(
  targetSize: LoadImageOptions['targetSize'],
  colorMode: string,
  interpolation: string,
): void {
  if (
    targetSize &&
    !(targetSize.length === 2 && targetSize.every((n) => Number.isInteger(n) && n > 0 && n <= 16384))
  ) {
    throw new RangeError(
      `Cannot load the picture at size [${targetSize}]: targetSize is [height, width], whole pixels from 1 to 16384.`,
    );
  }
  if (!Object.hasOwn(CHANNELS, colorMode)) {
    throw new RangeError(
      `Cannot load the picture as '${colorMode}': colorMode is one of ${Object.keys(CHANNELS).join(', ')}.`,
    );
  }
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw new RangeError(
      `Cannot resize by '${interpolation}': interpolation is one of ${INTERPOLATIONS.join(', ')}.`,
    );
  }
}

function nameOf(source: string | URL | Uint8Array): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Uint8Array) return 'the picture';
  throw new TypeError('Cannot load the picture: source is a path, a file: URL or bytes (Uint8Array).');
}

async function readPicture(source: string | URL, name: string): Promise<Uint8Array> {
  const path = localPath(source, PictureError);
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? `there is no such file (looked in ${process.cwd()})`
        : code === 'EISDIR'
          ? 'it is a folder'
          : `${cause}`;
    throw new PictureError(`Cannot load ${name}: ${reason}. Give the path of a picture file.`, { cause });
  }
}

/** Decodes and converts to gray, RGB or RGBA as Pillow's `convert` does. */
async function decode(
  bytes: Uint8Array,
  name: string,
  colorMode: keyof typeof CHANNELS,
  maxPixels: number,
): Promise<Pixels> {
  const { default: sharp } = await import('sharp');
  const damaged = (cause: unknown) =>
    new PictureError(
      `Cannot load ${name}: it is not a picture that can be read (${(cause as Error).message}). ` +
        'JPEG, PNG, GIF, WebP and TIFF work.',
      { cause },
    );
  const open = () => sharp(bytes, { ignoreIcc: true, failOn: 'truncated', limitInputPixels: false });
  // sharp itself throws at once on an empty file, so that opening must stand inside the promise.
  const metadata = await (async () => open().metadata())().catch((cause) => Promise.reject(damaged(cause)));
  if (!FORMATS.has(metadata.format)) throw damaged(new Error(`format ${metadata.format}`));
  const { width = 0, height = 0 } = metadata;
  if (width * height > maxPixels) {
    throw new PictureError(
      `Cannot load ${name}: it has ${height} × ${width} pixels, above the limit of ${maxPixels}. Raise { maxPixels } if you trust it.`,
    );
  }
  const read = (image: Sharp, options?: { depth: 'ushort' }) =>
    image
      .raw(options)
      .toBuffer({ resolveWithObject: true })
      .catch((cause) => Promise.reject(damaged(cause)));

  if (metadata.space === 'grey16' && !metadata.hasAlpha) {
    if (colorMode === 'grayscale') {
      throw new PictureError(
        `Cannot load ${name} in grayscale: its 16-bit values do not fit into bytes (Keras hands out 0..65535). ` +
          "Use colorMode 'rgb', or save it with 8 bits.",
      );
    }
    const { data, info } = await read(open().toColourspace('grey16'), { depth: 'ushort' });
    const samples = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height);
    return convert(
      Uint8Array.from(samples, (v) => Math.min(v, 255)),
      1,
      info,
      colorMode,
    );
  }
  if (metadata.space === 'cmyk') {
    const { data, info } = await read(open().pipelineColourspace('cmyk').toColourspace('cmyk'));
    return convert(cmykToRgb(data), 3, info, colorMode);
  }
  // Without its alpha the picture takes a quarter less, and need not be copied once more.
  const { data, info } = await read(colorMode === 'rgba' ? open() : open().removeAlpha());
  return convert(data, info.channels, info, colorMode);
}

/** Pillow's conversion, which knows no colour management: each ink darkens what black leaves. */
function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let source = 0, target = 0; source < cmyk.length; source += 4) {
    const light = 255 - cmyk[source + 3];
    for (let c = 0; c < 3; c++) rgb[target++] = Math.max(0, light - multiplyBytes(cmyk[source + c], light));
  }
  return rgb;
}

/** From gray, gray + alpha, RGB or RGBA to the channels that are asked for. */
function convert(
  source: Uint8Array,
  from: number,
  { height, width }: { height: number; width: number },
  colorMode: keyof typeof CHANNELS,
): Pixels {
  const channels = CHANNELS[colorMode];
  if (from === channels) {
    return { height, width, channels, data: new Uint8Array(source.buffer, source.byteOffset, source.length) };
  }
  const data = new Uint8Array(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const at = pixel * from;
    const red = source[at];
    const green = from < 3 ? red : source[at + 1];
    const blue = from < 3 ? red : source[at + 2];
    const to = pixel * channels;
    if (channels === 1) {
      // ITU-R 601-2 luma in Pillow's fixed point.
      data[to] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
      continue;
    }
    data[to] = red;
    data[to + 1] = green;
    data[to + 2] = blue;
    if (channels === 4) data[to + 3] = from % 2 === 0 ? source[at + from - 1] : 255;
  }
  return { height, width, channels, data };
}

/** Loads the decoder, before the first picture needs it. */
export function preload(): void {
  require('sharp');
}
