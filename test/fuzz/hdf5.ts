import { type Field, readField } from './edit';
import { lookup3 } from './lookup3';

/**
 * Where in an HDF5 file the numbers are that its reader follows: the superblock, object headers and their messages,
 * trees, heaps, symbol tables. After "HDF5 File Format Specification Version 3.0", sections II to IV.
 */
export interface Structure {
  fields: Field[];
  /** The stretches that end with a checksum of themselves. */
  sums: { from: number; to: number }[];
}

/** Fields of each kind of message: sizes in bytes from its start on; negative ones are skipped. */
const MESSAGES: Record<number, number[]> = {
  0: [4, 4],
  // dataspace: version, rank, flags, type, then dimensions (of version 2) or their halves (of version 1)
  1: [1, 1, 1, 1, 8, 8, 8, 8],
  // link info, group info, attribute info
  2: [1, 1, 8, 8],
  10: [1, 1, 2, 2],
  21: [1, 1, 2, 8, 8],
  // datatype: class and version, three bytes of bits, size, properties
  3: [1, 1, 1, 1, 4, 2, 2, 1, 1, 1, 1, 4],
  // fill value, old and new
  4: [4],
  5: [1, 1, 1, 1, 4],
  // link
  6: [1, 1, 1, 1, 1, 1, 8],
  // layout: version, class, address and size, or rank, address and the chunk's sizes
  8: [1, 1, 8, 8],
  // filters: version, count, then the first one's id, name's length, flags, number of values, value
  11: [1, 1, -6, 2, 2, 2, 2, -8, 4],
  // continuation; symbol table: two addresses
  16: [8, 8],
  17: [8, 8],
};

/** Fields of the structures that begin with these letters, after those. */
const SIGNED: Record<string, number[]> = {
  TREE: [1, 1, 2, 8, 8, 8, 8, 8, 8],
  HEAP: [1, -3, 8, 8, 8],
  SNOD: [1, -1, 2],
  GCOL: [1, -3, 8, 2, 2, -4, 8],
  FRHP: [1, 2, 2, 1, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 2, 8, 8, 2, 2, 8, 2],
  BTHD: [1, 1, 4, 2, 2, 1, 1, 8, 2, 8],
};
const SUMMED: Record<string, number> = { FRHP: 142, BTHD: 34 };

/** Version 0, and versions 2 and 3. */
const SUPERBLOCKS = [
  [1, 1, 1, -1, 1, 1, 1, -1, 2, 2, 4, 8, 8, 8, 8, 8, 8, 4, -4, 8, 8],
  [1, 1, 1, 1, 8, 8, 8, 8],
];

class Walk implements Structure {
  readonly fields: Field[] = [];
  readonly sums: { from: number; to: number }[] = [];
  private readonly headers = new Set<number>();

  constructor(private readonly file: Buffer) {
    const latest = file[8]! >= 2;
    this.record(8, SUPERBLOCKS[latest ? 1 : 0]!);
    if (latest) this.sums.push({ from: 0, to: 44 });
    else this.header(this.number(64, 8));
    for (const [letters, sizes] of Object.entries(SIGNED)) {
      for (const at of this.found(letters)) {
        this.record(at + 4, sizes);
        const sum = SUMMED[letters];
        if (sum) this.sums.push({ from: at, to: at + sum });
        if (letters === 'SNOD') this.symbols(at);
      }
    }
    for (const at of this.found('OHDR')) this.latestHeader(at);
  }

  private number(at: number, size: number): number {
    return at + size <= this.file.length ? Number(readField(this.file, { at, size })) : 0;
  }

  private *found(letters: string) {
    for (let at = this.file.indexOf(letters); at >= 0; at = this.file.indexOf(letters, at + 4)) yield at;
  }

  private record(start: number, sizes: number[], end = this.file.length) {
    let at = start;
    for (const size of sizes) {
      if (size > 0 && at + size <= end) this.fields.push({ at, size });
      at += Math.abs(size);
    }
  }

  private symbols(at: number) {
    for (let i = 0, entry = at + 8; i < this.number(at + 6, 2); i++, entry += 40) {
      this.record(entry, [8, 8, 4, -4, 8, 8]);
      this.header(this.number(entry + 8, 8));
    }
  }

  /** An object header of version 1, which has no letters of its own. */
  private header(at: number) {
    if (this.headers.has(at) || this.file[at] !== 1) return;
    this.headers.add(at);
    this.record(at, [1, -1, 2, 4, 4]);
    this.messages(at + 16, at + 16 + this.number(at + 8, 4));
  }

  private messages(start: number, end: number) {
    for (let at = start; at + 8 <= end; at += 8 + this.number(at + 2, 2)) {
      this.record(at, [2, 2, 1]);
      this.message(this.number(at, 2), at + 8, this.number(at + 2, 2));
    }
  }

  private message(type: number, at: number, size: number) {
    if (type === 12) return this.attribute(at, size);
    this.record(at, MESSAGES[type] ?? [1, 1, 1, 1], at + size);
    // The layout of chunks: class 2 has its rank, an address, and a size for each axis.
    if (type === 8 && this.file[at + 1] === 2) this.record(at + 2, [1, 8, 4, 4, 4, 4], at + size);
    if (type === 16 && !this.sums.length) {
      const from = this.number(at, 8);
      this.messages(from, from + this.number(at + 8, 8));
    }
    if (type === 16 && this.sums.length) this.continued(this.number(at, 8), this.number(at + 8, 8));
  }

  private attribute(at: number, size: number) {
    const version = this.file[at]!;
    this.record(at, [1, 1, 2, 2, 2], at + size);
    const padded = (length: number) => (version === 1 ? Math.ceil(length / 8) * 8 : length);
    const type = at + (version === 3 ? 9 : 8) + padded(this.number(at + 2, 2));
    this.record(type, MESSAGES[3]!, at + size);
    const space = type + padded(this.number(at + 4, 2));
    this.record(space, MESSAGES[1]!, at + size);
    // Where a string of variable length is: its length, the heap's address, its index there.
    this.record(space + padded(this.number(at + 6, 2)), [4, 8, 4], at + size);
  }

  private flags = 0;

  private latestHeader(at: number) {
    this.flags = this.file[at + 5]!;
    const times = this.flags & 0x20 ? 16 : 0;
    const phases = this.flags & 0x10 ? 4 : 0;
    const width = 1 << (this.flags & 3);
    const length = at + 6 + times + phases;
    this.record(at + 4, [1, 1]);
    this.record(length, [width]);
    const start = length + width;
    this.latestMessages(start, start + this.number(length, width));
    this.sums.push({ from: at, to: start + this.number(length, width) });
  }

  private continued(at: number, size: number) {
    if (this.file.toString('latin1', at, at + 4) !== 'OCHK') return;
    this.sums.push({ from: at, to: at + size - 4 });
    this.latestMessages(at + 4, at + size - 4);
  }

  private latestMessages(start: number, end: number) {
    const head = this.flags & 4 ? 6 : 4;
    for (let at = start; at + head <= end; at += head + this.number(at + 1, 2)) {
      this.record(at, [1, 2, 1]);
      this.message(this.file[at]!, at + head, this.number(at + 1, 2));
    }
  }
}

/** The structure of a file as the HDF5 library writes it. */
export const structureOf = (file: Buffer): Structure => new Walk(file);

/** Makes the checksums right again, so that the library reads on. */
export function sum(file: Buffer, sums: Structure['sums']): void {
  for (const { from, to } of sums) {
    if (to + 4 <= file.length) file.writeUInt32LE(lookup3(file.subarray(from, to)), to);
  }
}
