import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { loadImage } from '../../src/pictures/load';
import { type Case, choose, type Edit, editBytes, edited, editField, type Field } from './edit';

const SIGNATURE = 8;

interface Chunk {
  type: string;
  data: Buffer;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE; at < png.length; ) {
    const size = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + size) });
    at += 12 + size;
  }
  return chunks;
}

function pngOf(signature: Buffer, chunks: readonly Chunk[]): Buffer {
  const parts = chunks.flatMap(({ type, data }) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return [length, body, sum];
  });
  return Buffer.concat([signature, ...parts]);
}

/** Width, height, then depth, colour, compression, filter, interlace: of the chunk IHDR. */
const HEADER: Field[] = [0, 4, 8, 9, 10, 11, 12].map((at) => ({ at, size: at < 8 ? 4 : 1, bigEndian: true }));
const TYPES = [
  'IHDR',
  'PLTE',
  'tRNS',
  'IDAT',
  'IEND',
  'iCCP',
  'gAMA',
  'sBIT',
  'acTL',
  'eXIf',
  'zTXt',
  'XXXX',
];

/** Zeros by the hundred million in a few hundred kilobytes, as a colour profile. */
const bomb = () =>
  Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(300_000_000), { level: 1 })]);

function editChunks(chunks: Chunk[], edit: Edit): Chunk[] {
  const { op, at, value } = edit;
  const index = at % chunks.length;
  const { type, data } = chunks[index]!;
  const others = { op: op >> 4, at: at >> 3, value };
  const put = (changed: Partial<Chunk>, place = index) =>
    chunks.splice(place, 1, { ...chunks[place]!, ...changed });
  switch (op % 9) {
    case 0: {
      const header = Buffer.from(chunks[0]!.data);
      if (header.length >= 13) editField(header, HEADER, others);
      put({ data: header }, 0);
      break;
    }
    case 1:
      if (data.length) put({ data: editBytes(Buffer.from(data), others) });
      break;
    case 2:
      if (chunks.length > 1) chunks.splice(index, 1);
      break;
    case 3:
      chunks.splice(value % chunks.length, 0, { type, data });
      break;
    case 4:
      put({ type: choose(TYPES, value) });
      break;
    case 5:
      put({ data: data.subarray(0, value % (data.length + 1)) });
      break;
    case 6:
      if (op % 256 === 6) chunks.splice(1, 0, { type: choose(['iCCP', 'zTXt'], value), data: bomb() });
      break;
    default:
      // The lines behind the compression, with their filters.
      if (type === 'IDAT') put({ data: recompressed(data, others) });
  }
  return chunks;
}

function recompressed(data: Buffer, edit: Edit): Buffer {
  try {
    return deflateSync(editBytes(inflateSync(data), edit));
  } catch {
    return data;
  }
}

/** A PNG whose chunks are changed and have right checksums all the same; some with bytes changed after that. */
export function damagedPng(bases: readonly Buffer[], { base, edits }: Case): Buffer {
  const source = choose(bases, base);
  const chunks = edits.reduce(editChunks, chunksOf(source));
  const png = pngOf(source.subarray(0, SIGNATURE), chunks);
  return base % 4 === 3 ? edited(png, edits.slice(0, 2)) : png;
}

/** The numbers in a JPEG's segments: markers, lengths, sizes, samplings, tables. */
function segmentFields(jpeg: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 2; at + 4 < jpeg.length && jpeg[at] === 0xff; ) {
    const length = jpeg.readUInt16BE(at + 2);
    fields.push({ at: at + 1, size: 1 }, { at: at + 2, size: 2, bigEndian: true });
    const frame = jpeg[at + 1]! >= 0xc0 && jpeg[at + 1]! <= 0xc2;
    for (let i = 0; i < Math.min(length - 2, 24); i++) {
      const wide = frame && (i === 1 || i === 3);
      fields.push({ at: at + 4 + i, size: wide ? 2 : 1, bigEndian: true });
      if (wide) i++;
    }
    if (jpeg[at + 1] === 0xda) break;
    at += 2 + length;
  }
  return fields;
}

/** A JPEG with numbers of its segments changed, or any of its bytes. */
export function damagedJpeg(bases: readonly Buffer[], { base, edits }: Case): Buffer {
  const source = choose(bases, base);
  const fields = segmentFields(source);
  return edited(source, edits, (bytes, edit) => {
    if (edit.op % 3 === 0 || bytes.length !== source.length) return editBytes(bytes, edit);
    editField(bytes, fields, { ...edit, op: edit.op >> 2 });
    return bytes;
  });
}

/** A picture that loads has whole rows of bytes, the same each time. */
export async function checkPicture(bytes: Buffer): Promise<void> {
  const { height, width, channels, data } = await loadImage(bytes);
  assert.is(channels, 3);
  assert.ok(height > 0 && width > 0);
  assert.is(data.length, height * width * channels);
  if (data.length > 3e6) return;
  const again = await loadImage(bytes);
  assert.ok(Buffer.compare(data, again.data) === 0, 'it decodes otherwise the second time');
}

/**
 * A PNG that pngjs can read, too, has the colours that pngjs finds; 16 bits are cut to 8 in ways of their own.
 * Of several headers pngjs believes the last, while libpng, and so Pillow, keeps the first.
 */
export async function checkPng(bytes: Buffer): Promise<void> {
  await checkPicture(bytes);
  if (bytes[24] !== 8 || bytes.indexOf('IHDR') !== bytes.lastIndexOf('IHDR')) return;
  let other: PNG;
  try {
    other = PNG.sync.read(bytes);
  } catch {
    return;
  }
  const { data, width, height } = await loadImage(bytes);
  assert.equal([width, height], [other.width, other.height]);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) {
      if (data[3 * pixel + c] !== other.data[4 * pixel + c]) {
        assert.unreachable(
          `pixel ${pixel}, colour ${c}: ${data[3 * pixel + c]}; pngjs has ${other.data[4 * pixel + c]}`,
        );
      }
    }
  }
}
