import type { Tags } from './tags';
import { TAG } from './tags';

/** Ways to unpack that come from outside: Node has one, a browser another. Both stop at `length` bytes. */
export interface Unpackers {
  deflate(bytes: Uint8Array, length: number): Uint8Array;
  zstd(bytes: Uint8Array, length: number): Uint8Array;
}

/** How the samples of a TIFF lie in its strips or tiles. */
export interface Organization {
  height: number;
  width: number;
  /** Bits of a sample. */
  bits: number;
  samples: number;
  compression: number;
}

const NAMES: Record<number, string> = {
  2: 'CCITT',
  6: 'old JPEG',
  32771: 'word-aligned',
  32809: 'ThunderScan',
  34676: 'SGI Log',
  34677: 'SGI Log',
  34925: 'LZMA',
  50001: 'WebP',
  50002: 'JPEG XL',
};

/** The compressions that are unpacked here: none, LZW, deflate, PackBits and Zstandard. */
export const COMPRESSIONS: readonly number[] = [1, 5, 8, 32946, 32773, 50000];

/** What a compression is called in an error. */
export function compressionName(compression: number): string {
  return NAMES[compression] ?? `number ${compression}`;
}

/**
 * All samples of a picture, unpacked, row after row, pixel after pixel; rows start at whole bytes.
 *
 * @throws {Error} when data are missing or damaged
 */
export function readSamples(
  bytes: Uint8Array,
  tags: Tags,
  layout: Organization,
  unpackers: Unpackers,
): Uint8Array {
  const { height, width, bits, samples, compression } = layout;
  const isTiled = tags.all(TAG.tileOffsets) !== undefined && tags.all(TAG.stripOffsets) === undefined;
  const isPlanar = tags.one(TAG.planar, 1) === 2 && samples > 1;
  const offsets = tags.all(isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  if (!offsets) throw new Error('it does not say where its pixels are');
  const lengths = tags.all(isTiled ? TAG.tileLengths : TAG.stripLengths);
  const tileWidth = isTiled ? tags.one(TAG.tileWidth, 0) : width;
  const tileHeight = Math.min(
    tags.one(isTiled ? TAG.tileHeight : TAG.rowsPerStrip, height),
    isTiled ? 65535 : height,
  );
  if (!(tileWidth > 0 && tileHeight > 0)) throw new Error('its tiles have no size');
  if (tileWidth > 2 * width + 65535) throw new Error('its tiles are larger than the picture');
  const inChunk = isPlanar ? 1 : samples;
  const across = Math.ceil(width / tileWidth);
  const down = Math.ceil(height / tileHeight);
  const planes = isPlanar ? samples : 1;
  const rowBytes = Math.ceil((width * samples * bits) / 8);
  const chunkRow = Math.ceil((tileWidth * inChunk * bits) / 8);
  if (isPlanar && bits % 8 !== 0) throw new Error(`planes of ${bits} bits`);
  if (isTiled && across > 1 && (tileWidth * inChunk * bits) % 8 !== 0)
    throw new Error('tiles of part of a byte');
  if (offsets.length < across * down * planes) throw new Error('it is cut off: pixels are missing');
  if (compression === 1 && rowBytes * height > bytes.length)
    throw new Error('it is cut off: pixels are missing');
  const result = new Uint8Array(rowBytes * height);
  for (let chunk = 0; chunk < across * down * planes; chunk++) {
    const plane = Math.floor(chunk / (across * down));
    const row = Math.floor((chunk % (across * down)) / across) * tileHeight;
    const column = (chunk % across) * tileWidth;
    const rows = isTiled ? tileHeight : Math.min(tileHeight, height - row);
    const wanted = rows * chunkRow;
    const start = offsets[chunk]!;
    const end = compression === 1 ? start + wanted : start + (lengths?.[chunk] ?? bytes.length - start);
    const packed = bytes.subarray(start, Math.min(end, bytes.length));
    const unpacked = unpack(packed, compression, wanted, unpackers);
    if (unpacked.length < wanted) throw new Error('it is cut off or damaged: pixels are missing');
    if (compression !== 1) unpredict(unpacked, tags, { chunkRow, rows, inChunk, bits });
    const shown = Math.min(rows, height - row);
    if (isPlanar) {
      const size = bits / 8;
      const count = Math.min(tileWidth, width - column);
      for (let y = 0; y < shown; y++) {
        for (let x = 0; x < count; x++) {
          const to = (row + y) * rowBytes + ((column + x) * samples + plane) * size;
          for (let b = 0; b < size; b++) result[to + b] = unpacked[y * chunkRow + x * size + b]!;
        }
      }
    } else {
      const from = (column * samples * bits) / 8;
      const count = Math.min(chunkRow, rowBytes - from);
      for (let y = 0; y < shown; y++) {
        result.set(unpacked.subarray(y * chunkRow, y * chunkRow + count), (row + y) * rowBytes + from);
      }
    }
  }
  return result;
}

function unpack(packed: Uint8Array, compression: number, length: number, by: Unpackers): Uint8Array {
  switch (compression) {
    case 1:
      return packed;
    case 5:
      return lzw(packed, length);
    case 32773:
      return packBits(packed, length);
    case 50000:
      return by.zstd(packed, length);
    default:
      return by.deflate(packed, length);
  }
}

function packBits(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  let at = 0;
  while (to < length && at < packed.length) {
    const count = packed[at++]!;
    if (count === 128) continue;
    if (count < 128) {
      const run = packed.subarray(at, Math.min(at + count + 1, at + length - to));
      out.set(run, to);
      to += run.length;
      at += count + 1;
    } else if (at < packed.length) {
      const end = Math.min(length, to + 257 - count);
      out.fill(packed[at++]!, to, end);
      to = end;
    }
  }
  return out.subarray(0, to);
}

/** TIFF's LZW: codes of 9 to 12 bits, the first bit first, each length one code early. */
function lzw(packed: Uint8Array, length: number): Uint8Array {
  if (packed[0] === 0 && (packed[1] ?? 0) & 1) throw new Error('LZW of before 1989');
  const out = new Uint8Array(length);
  const starts = new Uint32Array(4096);
  const sizes = new Uint16Array(4096);
  let next = 258;
  let size = 9;
  let previous = -1;
  let to = 0;
  let bit = 0;
  while (to < length) {
    if (bit + size > packed.length * 8) break;
    const at = bit >> 3;
    const window = (packed[at]! << 16) | ((packed[at + 1] ?? 0) << 8) | (packed[at + 2] ?? 0);
    const code = (window >> (24 - size - (bit & 7))) & ((1 << size) - 1);
    bit += size;
    if (code === 257) break;
    if (code === 256) {
      next = 258;
      size = 9;
      previous = -1;
      continue;
    }
    const begin = to;
    if (code < 256) {
      out[to++] = code;
    } else {
      if (previous < 0 || code > next || (code === next && next === 4096))
        throw new Error('its LZW codes are damaged');
      // The newest entry is the previous one and the byte after it, both of which lie in the output.
      const from = code === next ? previous : starts[code]!;
      const count = code === next ? begin - previous + 1 : sizes[code]!;
      for (let i = 0; i < count && to < length; i++) out[to++] = out[from + i]!;
    }
    if (previous >= 0 && next < 4096) {
      starts[next] = previous;
      sizes[next] = begin - previous + 1;
      next++;
      if (next >= (1 << size) - 1 && size < 12) size++;
    }
    previous = begin;
  }
  return out.subarray(0, to);
}

/** Undoes differences between neighbours: 2 by whole samples, 3 by the bytes of floats. */
function unpredict(
  data: Uint8Array,
  tags: Tags,
  { chunkRow, rows, inChunk, bits }: { chunkRow: number; rows: number; inChunk: number; bits: number },
): void {
  const predictor = tags.one(TAG.predictor, 1);
  if (predictor === 1) return;
  if (predictor === 2 && bits === 8) {
    for (let row = 0; row < rows; row++) {
      const start = row * chunkRow;
      for (let i = start + inChunk; i < start + chunkRow; i++) data[i]! += data[i - inChunk]!;
    }
    return;
  }
  if (predictor === 2 && (bits === 16 || bits === 32)) {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const { littleEndian } = tags;
    const size = bits / 8;
    for (let row = 0; row < rows; row++) {
      const end = (row + 1) * chunkRow;
      for (let at = row * chunkRow + inChunk * size; at + size <= end; at += size) {
        if (size === 2) {
          const sum = view.getUint16(at, littleEndian) + view.getUint16(at - inChunk * 2, littleEndian);
          view.setUint16(at, sum & 0xffff, littleEndian);
        } else {
          const sum = view.getUint32(at, littleEndian) + view.getUint32(at - inChunk * 4, littleEndian);
          view.setUint32(at, sum >>> 0, littleEndian);
        }
      }
    }
    return;
  }
  if (predictor === 3 && bits === 32) {
    const count = chunkRow / 4;
    for (let row = 0; row < rows; row++) {
      const line = data.subarray(row * chunkRow, (row + 1) * chunkRow);
      for (let i = inChunk; i < line.length; i++) line[i]! += line[i - inChunk]!;
      const bytes = line.slice();
      for (let i = 0; i < count; i++) {
        for (let b = 0; b < 4; b++) {
          line[i * 4 + (tags.littleEndian ? 3 - b : b)] = bytes[b * count + i]!;
        }
      }
    }
    return;
  }
  throw new Error(`predictor ${predictor} with ${bits} bits`);
}
