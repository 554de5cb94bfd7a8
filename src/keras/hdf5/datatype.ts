import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { Cursor, UNDEFINED } from './cursor';

export type Kind = 'int' | 'uint' | 'float' | 'bfloat16' | 'string' | 'text';

/** How one element is stored: `string` has a fixed length, `text` lies in a heap. */
export interface Datatype {
  kind: Kind;
  size: number;
  bigEndian: boolean;
}

const MOST_HEAP_OBJECTS = 1_000_000;

/** @throws {ModelError} for types that Keras does not write (compounds, references …) */
export function readDatatype(data: Buffer): Datatype {
  const cursor = new Cursor(data);
  const type = cursor.u8() & 15;
  const bits = cursor.uint(3);
  const size = cursor.u32();
  const bigEndian = (type === 0 || type === 1) && (bits & 1) === 1;
  if (size === 0) throw new ModelError('damaged: elements of no size.');
  if (type === 0) return { kind: bits & 8 ? 'int' : 'uint', size, bigEndian };
  if (type === 1) {
    const exponentBits = cursor.skip(5).u8();
    return { kind: size === 2 && exponentBits === 8 ? 'bfloat16' : 'float', size, bigEndian };
  }
  if (type === 3) return { kind: 'string', size, bigEndian };
  // Keras stores bfloat16 as two opaque bytes, and says so in an attribute.
  if (type === 5 && size === 2) return { kind: 'bfloat16', size, bigEndian };
  if (type === 8) return { ...readDatatype(cursor.take(data.length - 8)), size };
  if (type === 9 && (bits & 15) === 1) return { kind: 'text', size, bigEndian };
  throw new ModelError(`it holds an HDF5 type of class ${type}, which Keras does not write.`);
}

/** @returns the sizes of the axes; none for a scalar; `[0]` for HDF5's empty space */
export function readDataspace(data: Buffer): number[] {
  const cursor = new Cursor(data);
  const version = cursor.u8();
  const rank = cursor.u8();
  cursor.skip(1);
  if (version === 2 && cursor.u8() === 2) return [0];
  if (version === 1) cursor.skip(5);
  return Array.from({ length: rank }, () => cursor.u64());
}

/** @returns how many elements a shape has, checked to be a number one can count to */
export function elementsIn(shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.some((size) => size < 0) || !Number.isSafeInteger(count)) {
    throw new ModelError(`damaged: it declares an array of shape [${shape.join(', ')}].`);
  }
  return count;
}

/** Decodes strings, both those of fixed length and those in the file's global heap. */
export function decodeStrings(bytes: Bytes, type: Datatype, raw: Buffer): string[] {
  if (type.kind === 'string') {
    return Array.from({ length: Math.floor(raw.length / type.size) }, (_, i) =>
      raw
        .subarray(i * type.size, (i + 1) * type.size)
        .toString('utf8')
        .replace(/\0.*$/s, ''),
    );
  }
  const heaps = new Map<number, Map<number, Buffer>>();
  const cursor = new Cursor(raw);
  return Array.from({ length: Math.floor(raw.length / 16) }, () => {
    const length = cursor.u32();
    const address = cursor.u64();
    const index = cursor.u32();
    if (length === 0 || address === UNDEFINED) return '';
    let heap = heaps.get(address);
    if (!heap) {
      heap = readHeap(bytes, address);
      heaps.set(address, heap);
    }
    const object = heap.get(index);
    if (!object || object.length < length) throw new ModelError('damaged: a string is missing.');
    return object.toString('utf8', 0, length).replace(/\0.*$/s, '');
  });
}

function readHeap(bytes: Bytes, address: number): Map<number, Buffer> {
  const size = new Cursor(bytes.at(address, 16)).expect('GCOL').skip(4).u64();
  const cursor = new Cursor(bytes.at(address, size), 16);
  const objects = new Map<number, Buffer>();
  while (cursor.position + 16 <= size && objects.size < MOST_HEAP_OBJECTS) {
    const index = cursor.u16();
    const length = cursor.skip(6).u64();
    if (index === 0) break;
    objects.set(index, cursor.take(length));
    cursor.skip(Math.min(-length & 7, size - cursor.position));
  }
  return objects;
}
