import type { Sharp } from 'sharp';
import { PictureError } from '../errors';
import { CHANNELS, type ColorMode, type Pixels } from './pixels';
import { multiplyBytes } from './resample';

/** Formats that Keras users load; SVG, which sharp reads too, is a program rather than a picture. */
const FORMATS = new Set(['jpeg', 'png', 'gif', 'webp', 'tiff']);

/** Decodes and converts to gray, RGB or RGBA as Pillow's `convert` does. */
export async function decode(
  bytes: Uint8Array,
  name: string,
  colorMode: ColorMode,
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
  colorMode: ColorMode,
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
