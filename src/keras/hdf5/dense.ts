import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { Cursor, UNDEFINED } from './cursor';

const MOST_RECORDS = 1_000_000;

/**
 * The objects of a fractal heap that a version 2 B-tree lists: how HDF5 keeps many links of a group or many
 * attributes of an object ("dense" storage; HDF5 file format specification 3.0, III.A.2 and III.G).
 *
 * @param heap address of the heap
 * @param index address of the B-tree; its records hold a heap ID after a hash (links) or first (attributes)
 */
export function denseRecords(bytes: Bytes, heap: number, index: number): Buffer[] {
  const open = openHeap(bytes, heap);
  return treeRecords(bytes, index).map(({ type, data }) => {
    if (type !== 5 && type !== 8) throw new ModelError('damaged: an index of an unexpected kind.');
    return open(data.subarray(type === 5 ? 4 : 0));
  });
}

function treeRecords(bytes: Bytes, address: number): { type: number; data: Buffer }[] {
  const head = new Cursor(bytes.at(address, 38)).expect('BTHD').skip(1);
  const type = head.u8();
  const nodeSize = head.u32();
  const recordSize = head.u16();
  const depth = head.u16();
  const root = head.skip(2).u64();
  const rootCount = head.u16();
  const total = head.u64();
  if (recordSize === 0 || nodeSize < 10 + recordSize || depth > 8 || total > MOST_RECORDS) {
    throw new ModelError('damaged: an index declares impossible sizes.');
  }
  const records: { type: number; data: Buffer }[] = [];
  if (root === UNDEFINED) return records;

  // How many records a node below a given level can hold decides the width of the counts stored above it.
  const width = (count: number) => Math.ceil(Math.log2(count + 1) / 8) || 1;
  const capacity = [Math.floor((nodeSize - 10) / recordSize)];
  const cumulative = [capacity[0]!];
  for (let level = 1; level <= depth; level++) {
    const pointer = 8 + width(capacity[0]!) + (level > 1 ? width(cumulative[level - 1]!) : 0);
    capacity[level] = Math.floor((nodeSize - 10 - pointer) / (recordSize + pointer));
    cumulative[level] = (capacity[level]! + 1) * cumulative[level - 1]! + capacity[level]!;
  }

  const visit = (at: number, level: number, count: number): void => {
    if (records.length + count > MOST_RECORDS) throw new ModelError('damaged: an index has no end.');
    const cursor = new Cursor(bytes.at(at, nodeSize)).expect(level ? 'BTIN' : 'BTLF').skip(2);
    for (let i = 0; i < count; i++) records.push({ type, data: cursor.take(recordSize) });
    for (let child = 0; level > 0 && child <= count; child++) {
      const below = cursor.u64();
      const childCount = cursor.uint(width(capacity[0]!));
      if (level > 1) cursor.skip(width(cumulative[level - 1]!));
      visit(below, level - 1, childCount);
    }
  };
  visit(root, depth, rootCount);
  return records;
}

/** @returns a function from a heap ID to the object's bytes */
function openHeap(bytes: Bytes, address: number): (id: Buffer) => Buffer {
  const head = new Cursor(bytes.at(address, 142)).expect('FRHP').skip(1);
  head.skip(2);
  const filters = head.u16();
  head.skip(1);
  if (filters) throw new ModelError('a compressed HDF5 heap, which Keras does not write.');
  const largest = head.u32();
  head.skip(8 * 12);
  const columns = head.u16();
  const firstBlock = head.u64();
  const largestDirect = head.u64();
  const offsetBits = head.u16();
  head.skip(2);
  const root = head.u64();
  const rootRows = head.u16();
  const offsetBytes = Math.ceil(offsetBits / 8);
  const lengthBytes = Math.ceil(Math.log2(Math.min(largestDirect, largest) + 1) / 8);
  const prefix = 13 + offsetBytes;
  if (columns === 0 || firstBlock <= 0) throw new ModelError('damaged: a heap declares impossible sizes.');

  const rowSize = (row: number) => firstBlock * 2 ** Math.max(0, row - 1);
  const find = (block: number, rows: number, offset: number): [address: number, within: number] => {
    if (rows === 0) return [block, offset];
    let start = 0;
    const cursor = new Cursor(bytes.at(block, prefix + rows * columns * 8), prefix);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, start += rowSize(row)) {
        const child = cursor.u64();
        if (offset >= start + rowSize(row)) continue;
        if (child === UNDEFINED) throw new ModelError('damaged: a heap block is missing.');
        const childRows =
          rowSize(row) <= largestDirect ? 0 : Math.log2(rowSize(row)) - Math.log2(firstBlock * columns) + 1;
        return find(child, childRows, offset - start);
      }
    }
    throw new ModelError('damaged: a heap object lies outside its heap.');
  };

  return (id) => {
    const cursor = new Cursor(id);
    const kind = (cursor.u8() >> 4) & 3;
    if (kind === 2) return id.subarray(1, 2 + (id[0]! & 15));
    if (kind === 1)
      throw new ModelError('an HDF5 object too large for its heap, which Keras does not write.');
    const offset = cursor.uint(offsetBytes);
    const length = cursor.uint(lengthBytes);
    const [block, within] = find(root, rootRows, offset);
    return bytes.at(block + within, length);
  };
}
