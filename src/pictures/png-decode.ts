import { joinBytes } from '../bytes/join-bytes';
import { PictureError } from '../errors';
import { lookUp } from './convert';
import type { Pixels } from './pixels';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Samples of a pixel by the file's colour type: gray, RGB, palette, gray and alpha, RGBA. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First row, first column, and the distances of rows and columns in the seven passes of Adam7. */
const PASSES = [
  [0, 0, 8, 8],
  [0, 4, 8, 8],
  [4, 0, 8, 4],
  [0, 2, 4, 4],
  [2, 0, 4, 2],
  [0, 1, 2, 2],
  [1, 0, 2, 1],
] as const;

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * Decodes a PNG in plain JavaScript, since a browser hands out pixels only multiplied by their alpha. Samples of 16 bits
 * lose their low byte; gray of 16 bits without alpha is cut at 255, as Pillow does it.
 *
 * @param check is called with height and width before memory is taken
 * @param inflate unpacks a zlib stream up to a length
 * @returns its pixels, of 1, 2 (gray and alpha), 3 or 4 channels
 * @throws {PictureError} when it is damaged
 */
export function decodePng(
  bytes: Uint8Array,
  check: (height: number, width: number) => void,
  inflate: (packed: Uint8Array, length: number) => Uint8Array,
): DecodedPng {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const packed: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'PLTE') palette = data;
    if (name === 'tRNS') transparency = data;
    if (name === 'IDAT') packed.push(data);
    if (name === 'IEND') break;
    at += 12 + length;
  }
  if (bytes.length < 33 || packed.length === 0) throw damaged('it has no pixels');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, type, interlaced] = [bytes[24]!, bytes[25]!, bytes[28] === 1];
  const samples = SAMPLES[type];
  if (!samples || ![1, 2, 4, 8, 16].includes(depth) || !width || !height)
    throw damaged('its header is wrong');
  if (type === 3 && !palette) throw damaged('its palette is missing');
  check(height, width);
  const passes = (interlaced ? PASSES : [[0, 0, 1, 1] as const])
    .map(([top, left, down, right]) => ({
      ...{ top, left, down, right },
      rows: Math.ceil((height - top) / down),
      columns: Math.ceil((width - left) / right),
    }))
    .filter(({ rows, columns }) => rows > 0 && columns > 0);
  const lineOf = (columns: number) => Math.ceil((columns * samples * depth) / 8);
  const length = passes.reduce((sum, { rows, columns }) => sum + rows * (1 + lineOf(columns)), 0);
  const lines = inflate(joinBytes(packed), length);
  if (lines.length < length) throw damaged('it is truncated');
  const data = new Uint8Array(height * width * samples);
  const read = reader(depth, type);
  let at = 0;
  for (const { top, left, down, right, rows, columns } of passes) {
    const line = lineOf(columns);
    let above = new Uint8Array(line);
    for (let row = 0; row < rows; row++, at += line + 1) {
      const here = lines.subarray(at + 1, at + 1 + line);
      unfilter(lines[at]!, here, above, Math.max(1, (samples * depth) >> 3));
      above = here as typeof above;
      let sample = 0;
      for (let column = 0; column < columns; column++) {
        const to = ((top + row * down) * width + left + column * right) * samples;
        for (let s = 0; s < samples; s++) data[to + s] = read(here, sample++);
      }
    }
  }
  const pixels = { height, width, channels: samples, data };
  if (type === 3) {
    const colors = lookUp(data, palette!, { height, width });
    return { pixels: transparency ? withAlpha(colors, data, transparency) : colors };
  }
  const isWide = type === 0 && depth === 16;
  const transparent = transparency && !isWide && transparentColor(transparency, depth);
  return { pixels, ...(isWide && { isWide }), ...(transparent && { transparent }) };
}

/** A decoded PNG. */
export interface DecodedPng {
  pixels: Pixels;
  /** Whether its values are gray of 16 bits. */
  isWide?: boolean;
  /** The colour that is transparent, as Pillow compares it with 8-bit pixels. */
  transparent?: readonly number[];
}

/** The low bytes of the chunk's numbers; of one bit, black or white. */
function transparentColor(chunk: Uint8Array, depth: number): number[] {
  const low = Array.from({ length: chunk.length >> 1 }, (_, i) => chunk[2 * i + 1]!);
  return depth === 1 ? low.map((value) => value * 255) : low;
}

/** A palette's colours with the opacity of each index; indices without one are opaque. */
function withAlpha({ height, width, data: colors }: Pixels, indices: Uint8Array, alphas: Uint8Array): Pixels {
  const data = new Uint8Array(4 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    data.set(colors.subarray(3 * i, 3 * i + 3), 4 * i);
    data[4 * i + 3] = alphas[indices[i]!] ?? 255;
  }
  return { height, width, channels: 4, data };
}

const damaged = (why: string) => new PictureError(`the PNG is damaged: ${why}`);

/** A line's sample as a byte; a palette's stays an index. */
function reader(depth: number, type: number): (line: Uint8Array, sample: number) => number {
  if (depth === 8) return (line, sample) => line[sample]!;
  if (depth === 16) {
    return type === 0
      ? (line, sample) => (line[2 * sample] ? 255 : line[2 * sample + 1]!)
      : (line, sample) => line[2 * sample]!;
  }
  const most = (1 << depth) - 1;
  const factor = type === 3 ? 1 : 255 / most;
  return (line, sample) => {
    const bit = sample * depth;
    return ((line[bit >> 3]! >> (8 - depth - (bit & 7))) & most) * factor;
  };
}

/** Undoes a line's filter in place. @param bytes of a pixel, at least one */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, bytes: number): void {
  for (let i = 0; i < line.length; i++) {
    const left = i < bytes ? 0 : line[i - bytes]!;
    const up = above[i]!;
    const corner = i < bytes ? 0 : above[i - bytes]!;
    if (filter === 1) line[i]! += left;
    else if (filter === 2) line[i]! += up;
    else if (filter === 3) line[i]! += (left + up) >> 1;
    else if (filter === 4) line[i]! += paeth(left, up, corner);
    else if (filter > 4) throw damaged(`it has a line filter ${filter}`);
  }
}

/** The neighbour nearest to left + up − corner. */
function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
