import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ModelError } from '../errors';

const PAGE = 1 << 16;
const PAGES_KEPT = 64;

/** A window on untrusted bytes. Every read is checked against its size; nothing outside it can be seen. */
export interface Bytes {
  readonly size: number;
  /** Copies `target.length` bytes from `offset` on. @throws {ModelError} when they are not all there */
  into(offset: number, target: Uint8Array): void;
  /** Bytes for reading only; they may be shared with a cache. @throws {ModelError} as `into` does */
  at(offset: number, length: number): Buffer;
  /** The part from `offset` on, `size` bytes long. */
  window(offset: number, size: number): Bytes;
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
    close() {},
  };
}

/**
 * A file, read where it is needed: small reads go through pages of 64 KB, of which a few are kept (metadata
 * is scattered in small pieces), large ones straight into their destination.
 */
export function fileBytes(path: string): Bytes {
  const fd = openSync(path, 'r');
  const pages = new Map<number, Buffer>();
  const size = fstatSync(fd).size;

  function readFully(offset: number, target: Uint8Array): void {
    for (let done = 0; done < target.length; ) {
      const got = readSync(fd, target, done, Math.min(target.length - done, 1 << 30), offset + done);
      if (got === 0) throw new ModelError('the file became shorter while it was read.');
      done += got;
    }
  }

  function page(index: number): Buffer {
    let data = pages.get(index);
    if (!data) {
      data = Buffer.allocUnsafe(Math.min(PAGE, size - index * PAGE));
      readFully(index * PAGE, data);
      if (pages.size >= PAGES_KEPT) pages.delete(pages.keys().next().value!);
      pages.set(index, data);
    }
    return data;
  }

  const view = (start: number, length: number): Bytes => ({
    size: length,
    into(offset, target) {
      check(length, offset, target.length);
      readFully(start + offset, target);
    },
    at(offset, count) {
      check(length, offset, count);
      const index = Math.floor((start + offset) / PAGE);
      const within = start + offset - index * PAGE;
      if (count > 0 && within + count <= PAGE) return page(index).subarray(within, within + count);
      const data = Buffer.allocUnsafe(count);
      readFully(start + offset, data);
      return data;
    },
    window(offset, count) {
      check(length, offset, count);
      return view(start + offset, count);
    },
    close: () => closeSync(fd),
  });
  return view(0, size);
}
