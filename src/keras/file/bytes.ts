import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { ModelError } from '../../errors';
import type { Source } from './hdf5/tree';

/** A window on untrusted bytes. Every read is checked against its size; nothing outside it can be seen. */
export interface Bytes {
  readonly size: number;
  /** Copies `target.length` bytes from `offset` on. @throws {ModelError} when they are not all there */
  into(offset: number, target: Uint8Array): void;
  /** Bytes for reading only. @throws {ModelError} as `into` does */
  at(offset: number, length: number): Buffer;
  /** The part from `offset` on, `size` bytes long. */
  window(offset: number, size: number): Bytes;
  /** Where the bytes are, for another thread. */
  source(): Source;
  close(): void;
}

function check(size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new ModelError(`damaged: it points to an impossible place (byte ${offset}, ${length} bytes).`);
  }
  if (offset + length > size) {
    throw new ModelError(
      `truncated or damaged: it declares bytes up to ${offset + length} and has ${size}. Copy or save it again.`,
    );
  }
}

/** Bytes that are in memory already. */
export function memoryBytes(data: Uint8Array): Bytes {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    size: buffer.length,
    into(offset, target) {
      check(buffer.length, offset, target.length);
      buffer.copy(target, 0, offset, offset + target.length);
    },
    at(offset, length) {
      check(buffer.length, offset, length);
      return buffer.subarray(offset, offset + length);
    },
    window(offset, size) {
      check(buffer.length, offset, size);
      return memoryBytes(buffer.subarray(offset, offset + size));
    },
    source: () => ({ data: buffer }),
    close() {},
  };
}

/** A file, read where and when it is needed. */
export function fileBytes(path: string): Bytes {
  const fd = openSync(path, 'r');

  function readFully(offset: number, target: Uint8Array): void {
    for (let done = 0; done < target.length; ) {
      const got = readSync(fd, target, done, Math.min(target.length - done, 1 << 30), offset + done);
      if (got === 0) throw new ModelError('the file became shorter while it was read.');
      done += got;
    }
  }

  const view = (start: number, size: number): Bytes => ({
    size,
    into(offset, target) {
      check(size, offset, target.length);
      readFully(start + offset, target);
    },
    at(offset, length) {
      check(size, offset, length);
      const data = Buffer.allocUnsafe(length);
      readFully(start + offset, data);
      return data;
    },
    window(offset, length) {
      check(size, offset, length);
      return view(start + offset, length);
    },
    source: () => ({ path: resolve(path), start, size }),
    close: () => closeSync(fd),
  });
  return view(0, fstatSync(fd).size);
}
