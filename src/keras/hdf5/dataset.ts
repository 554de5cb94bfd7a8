import { inflateSync } from 'node:zlib';
import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { Cursor, UNDEFINED } from './cursor';
import { type Datatype, decodeStrings, elementsIn, readDataspace, readDatatype } from './datatype';
import { toFloat32 } from './float';
import { MESSAGE, type Message } from './header';

/** An array in the file, read when asked for. */
export interface Dataset {
  shape: number[];
  type: Datatype;
  /** The array as float32, whatever it is stored as, in one buffer of its own. */
  floats(): Float32Array;
  strings(): string[];
}

interface Filter {
  id: number;
  values: number[];
}

const FLOATS_AT_ONCE = 1 << 20;

/** @param limit how many bytes an array may take in memory */
export function readDataset(bytes: Bytes, messages: readonly Message[], limit: number): Dataset {
  const part = (type: number) => messages.find((message) => message.type === type)?.data;
  const [space, typeData, layout] = [part(MESSAGE.dataspace), part(MESSAGE.datatype), part(MESSAGE.layout)];
  if (!space || !typeData || !layout)
    throw new ModelError('damaged: an array without a shape, type or place.');
  const shape = readDataspace(space);
  const type = readDatatype(typeData);
  const count = elementsIn(shape);
  if (count * Math.max(type.size, 4) > limit) {
    throw new ModelError(
      `an array of shape [${shape.join(', ')}] needs more than the limit of ${limit} bytes. Raise { maxBytes } if you trust it.`,
    );
  }
  const filters = readFilters(part(MESSAGE.filters));
  const stored = () => locate(bytes, layout, shape, type, filters);
  return {
    shape,
    type,
    floats() {
      const place = stored();
      const plain = type.kind === 'float' && type.size === 4 && !type.bigEndian;
      if (plain && place.size === count * 4) {
        const values = new Float32Array(count);
        place.into(0, new Uint8Array(values.buffer));
        return values;
      }
      const values = new Float32Array(count);
      for (let start = 0; start < count; start += FLOATS_AT_ONCE) {
        const length = Math.min(FLOATS_AT_ONCE, count - start);
        const raw = Buffer.allocUnsafe(length * type.size);
        place.into(start * type.size, raw);
        toFloat32(raw, type, values.subarray(start, start + length));
      }
      return values;
    },
    strings: () => decodeStrings(bytes, type, stored().at(0, count * type.size)),
  };
}

function readFilters(data: Buffer | undefined): Filter[] {
  if (!data) return [];
  const cursor = new Cursor(data);
  const version = cursor.u8();
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const length = cursor.u16();
    cursor.skip(version === 1 ? (nameLength + 7) & ~7 : nameLength);
    const values = Array.from({ length }, () => cursor.u32());
    if (version === 1 && length % 2) cursor.skip(4);
    return { id, values };
  });
}

/** Where the array's bytes are, in the file's order of elements; chunks are put together in memory. */
function locate(bytes: Bytes, layout: Buffer, shape: number[], type: Datatype, filters: Filter[]): Bytes {
  const total = elementsIn(shape) * type.size;
  const cursor = new Cursor(layout);
  const version = cursor.u8();
  let kind: number;
  let rank = 0;
  if (version === 3 || version === 4) {
    kind = cursor.u8();
  } else if (version === 1 || version === 2) {
    rank = cursor.u8();
    kind = cursor.u8();
    cursor.skip(5);
  } else throw new ModelError(`damaged: an array has an unknown layout (version ${version}).`);

  if (kind === 0 && version >= 3) {
    return memory(cursor.take(cursor.u16()), total);
  }
  if (kind === 1) {
    const address = cursor.u64();
    // Space that was never written holds the fill value, zero.
    return address === UNDEFINED ? memory(Buffer.alloc(total), total) : bytes.window(address, total);
  }
  if (kind === 2 && version < 4) {
    if (version === 3) rank = cursor.u8();
    const tree = cursor.u64();
    const chunk = Array.from({ length: rank }, () => cursor.u32());
    if (chunk.length !== shape.length + (version === 3 ? 1 : 0) || chunk.some((size) => size === 0)) {
      throw new ModelError('damaged: an array has chunks of another shape.');
    }
    const data = Buffer.alloc(total);
    readChunks(bytes, tree, chunk.slice(0, shape.length), shape, type.size, filters, data);
    return memory(data, total);
  }
  throw new ModelError(`an array is stored in a way Keras does not write (layout ${version}.${kind}).`);
}

function memory(data: Buffer, size: number): Bytes {
  if (data.length < size) throw new ModelError('damaged: an array has fewer bytes than its shape needs.');
  return {
    size,
    into: (offset, target) => void data.copy(target, 0, offset, offset + target.length),
    at: (offset, length) => data.subarray(offset, offset + length),
    window: (offset, length) => memory(data.subarray(offset, offset + length), length),
    close() {},
  };
}

function readChunks(
  bytes: Bytes,
  tree: number,
  chunk: number[],
  shape: number[],
  size: number,
  filters: Filter[],
  target: Buffer,
): void {
  const chunkBytes = elementsIn(chunk) * size;
  if (chunkBytes > Math.max(target.length * 4, 1 << 22)) {
    throw new ModelError('damaged: an array has chunks larger than itself.');
  }
  const keySize = 8 + 8 * (shape.length + 1);
  const queue = tree === UNDEFINED ? [] : [tree];
  // Each chunk is met once, and each inner node leads to at least one.
  const most = 1000 + 4 * chunk.reduce((product, size, axis) => product * Math.ceil(shape[axis]! / size), 1);
  let seen = 0;
  for (let i = 0; i < queue.length; i++) {
    const count = new Cursor(bytes.at(queue[i]!, 24)).expect('TREE').skip(2).u16();
    const leaf = bytes.at(queue[i]!, 24)[5] === 0;
    const cursor = new Cursor(bytes.at(queue[i]!, 24 + count * (keySize + 8) + keySize), 24);
    for (let entry = 0; entry < count; entry++) {
      if (++seen > most) throw new ModelError('damaged: an array has no end.');
      const stored = cursor.u32();
      const mask = cursor.u32();
      const origin = shape.map(() => cursor.u64());
      const address = cursor.skip(8).u64();
      if (!leaf) {
        queue.push(address);
        continue;
      }
      const data = unfilter(bytes.at(address, stored), filters, mask, chunkBytes);
      if (data.length !== chunkBytes)
        throw new ModelError('damaged: a chunk has another size than declared.');
      place(data, chunk, origin, shape, size, target);
    }
  }
}

function unfilter(data: Buffer, filters: Filter[], mask: number, size: number): Buffer {
  for (let i = filters.length - 1; i >= 0; i--) {
    if (mask & (1 << i)) continue;
    const { id, values } = filters[i]!;
    if (id === 1) {
      try {
        data = inflateSync(data, { maxOutputLength: size + 4 });
      } catch (cause) {
        throw new ModelError('damaged: compressed data does not unpack to its declared size.', { cause });
      }
    } else if (id === 2) data = unshuffle(data, values[0] ?? 1);
    else if (id === 3) data = data.subarray(0, Math.max(0, data.length - 4));
    else throw new ModelError(`an array is compressed with HDF5 filter ${id}; gzip and shuffle can be read.`);
  }
  return data;
}

/** HDF5's shuffle filter puts the first bytes of all elements first, then all second bytes, and so on. */
function unshuffle(data: Buffer, width: number): Buffer {
  const count = Math.floor(data.length / Math.max(width, 1));
  const result = Buffer.from(data);
  for (let byte = 0; byte < width; byte++) {
    for (let i = 0; i < count; i++) result[i * width + byte] = data[byte * count + i]!;
  }
  return result;
}

/** Copies a chunk's rows to where they belong, but for what reaches over the array's edge. */
function place(
  data: Buffer,
  chunk: number[],
  origin: number[],
  shape: number[],
  size: number,
  target: Buffer,
) {
  const last = shape.length - 1;
  if (last < 0) {
    data.copy(target);
    return;
  }
  if (origin.some((start, axis) => start >= shape[axis]! || start < 0)) return;
  const rowLength = Math.min(chunk[last]!, shape[last]! - origin[last]!) * size;
  const rows = elementsIn(chunk.slice(0, last));
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let offset = origin[last]!;
    let stride = shape[last]!;
    let inside = true;
    for (let axis = last - 1; axis >= 0; axis--) {
      const at = origin[axis]! + (rest % chunk[axis]!);
      rest = Math.floor(rest / chunk[axis]!);
      inside &&= at < shape[axis]!;
      offset += at * stride;
      stride *= shape[axis]!;
    }
    const from = row * chunk[last]! * size;
    if (inside) data.copy(target, offset * size, from, from + rowLength);
  }
}
