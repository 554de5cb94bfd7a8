import { lookUp } from './convert';
import type { Pixels } from './pixels';

/**
 * Decodes the first frame of a GIF as Pillow does: transparent pixels keep their colour, a frame smaller than the
 * screen lies on colour 0 or on the transparent one, a file without a palette is gray. libvips, which sharp uses,
 * composes frames by the rules of a browser instead.
 *
 * @param check called with the size before memory is allocated for the pixels
 * @returns 1 (gray), 2, 3 or 4 channels; an alpha channel where a colour is transparent
 * @throws {Error} when it is damaged
 */
export function decodeGif(bytes: Uint8Array, check: (height: number, width: number) => void): Pixels {
  const frame = firstFrame(bytes);
  const { x, y, transparent } = frame;
  const width = Math.max(frame.screenWidth, x + frame.width);
  const height = Math.max(frame.screenHeight, y + frame.height);
  check(height, width);
  if (height === 0 || width === 0) throw new Error('it has no pixels');
  const drawn = lzw(bytes, frame.data, frame.width * frame.height);
  const indices = new Uint8Array(width * height);
  if (transparent !== undefined) indices.fill(transparent);
  let row = 0;
  for (const line of frame.rows) {
    indices.set(drawn.subarray(row * frame.width, (row + 1) * frame.width), (y + line) * width + x);
    row++;
  }
  const size = { height, width };
  const pixels: Pixels = frame.palette
    ? lookUp(indices, frame.palette, size)
    : { ...size, channels: 1, data: indices };
  return transparent === undefined ? pixels : withAlpha(pixels, indices, transparent);
}

function withAlpha(pixels: Pixels, indices: Uint8Array, transparent: number): Pixels {
  const { channels, data } = pixels;
  const more = new Uint8Array(indices.length * (channels + 1));
  for (let pixel = 0; pixel < indices.length; pixel++) {
    for (let c = 0; c < channels; c++) more[pixel * (channels + 1) + c] = data[pixel * channels + c]!;
    more[pixel * (channels + 1) + channels] = indices[pixel] === transparent ? 0 : 255;
  }
  return { ...pixels, channels: channels + 1, data: more };
}

interface Frame {
  screenWidth: number;
  screenHeight: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Its rows in the order in which the file has them. */
  rows: number[];
  palette: Uint8Array | undefined;
  transparent: number | undefined;
  /** Where the compressed indices start. */
  data: number;
}

function firstFrame(bytes: Uint8Array): Frame {
  const byte = (at: number) => {
    const value = bytes[at];
    if (value === undefined) throw new Error('it is cut off before its first picture');
    return value;
  };
  const u16 = (at: number) => byte(at) | (byte(at + 1) << 8);
  /** A palette and where it ends; none where it is the ramp of gray. */
  const readPalette = (flags: number, at: number) => {
    const length = 3 << ((flags & 7) + 1);
    const colors = bytes.subarray(at, at + length);
    const needed = colors.some((value, i) => value !== Math.floor(i / 3));
    return { palette: needed ? colors : undefined, end: at + length };
  };
  let at = 13;
  let palette: Uint8Array | undefined;
  let transparent: number | undefined;
  if (byte(10) & 128) ({ palette, end: at } = readPalette(byte(10), at));
  for (;;) {
    const kind = byte(at++);
    if (kind === 0x3b) throw new Error('it holds no picture');
    if (kind === 0x21) {
      const isControl = byte(at) === 249 && byte(at + 1) >= 4;
      if (isControl && byte(at + 2) & 1) transparent = byte(at + 5);
      at++;
      for (let length = byte(at); length > 0; length = byte(at)) at += length + 1;
      at++;
    }
    if (kind !== 0x2c) continue;
    const flags = byte(at + 8);
    const [x, y, width, height] = [u16(at), u16(at + 2), u16(at + 4), u16(at + 6)];
    at += 9;
    if (flags & 128) ({ palette, end: at } = readPalette(flags, at));
    return {
      screenWidth: u16(6),
      screenHeight: u16(8),
      x,
      y,
      width,
      height,
      rows: rowOrder(height, (flags & 64) !== 0),
      palette,
      transparent,
      data: at,
    };
  }
}

/** Interlaced files have every eighth row first, then those between, three times. */
function rowOrder(height: number, interlaced: boolean): number[] {
  const rows = Array.from({ length: height }, (_, row) => row);
  if (!interlaced) return rows;
  const pass = (row: number) => (row % 8 === 0 ? 0 : row % 4 === 0 ? 1 : row % 2 === 0 ? 2 : 3);
  return rows.sort((a, b) => pass(a) - pass(b) || a - b);
}

/** The indices of a frame, from codes of growing length in blocks of up to 255 bytes. */
function lzw(bytes: Uint8Array, start: number, count: number): Uint8Array {
  const bits = bytes[start] ?? 0;
  if (bits > 12) throw new Error('its codes are damaged');
  const indices = new Uint8Array(count);
  const clear = 1 << bits;
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  let next = clear + 2;
  let size = bits + 1;
  let last = -1;
  let first = 0;
  let at = start + 1;
  let left = 0;
  let buffer = 0;
  let have = 0;
  let written = 0;
  while (written < count) {
    while (have < size) {
      if (left === 0) {
        left = bytes[at++] ?? 0;
        if (left === 0) throw new Error('it is cut off: pixels are missing');
      }
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('it is cut off: pixels are missing');
      buffer |= byte << have;
      have += 8;
      left--;
    }
    const code = buffer & ((1 << size) - 1);
    buffer >>>= size;
    have -= size;
    if (code === clear) {
      next = clear + 2;
      size = bits + 1;
      last = -1;
      continue;
    }
    if (code === clear + 1) throw new Error('it is cut off: pixels are missing');
    if (code > next || (last < 0 && code > clear)) throw new Error('its codes are damaged');
    let depth = 0;
    let from = code;
    if (code === next) {
      if (last < 0) throw new Error('its codes are damaged');
      stack[depth++] = first;
      from = last;
    }
    while (from >= clear) {
      stack[depth++] = suffix[from]!;
      from = prefix[from]!;
    }
    first = from;
    stack[depth++] = first;
    if (last >= 0 && next < 4096) {
      prefix[next] = last;
      suffix[next] = first;
      next++;
      if (next === 1 << size && size < 12) size++;
    }
    last = code;
    while (depth > 0 && written < count) indices[written++] = stack[--depth]!;
  }
  return indices;
}
