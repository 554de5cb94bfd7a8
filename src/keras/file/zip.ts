import { crc32, inflateRawSync } from 'node:zlib';
import * as yauzl from 'yauzl';
import { ModelError } from '../../errors';
import { type Bytes, memoryBytes } from './bytes';

/**
 * Finds the named entries of a zip. Stored entries (as Keras writes them) are read where they lie; nothing is
 * ever unpacked to a place, so an entry's path leads nowhere.
 *
 * @param limit how many bytes all entries together may unpack to
 * @throws {ModelError} when it is no zip, an entry's name has a path in it that Keras would not write, an entry
 *   declares more bytes than there are or than the limit, or is not what its checksum says
 */
export async function openZip(bytes: Bytes, limit: number): Promise<Map<string, Bytes>> {
  const found = new Map<string, Bytes>();
  const zip = await open(bytes);
  let total = 0;
  for (const entry of await entriesOf(zip)) {
    const name = entry.fileName;
    if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(name)) {
      throw new ModelError(`its entry ${JSON.stringify(name)} leads out of the archive.`);
    }
    if (found.has(name)) throw new ModelError(`two entries are named ${JSON.stringify(name)}.`);
    if (entry.generalPurposeBitFlag & 1) throw new ModelError('it is encrypted.');
    total += entry.uncompressedSize;
    if (total > limit) {
      throw new ModelError(
        `its entries up to ${JSON.stringify(name)} declare ${total} bytes, above the limit of ${limit}. Raise { maxBytes } if you trust it.`,
      );
    }
    // The local header repeats name and extra field, whose length may differ from the directory's.
    const header = bytes.at(entry.relativeOffsetOfLocalHeader, 30);
    const start = entry.relativeOffsetOfLocalHeader + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const stored = bytes.window(start, entry.compressedSize);
    // What Keras keeps beside these (assets) is not read.
    if (!/(\.json|\.h5)$/.test(name)) continue;
    const data = unpacked(stored, entry);
    if (sumOf(data) !== entry.crc32) {
      throw new ModelError(
        `damaged: its entry ${JSON.stringify(name)} does not have the checksum that the archive gives for it. Copy or save it again.`,
      );
    }
    found.set(name, data);
  }
  return found;
}

function unpacked(stored: Bytes, entry: yauzl.Entry): Bytes {
  if (entry.compressionMethod === 8) return inflate(stored, entry.uncompressedSize);
  if (entry.compressionMethod !== 0)
    throw new ModelError(`its entry ${JSON.stringify(entry.fileName)} is compressed in an unknown way.`);
  if (entry.compressedSize !== entry.uncompressedSize)
    throw new ModelError('damaged: an entry has two sizes.');
  return stored;
}

/** Bytes that are looked at at once. */
const PIECE = 1 << 24;

function sumOf(data: Bytes): number {
  let sum = 0;
  for (let at = 0; at < data.size; at += PIECE)
    sum = crc32(data.at(at, Math.min(PIECE, data.size - at)), sum);
  return sum;
}

function inflate(stored: Bytes, size: number): Bytes {
  try {
    const data = inflateRawSync(stored.at(0, stored.size), { maxOutputLength: Math.max(size, 1) });
    if (data.length !== size) throw new ModelError('damaged: an entry is shorter than declared.');
    return memoryBytes(data);
  } catch (cause) {
    throw new ModelError('damaged: an entry does not unpack to its declared size.', { cause });
  }
}

class Reader extends yauzl.RandomAccessReader {
  constructor(private readonly bytes: Bytes) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    try {
      this.bytes.into(position, buffer.subarray(offset, offset + length));
      callback(null);
    } catch (error) {
      callback(error as Error);
    }
  }
}

function open(bytes: Bytes): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromRandomAccessReader(
      new Reader(bytes),
      bytes.size,
      { lazyEntries: true, autoClose: false, decodeStrings: true },
      (error, zip) => (zip ? resolve(zip) : reject(damaged(error))),
    );
  });
}

const MOST_ENTRIES = 10_000;

function entriesOf(zip: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = [];
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) reject(new ModelError('it has more entries than any model.'));
      else zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error) => reject(damaged(error)));
    zip.readEntry();
  });
}

function damaged(cause: Error | null): ModelError {
  if (cause instanceof ModelError) return cause;
  return new ModelError(`its zip archive is damaged (${cause?.message}). Copy or save it again.`, { cause });
}
