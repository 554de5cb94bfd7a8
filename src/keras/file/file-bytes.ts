import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { ModelError } from '../../errors';
import { type Bytes, checkRange } from './bytes';

/** The bytes of a file, read on demand. */
export function fileBytes(path: string): Bytes {
  const fd = openSync(path, 'r');
  const view = (start: number, size: number): Bytes => ({
    size,
    into(offset, target) {
      checkRange(size, offset, target.length);
      readFully(fd, start + offset, target);
    },
    at(offset, length) {
      checkRange(size, offset, length);
      const data = new Uint8Array(length);
      readFully(fd, start + offset, data);
      return data;
    },
    window(offset, length) {
      checkRange(size, offset, length);
      return view(start + offset, length);
    },
    crc32() {
      const piece = new Uint8Array(Math.min(size, PIECE));
      let sum = 0;
      for (let at = 0; at < size; at += piece.length) {
        const part = piece.subarray(0, Math.min(piece.length, size - at));
        readFully(fd, start + at, part);
        // Node's crc32 takes a third of the time of ours.
        sum = crc32(part, sum);
      }
      return sum;
    },
    source: () => ({ path: resolve(path), start, size }),
    close: () => closeSync(fd),
  });
  return view(0, fstatSync(fd).size);
}

/** Bytes checked at a time. */
const PIECE = 1 << 24;

/**
 * Fills `target` from a position in a file.
 *
 * @throws {ModelError} when the file ends before
 */
export function readFully(fd: number, position: number, target: Uint8Array): void {
  for (let done = 0; done < target.length; ) {
    const got = readSync(fd, target, done, Math.min(target.length - done, 1 << 30), position + done);
    if (got === 0) throw new ModelError('the file became shorter while it was read.');
    done += got;
  }
}
