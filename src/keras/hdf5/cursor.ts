import { ModelError } from '../../errors';

/** Reads little-endian fields one after the other. `UNDEFINED` stands for HDF5's "undefined address". */
export class Cursor {
  constructor(
    readonly data: Buffer,
    public position = 0,
  ) {}

  u8(): number {
    return this.take(1).readUInt8();
  }

  u16(): number {
    return this.take(2).readUInt16LE();
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  /** An address or a length, of 8 bytes in every file this reader accepts. */
  u64(): number {
    const value = this.take(8).readBigUInt64LE();
    return value === 0xffff_ffff_ffff_ffffn ? UNDEFINED : Number(value);
  }

  /** A little-endian number of 1 to 8 bytes. */
  uint(width: number): number {
    return this.take(width).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  take(length: number): Buffer {
    const end = this.position + length;
    if (end > this.data.length) throw new ModelError('damaged: a structure ends before its fields do.');
    const part = this.data.subarray(this.position, end);
    this.position = end;
    return part;
  }

  skip(length: number): this {
    this.take(length);
    return this;
  }

  expect(signature: string): this {
    const found = this.take(signature.length).toString('latin1');
    if (found !== signature) {
      throw new ModelError(`damaged: found ${JSON.stringify(found)} where ${signature} belongs.`);
    }
    return this;
  }
}

export const UNDEFINED = -1;
