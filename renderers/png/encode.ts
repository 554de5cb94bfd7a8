import { crc32 } from '../../src/bytes/crc32';
import { joinBytes } from '../../src/bytes/join-bytes';
import { platform } from '../platform';

/**
 * Writes PNGs (W3C, Portable Network Graphics, third edition), in Node and in browsers. node-canvas writes palettes,
 * too, but takes eight times as long and a tenth more bytes (the 2368 × 148 grid: 61 ms and 157 kB there, 8 ms and
 * 152 kB here), and aborts the process on an index beyond its palette.
 */

/**
 * A PNG with a palette.
 *
 * @param indices one byte per pixel, row by row, each below the number of colours
 * @param colors three bytes per colour, at most 256 colours
 * @param alphas the opacity of the first colours, 0..255; others are opaque
 */
export function indexedPng(
  width: number,
  height: number,
  indices: Uint8Array,
  colors: Uint8Array,
  alphas?: Uint8Array,
): Uint8Array {
  // Indices are labels, so their differences say little; but where each value covers several pixels, most differences
  // are 0. Both filters are tried.
  const [data] = [rowsAsTheyAre, rowsByDifference]
    .map((filter) => platform().deflate(filter(indices, width, 1)))
    .sort((x, y) => x.length - y.length) as [Uint8Array];
  const transparency = alphas ? [alphaChunk(alphas)] : [];
  return png(width, height, INDEXED, data, chunk('PLTE', colors), ...transparency);
}

/**
 * A drawing as a PNG with a palette. Its labels compress best as they are (measured for every kind of figure); rows that
 * repeat the one above, as most do where each value covers several pixels, become zeros.
 */
export function drawnPng(width: number, height: number, indices: Uint8Array, colors: Uint8Array): Uint8Array {
  const rows = rowsAsTheyAre(indices, width);
  for (let row = height - 1; row > 0; row--) {
    const at = row * width;
    let x = 0;
    while (x < width && indices[at + x] === indices[at + x - width]) x++;
    if (x === width) rows.fill(0, row * (width + 1) + 1, (row + 1) * (width + 1))[row * (width + 1)] = UP;
  }
  return png(width, height, INDEXED, platform().deflate(rows), chunk('PLTE', colors));
}

/** The part of a PNG with a palette that makes its colours transparent: it stands after the palette. */
export function alphaChunk(alphas: Uint8Array): Uint8Array {
  return chunk('tRNS', alphas);
}

/** Bytes of a PNG up to the end of a palette of 256 colours: signature, header, palette. */
export const PALETTE_END = 8 + 25 + 12 + 3 * 256;

/**
 * A PNG of interleaved bytes: gray, RGB or RGBA.
 *
 * @param channels 1, 3 or 4
 */
export function pixelPng(width: number, height: number, channels: number, pixels: Uint8Array): Uint8Array {
  const type = channels === 1 ? GRAY : channels === 3 ? RGB : RGBA;
  return png(width, height, type, platform().deflate(rowsByBestFilter(pixels, width * channels, channels)));
}

/** The filter that takes the difference from the row above. */
const UP = 2;

/** Colour types of PNG. */
const [GRAY, RGB, INDEXED, RGBA] = [0, 2, 3, 6];

function png(width: number, height: number, colorType: number, data: Uint8Array, ...more: Uint8Array[]) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colorType], 8);
  return joinBytes([
    SIGNATURE,
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Filter 0: each row unchanged, after the number of its filter. */
function rowsAsTheyAre(pixels: Uint8Array, stride: number): Uint8Array {
  const height = pixels.length / stride;
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  return rows;
}

/** Filter 1: each byte as the difference from the pixel before. */
function rowsByDifference(pixels: Uint8Array, stride: number, bytes: number): Uint8Array {
  const rows = rowsAsTheyAre(pixels, stride);
  const height = pixels.length / stride;
  for (let row = 0; row < height; row++) {
    const [from, to] = [row * stride, row * (stride + 1)];
    rows[to] = 1;
    for (let x = bytes; x < stride; x++) rows[to + 1 + x] = pixels[from + x]! - pixels[from + x - bytes]!;
  }
  return rows;
}

/**
 * The filter of each row that leaves the least sum of magnitudes, as the PNG specification (12.7) advises for
 * photographs.
 */
function rowsByBestFilter(pixels: Uint8Array, stride: number, bytes: number): Uint8Array {
  const height = pixels.length / stride;
  const rows = new Uint8Array(height * (stride + 1));
  const tried = Array.from({ length: 5 }, () => new Uint8Array(stride));
  for (let row = 0; row < height; row++) {
    const at = row * stride;
    const sums = [0, 0, 0, 0, 0];
    for (let x = 0; x < stride; x++) {
      const value = pixels[at + x]!;
      const left = x < bytes ? 0 : pixels[at + x - bytes]!;
      const above = row === 0 ? 0 : pixels[at + x - stride]!;
      const corner = row === 0 || x < bytes ? 0 : pixels[at + x - stride - bytes]!;
      const guesses = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
      for (let filter = 0; filter < 5; filter++) {
        const byte = (value - guesses[filter]!) & 255;
        tried[filter]![x] = byte;
        sums[filter]! += byte < 128 ? byte : 256 - byte;
      }
    }
    const best = sums.indexOf(Math.min(...sums));
    rows[row * (stride + 1)] = best;
    rows.set(tried[best]!, row * (stride + 1) + 1);
  }
  return rows;
}

/** The neighbour nearest to left + above − corner (PNG specification, 9.4). */
function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Length, name, data and checksum. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(data.length + 12);
  const view = new DataView(framed.buffer);
  view.setUint32(0, data.length);
  framed.set(
    [...name].map((letter) => letter.charCodeAt(0)),
    4,
  );
  framed.set(data, 8);
  view.setUint32(data.length + 8, crc32(framed.subarray(4, data.length + 8)));
  return framed;
}
