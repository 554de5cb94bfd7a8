import { lookUp } from './convert';
import type { Pixels } from './pixels';

/** Where the four bytes of a 32-bit pixel hold red, green, blue and alpha, by the masks that Pillow accepts. */
const LAYOUTS: Record<string, readonly number[]> = {
  'ff0000,ff00,ff,0': [2, 1, 0],
  'ff000000,ff0000,ff00,0': [3, 2, 1],
  'ff000000,ff00,ff,0': [3, 1, 0],
  'ff000000,ff0000,ff00,ff': [3, 2, 1, 0],
  'ff,ff00,ff0000,ff000000': [0, 1, 2, 3],
  'ff0000,ff00,ff,ff000000': [2, 1, 0, 3],
  'ff000000,ff00,ff,ff0000': [3, 1, 0, 2],
  '0,0,0,0': [2, 1, 0, 3],
};

const RAW = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;

/**
 * Decodes a BMP as Pillow does: 1, 4, 8, 16, 24 and 32 bits, RLE, bit fields, top-down, headers of OS/2 and of
 * Windows. No library of npm that was tried gives Pillow's bytes for all of them.
 *
 * @param check called with the size before memory is allocated for the pixels
 * @returns 1 channel where the palette is a ramp of gray, else 3 or 4
 * @throws {Error} when it is damaged or of a kind that Pillow refuses
 */
export function decodeBmp(bytes: Uint8Array, check: (height: number, width: number) => void): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = readHeader(view);
  const { height, width, bits, compression, offset } = header;
  check(height, width);
  if (height === 0 || width === 0) throw new Error('it has no pixels');
  const size = { height, width };
  if (bits <= 8) {
    const { palette, gray, end } = readPalette(bytes, header);
    const start = offset || end;
    // Pillow reads a gray ramp's rows as bytes and a black and white one's as bits, whatever the header says.
    const depth = !gray ? bits : header.colors === 2 ? 1 : 8;
    const indices =
      compression === RAW
        ? unpackBits(rowsOf(bytes, start, header, depth), width, depth)
        : runs(bytes, start, header, compression === RLE4);
    const upright = turn({ ...size, channels: 1, data: indices }, header.topDown);
    if (!gray) return lookUp(upright.data, palette, size);
    const data = header.colors === 2 ? upright.data.map((bit) => (bit ? 255 : 0)) : upright.data;
    return { ...upright, data };
  }
  if (compression !== RAW && compression !== BITFIELDS) throw new Error(`RLE with ${bits} bits`);
  const rows = rowsOf(bytes, offset || header.end, header, bits);
  return turn(bits === 16 ? from16(rows, header) : fromBytes(rows, header), header.topDown);
}

interface Header {
  height: number;
  width: number;
  topDown: boolean;
  bits: number;
  compression: number;
  /** Entries of the palette. */
  colors: number;
  /** Bytes of a palette's entry. */
  entry: number;
  masks: string;
  /** Where the pixels start; 0 where they follow the header. */
  offset: number;
  /** Where the header ends. */
  end: number;
}

function readHeader(view: DataView): Header {
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  if (view.byteLength < 26) throw new Error('its header is cut off');
  const length = u32(14);
  const isShort = length === 12;
  if (!isShort && ![40, 52, 56, 64, 108, 124].includes(length))
    throw new Error(`BMP header of ${length} bytes`);
  let end = 14 + length;
  if (view.byteLength < end) throw new Error('its header is cut off');
  const topDown = !isShort && view.getUint8(25) === 0xff;
  const width = isShort ? u16(18) : u32(18);
  const height = isShort ? u16(20) : topDown ? 2 ** 32 - u32(22) : u32(22);
  const bits = isShort ? u16(24) : u16(28);
  const compression = isShort ? RAW : u32(30);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`BMP with ${bits} bits a pixel`);
  if (![RAW, RLE8, RLE4, BITFIELDS].includes(compression)) throw new Error(`BMP compression ${compression}`);
  let masks = '';
  if (compression === BITFIELDS) {
    if (bits < 16) throw new Error(`bit fields with ${bits} bits`);
    if (length < 52 && view.byteLength < end + 12) throw new Error('its header is cut off');
    const count = length >= 56 ? 4 : 3;
    const values = Array.from({ length: count }, (_, i) => u32(54 + 4 * i));
    if (length < 52) end += 12;
    masks = [...values, 0]
      .slice(0, 4)
      .map((mask) => mask.toString(16))
      .join();
  }
  const colors = (isShort ? 0 : u32(46)) || 2 ** bits;
  const entry = isShort ? 3 : 4;
  let offset = u32(10);
  // Some writers give the end of the header and forget the palette.
  if (offset === 14 + length && bits <= 8) offset += entry * colors;
  return { height, width, topDown, bits, compression, colors, entry, masks, offset, end };
}

function readPalette(bytes: Uint8Array, { colors, entry, end: start }: Header) {
  if (colors > 256) throw new Error(`a palette of ${colors} colours`);
  const end = start + colors * entry;
  const palette = new Uint8Array(colors * 3);
  let gray = true;
  for (let color = 0; color < colors; color++) {
    for (let c = 0; c < 3; c++) {
      const value = bytes[start + color * entry + 2 - c];
      if (value !== (colors === 2 ? color * 255 : color)) gray = false;
      palette[color * 3 + c] = value ?? 0;
    }
  }
  return { palette, gray, end };
}

/** Rows of bytes in the file's order, each looked up when it is read: there may be millions. */
interface Rows {
  height: number;
  row(at: number): Uint8Array;
}

function rowsOf(bytes: Uint8Array, start: number, { height, width, bits }: Header, depth: number): Rows {
  const stride = Math.floor((width * bits + 31) / 8) & ~3;
  const used = Math.ceil((width * depth) / 8);
  if (used > stride || start + stride * (height - 1) + used > bytes.length)
    throw new Error('it is cut off: pixels are missing');
  return { height, row: (at) => bytes.subarray(start + at * stride, start + at * stride + used) };
}

function unpackBits({ height, row }: Rows, width: number, depth: number): Uint8Array {
  const data = new Uint8Array(height * width);
  const mask = 2 ** depth - 1;
  let target = 0;
  for (let y = 0; y < height; y++) {
    const packed = row(y);
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      data[target++] = (packed[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return data;
}

/** Run-length coding; a row that ends early is filled with index 0. */
function runs(bytes: Uint8Array, start: number, { height, width }: Header, half: boolean): Uint8Array {
  const data = new Uint8Array(width * height);
  let at = start;
  let target = 0;
  let column = 0;
  const put = (index: number) => {
    if (target < data.length) data[target++] = index;
  };
  while (target < data.length) {
    const count = bytes[at++];
    const value = bytes[at++];
    if (count === undefined || value === undefined) break;
    if (count > 0) {
      const fits = Math.max(0, Math.min(count, width - column));
      for (let i = 0; i < fits; i++) put(!half ? value : i % 2 === 0 ? value >> 4 : value & 15);
      column += fits;
    } else if (value === 0) {
      target = Math.ceil(target / width) * width;
      column = 0;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      const right = bytes[at++];
      const up = bytes[at++];
      if (right === undefined || up === undefined) break;
      target = Math.min(data.length, target + right + up * width);
      column = target % width;
    } else {
      const left = Math.min(data.length - target, value);
      const length = half ? Math.ceil(left / 2) : left;
      for (let i = 0; i < left; i++) {
        const byte = bytes[at + (half ? i >> 1 : i)];
        if (byte === undefined) throw new Error('it is cut off: pixels are missing');
        put(!half ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
      }
      at += length;
      column += value;
      if (at % 2 !== 0) at++;
    }
  }
  // After the end of the bitmap nothing may be missing, as in Pillow.
  if (target < data.length) throw new Error('it is cut off: pixels are missing');
  return data;
}

function from16({ height, row }: Rows, { width, compression, masks }: Header): Pixels {
  const known = compression === RAW ? '7c00,3e0,1f' : masks.split(',').slice(0, 3).join();
  if (!['7c00,3e0,1f', 'f800,7e0,1f'].includes(known)) throw new Error('bit fields of an unusual layout');
  const greens = known === 'f800,7e0,1f' ? 63 : 31;
  const data = new Uint8Array(height * width * 3);
  let target = 0;
  for (let y = 0; y < height; y++) {
    const packed = row(y);
    for (let column = 0; column < width; column++) {
      const pixel = packed[column * 2]! | (packed[column * 2 + 1]! << 8);
      const red = greens === 63 ? pixel >> 11 : (pixel >> 10) & 31;
      data[target++] = Math.trunc((red * 255) / 31);
      data[target++] = Math.trunc((((pixel >> 5) & greens) * 255) / greens);
      data[target++] = Math.trunc(((pixel & 31) * 255) / 31);
    }
  }
  return { height, width, channels: 3, data };
}

function fromBytes({ height, row }: Rows, { width, bits, compression, masks }: Header): Pixels {
  const plain = compression === RAW || bits === 24;
  if (compression === BITFIELDS && bits === 24 && !masks.startsWith('ff0000,ff00,ff,'))
    throw new Error('bit fields of an unusual layout');
  const order = plain ? [2, 1, 0] : LAYOUTS[masks];
  if (!order) throw new Error('bit fields of an unusual layout');
  const data = new Uint8Array(height * width * order.length);
  let target = 0;
  for (let y = 0; y < height; y++) {
    const packed = row(y);
    for (let at = 0; at < (width * bits) / 8; at += bits / 8) {
      for (const byte of order) data[target++] = packed[at + byte]!;
    }
  }
  return { height, width, channels: order.length, data };
}

/** Rows from the bottom up, as files keep them unless they say otherwise, put upright. */
function turn(pixels: Pixels, topDown: boolean): Pixels {
  if (topDown) return pixels;
  const { height, width, channels, data } = pixels;
  const length = width * channels;
  const upright = new Uint8Array(data.length);
  for (let row = 0; row < height; row++) {
    upright.set(data.subarray(row * length, (row + 1) * length), (height - 1 - row) * length);
  }
  return { ...pixels, data: upright };
}
