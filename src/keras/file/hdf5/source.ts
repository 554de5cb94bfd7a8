import { closeSync, openSync } from 'node:fs';
import type { Source } from '../bytes';
import { readFully } from '../file-bytes';
import type { Reading } from './library';
import { inMemory } from './opener';

/** Bytes up to which a file is read at once: finding out what is in it takes a thousand small reads. */
const READ_WHOLE = 1 << 26;

/** Opens the bytes of a source, for the worker. */
export function reading(source: Source): Reading {
  if ('data' in source) return inMemory(source.data);
  const { path, start, size } = source;
  const fd = openSync(path, 'r');
  const read = (target: Uint8Array, position: number) => readFully(fd, start + position, target);
  const release = () => closeSync(fd);
  if (size > READ_WHOLE) return { size, read, release };
  try {
    const data = new Uint8Array(size);
    read(data, 0);
    return inMemory(data);
  } finally {
    release();
  }
}
