import { crc32 } from '../../bytes/crc32';
import { ModelError } from '../../errors';

/** Where bytes are: a part of a file on disk, or memory. */
export type Source = { path: string; start: number; size: number } | { data: Uint8Array };

/** A range of untrusted bytes. Every read is checked against its size. */
export interface Bytes {
  readonly size: number;
  /** Copies `target.length` bytes from `offset` on. @throws {ModelError} when there are fewer */
  into(offset: number, target: Uint8Array): void;
  /** Bytes for reading only. @throws {ModelError} as `into` does */
  at(offset: number, length: number): Uint8Array;
  /** The part from `offset` on, `size` bytes long. */
  window(offset: number, size: number): Bytes;
  /** The checksum of all bytes (CRC-32). */
  crc32(): number;
  /** The location of the bytes, for another thread. */
  source(): Source;
  close(): void;
}

/** @throws {ModelError} when a range is invalid, or not within `size` bytes */
export function checkRange(size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new ModelError(`damaged: it refers to an impossible offset (byte ${offset}, ${length} bytes).`);
  }
  if (offset + length > size) {
    throw new ModelError(
      `truncated or damaged: it declares bytes up to ${offset + length} and has ${size}. Copy or save it again.`,
    );
  }
}

/** Bytes in memory. */
export function memoryBytes(data: Uint8Array): Bytes {
  const at = (offset: number, length: number) => {
    checkRange(data.length, offset, length);
    return data.subarray(offset, offset + length);
  };
  return {
    size: data.length,
    into: (offset, target) => target.set(at(offset, target.length)),
    at,
    window: (offset, size) => memoryBytes(at(offset, size)),
    crc32: () => crc32(data),
    source: () => ({ data }),
    close() {},
  };
}
