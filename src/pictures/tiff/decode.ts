import { cmykToRgb, lookUp, orient } from '../convert';
import type { Pixels } from '../pixels';
import { COMPRESSIONS, compressionName, type Organization, readSamples, type Unpackers } from './chunks';
import { readTags, TAG, type Tags } from './tags';

/** What a TIFF holds: pixels, or a compression that only a library knows, and how the picture is to be turned. */
export type Tiff =
  | { pixels: Pixels; keepsWide: boolean; orientation: number }
  | { compressed: true; orientation: number };

/** JPEG and the fax codes, which the library decodes. */
const OF_LIBRARY = [3, 4, 7];

/**
 * Decodes a TIFF as Pillow does; libvips, which sharp uses, scales other depths, mixes alpha in and takes rows that
 * it cannot decode for black.
 *
 * @param check called with the size before memory is allocated for the pixels
 * @throws {Error} when it is damaged, or of a kind that Pillow refuses too or that is not supported
 */
export function decodeTiff(
  bytes: Uint8Array,
  check: (height: number, width: number) => void,
  unpackers: Unpackers,
): Tiff {
  const tags = readTags(bytes);
  const height = tags.one(TAG.height, 0);
  const width = tags.one(TAG.width, 0);
  const compression = tags.one(TAG.compression, 1);
  const orientation = orientationOf(tags);
  check(height, width);
  if (!(height > 0 && width > 0)) throw new Error('it has no pixels');
  if (OF_LIBRARY.includes(compression)) return { compressed: true, orientation };
  if (!COMPRESSIONS.includes(compression))
    throw new Error(`its compression, ${compressionName(compression)}, is unsupported`);
  const kind = kindOf(tags, compression);
  const organization: Organization = {
    height,
    width,
    bits: kind.bits,
    samples: kind.samples,
    compression,
  };
  check(height * Math.ceil((kind.bits * kind.samples) / 32), width);
  const samples = readSamples(bytes, tags, organization, unpackers);
  const pixels = orient(toPixels(samples, organization, kind, tags), orientation);
  return { pixels, keepsWide: kind.keepsWide, orientation };
}

function orientationOf(tags: Tags): number {
  const tag = tags.one(TAG.orientation, 0);
  if (tag) return tag;
  const xmp = tags.all(TAG.xmp);
  if (!xmp || xmp.length > 1e6) return 1;
  const text = new TextDecoder('latin1').decode(Uint8Array.from(xmp));
  return Number(/tiff:Orientation(?:="|>)([0-9])/.exec(text)?.[1] ?? 1);
}

type Color = 'gray' | 'inverted' | 'palette' | 'rgb' | 'cmyk';

interface Kind {
  color: Color;
  bits: number;
  /** Samples of a pixel, those included that are left out. */
  samples: number;
  alpha: 'none' | 'straight' | 'premultiplied';
  /** 1 whole numbers from 0, 2 signed ones, 3 floats. */
  format: number;
  /** Bits of a byte stand in the other order. */
  reversed: boolean;
  /** Keras hands out more than bytes for grayscale. */
  keepsWide: boolean;
}

const PHOTOMETRIC: Record<number, Color> = { 0: 'inverted', 1: 'gray', 2: 'rgb', 3: 'palette', 5: 'cmyk' };

/** Which of Pillow's kinds it is; what Pillow refuses is refused. */
function kindOf(tags: Tags, compression: number): Kind {
  const photometric = tags.one(TAG.photometric, 0);
  const color = PHOTOMETRIC[photometric];
  if (!color)
    throw new Error(`its colours, TIFF's kind ${photometric} (${colorName(photometric)}), are unsupported`);
  const extras = tags.all(TAG.extraSamples) ?? [];
  const samples = tags.one(TAG.samples, 1);
  const given = tags.all(TAG.bits) ?? [1];
  const bitsPerSample =
    given.length === 1 ? new Array<number>(Math.min(samples, 16)).fill(given[0]!) : given.slice(0, samples);
  const bits = bitsPerSample[0]!;
  const formats = [...new Set(tags.all(TAG.sampleFormat) ?? [1])];
  const format = formats[0]!;
  const reversed = tags.one(TAG.fillOrder, 1) === 2;
  const colors = color === 'rgb' ? 3 : color === 'cmyk' ? 4 : 1;
  const text = `${bits} bits, ${samples} samples, format ${formats.join(' and ')}, ${color}`;
  const refuse = () => new Error(`TIFF of this kind (${text}) is unsupported`);
  if (bitsPerSample.length !== samples || bitsPerSample.some((n) => n !== bits) || formats.length > 1)
    throw refuse();
  if (reversed && (compression !== 1 || samples !== colors || bits > 8)) throw refuse();
  // RGB with a fourth sample that nothing is said about has alpha.
  const spare = samples - colors;
  const said = extras[0] ?? (color === 'rgb' && spare === 1 ? 2 : 0);
  if (spare < 0 || (spare > 0 && extras.length !== spare && !(color === 'rgb' && spare === 1)))
    throw refuse();
  const alpha = spare === 0 || said === 0 ? 'none' : said === 1 ? 'premultiplied' : 'straight';
  const isGray = color === 'gray' || color === 'inverted';
  const fits = isGray
    ? spare === 0
      ? grayFits(color, bits, format, tags.littleEndian)
      : spare === 1 && bits === 8 && format === 1 && color === 'gray' && alpha !== 'premultiplied'
    : format === 1 &&
      (color === 'palette'
        ? spare === 0
          ? [1, 2, 4, 8].includes(bits)
          : bits === 8 && spare === 1 && alpha !== 'premultiplied'
        : bits === 8 || (bits === 16 && spare <= 1 && (color === 'rgb' || spare === 0)));
  if (!fits || (color === 'cmyk' && alpha !== 'none')) throw refuse();
  // Of these Pillow 13 makes noise: it takes the bytes of a sample in the wrong order, or planes of 16 bits for 8.
  const swapped =
    !tags.littleEndian && compression !== 1 && isGray && (bits === 32 || (bits === 16 && format === 2));
  const split = bits > 8 && samples > 1 && tags.one(TAG.planar, 1) === 2;
  if (swapped || split)
    throw new Error(
      `Pillow misreads TIFFs of this kind (${text}, ${split ? 'in planes' : 'big-endian and compressed'})`,
    );
  const keepsWide =
    isGray && format !== 3 && (bits > 16 || (bits === 16 && (format === 2 || tags.littleEndian)));
  return { color, bits, samples, alpha, format, reversed, keepsWide };
}

function grayFits(color: Color, bits: number, format: number, littleEndian: boolean): boolean {
  if (format === 1) {
    if (bits === 16) return color === 'gray' || littleEndian;
    if (bits === 32) return color === 'gray' && littleEndian;
    return [1, 2, 4, 8].includes(bits);
  }
  if (format === 2) return color === 'gray' && [8, 16, 32].includes(bits);
  return format === 3 && bits === 32;
}

function colorName(photometric: number): string {
  const names: Record<number, string> = {
    4: 'a mask',
    6: 'YCbCr',
    8: 'CIE Lab',
    9: 'ICC Lab',
    32844: 'LogL',
    32845: 'LogLuv',
  };
  return names[photometric] ?? 'unknown';
}

function toPixels(samples: Uint8Array, { height, width }: Organization, kind: Kind, tags: Tags): Pixels {
  const { color, bits, samples: per, alpha } = kind;
  const size = { height, width };
  if (bits < 8 || kind.reversed || color === 'palette' || color === 'inverted' || per === 1) {
    const values = grayValues(samples, size, kind, tags.littleEndian);
    if (color !== 'palette') return { ...size, channels: 1, data: values };
    const map = tags.all(TAG.colorMap);
    if (!map || map.length < 3) throw new Error('its palette is missing');
    const colors = Math.floor(map.length / 3);
    const palette = Uint8Array.from(
      { length: colors * 3 },
      (_, i) => map[(i % 3) * colors + Math.floor(i / 3)]! >> 8,
    );
    const indices = per === 1 ? values : every(values, per, 0);
    const pixels = lookUp(indices, palette, size);
    return alpha === 'none' ? pixels : join(pixels, every(values, per, 1));
  }
  const step = bits / 8;
  // Of 16 bits Pillow takes the high byte.
  const high = bits === 16 && tags.littleEndian ? 1 : 0;
  const colors = color === 'rgb' ? 3 : color === 'cmyk' ? 4 : 1;
  const channels = colors + (alpha === 'none' ? 0 : 1);
  const data = new Uint8Array(height * width * channels);
  let target = 0;
  for (let at = high; at < samples.length; at += per * step) {
    for (let c = 0; c < channels; c++) data[target++] = samples[at + c * step]!;
  }
  if (color === 'cmyk') return { ...size, channels: 3, data: cmykToRgb(data) };
  if (alpha === 'premultiplied') {
    for (let at = 0; at < data.length; at += 4) {
      const a = data[at + 3]!;
      for (let c = 0; c < 3; c++)
        data[at + c] = a === 0 ? 0 : Math.min(255, Math.trunc((data[at + c]! * 255) / a));
    }
  }
  return { ...size, channels, data };
}

function every(values: Uint8Array, per: number, which: number): Uint8Array {
  return Uint8Array.from({ length: values.length / per }, (_, i) => values[i * per + which]!);
}

function join(pixels: Pixels, alpha: Uint8Array): Pixels {
  const data = new Uint8Array(alpha.length * 4);
  alpha.forEach((value, i) => {
    data.set(pixels.data.subarray(i * 3, i * 3 + 3), i * 4);
    data[i * 4 + 3] = value;
  });
  return { ...pixels, channels: 4, data };
}

/** One sample a pixel, as bytes; for a palette its indices. */
function grayValues(
  samples: Uint8Array,
  { height, width }: { height: number; width: number },
  { bits, format, color, samples: per, reversed }: Kind,
  littleEndian: boolean,
): Uint8Array {
  const perRow = width * per;
  const data = new Uint8Array(height * perRow);
  const flip = color === 'inverted' && bits <= 8 ? 255 : 0;
  if (bits > 8) {
    const view = new DataView(samples.buffer, samples.byteOffset, samples.length);
    const read = {
      16: (at: number) => (format === 2 ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian)),
      32: (at: number) =>
        format === 3 ? view.getFloat32(at, littleEndian) : view.getInt32(at, littleEndian),
    }[bits as 16 | 32];
    // Pillow cuts what does not fit into bytes, and takes NaN for 0.
    for (let i = 0; i < data.length; i++) data[i] = Math.max(0, Math.min(255, read((i * bits) / 8))) || 0;
    return data;
  }
  const rowBytes = Math.ceil((perRow * bits) / 8);
  const scale = color === 'palette' ? 1 : 255 / (2 ** bits - 1);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < perRow; column++) {
      const bit = column * bits;
      const packed = samples[row * rowBytes + (bit >> 3)]!;
      const byte = reversed ? reverse(packed) : packed;
      const value = (byte >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      data[row * perRow + column] = (value * scale) ^ flip;
    }
  }
  return data;
}

function reverse(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
