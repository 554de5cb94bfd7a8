import { configure, type Entry, type FileEntry, Reader, ZipReader } from '@zip.js/zip.js';
import { ModelError } from '../../errors';
import { type Bytes, memoryBytes } from './bytes';
import { isTooMuch } from './unpacked-size';

// No thread of its own: entries are few, and pages forbid workers from other places.
configure({ useWebWorkers: false });

const MOST_ENTRIES = 10_000;
const LOCAL_HEADER = 30;

/** A zip whose entries are read when they are asked for. */
export interface Zip {
  /** The names of its entries. */
  names: readonly string[];
  /**
   * Nothing is ever unpacked to a place, so an entry's path leads nowhere. A stored entry (as Keras writes them) is
   * read where it lies.
   *
   * @param most how many bytes it may take
   * @returns the entry's bytes; undefined when there is none of that name
   * @throws {ModelError} when it declares more bytes than the limit, or is not what its checksum says
   */
  entry(name: string, most?: number): Promise<Bytes | undefined>;
}

/**
 * Reads the directory of a zip.
 *
 * @param limit how many bytes the entries that are asked for may take together
 * @throws {ModelError} when it is no zip, or an entry's name has a path in it that Keras would not write
 */
export async function openZip(bytes: Bytes, limit: number): Promise<Zip> {
  const entries = new Map<string, FileEntry>();
  for (const entry of await entriesOf(bytes)) {
    const name = entry.filename;
    if (entries.has(name)) throw new ModelError(`two entries are named ${JSON.stringify(name)}.`);
    if (entry.encrypted) throw new ModelError('it is encrypted.');
    if (!entry.directory) entries.set(name, entry);
  }
  let left = limit;
  return {
    names: [...entries.keys()],
    async entry(name, most = limit) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      if (entry.uncompressedSize > Math.min(left, most)) {
        throw new ModelError(
          `its entry ${JSON.stringify(name)} declares ${entry.uncompressedSize} bytes, above the limit of ${Math.min(limit, most)}. Raise { maxBytes } if you trust it.`,
        );
      }
      left -= entry.uncompressedSize;
      const data = entry.compressionMethod === 0 ? stored(bytes, entry) : await inflated(entry);
      if (data.crc32() !== entry.signature) {
        throw new ModelError(
          `damaged: its entry ${JSON.stringify(name)} does not have the checksum that the archive gives for it. Copy or save it again.`,
        );
      }
      return data;
    },
  };
}

async function entriesOf(bytes: Bytes): Promise<Entry[]> {
  const reader = new ZipReader(new BytesReader(bytes), { checkOverlappingEntry: true });
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entries.push(entry) > MOST_ENTRIES) throw new ModelError('it has more entries than any model.');
    }
    return entries;
  } catch (cause) {
    throw damaged(cause);
  }
}

/** zip.js's way to bytes. */
class BytesReader extends Reader<Bytes> {
  constructor(private readonly bytes: Bytes) {
    super(bytes);
    this.size = bytes.size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.bytes.at(index, Math.min(length, this.size - index));
  }
}

function stored(bytes: Bytes, entry: FileEntry): Bytes {
  if (entry.compressedSize !== entry.uncompressedSize)
    throw new ModelError('damaged: an entry has two sizes.');
  // The local header repeats name and extra field, whose length may differ from the directory's. zip.js reads it only
  // to copy the whole entry, which may be larger than memory.
  const header = bytes.at(entry.offset, LOCAL_HEADER);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const start = entry.offset + LOCAL_HEADER + view.getUint16(26, true) + view.getUint16(28, true);
  return bytes.window(start, entry.compressedSize);
}

async function inflated(entry: FileEntry): Promise<Bytes> {
  const { filename, uncompressedSize: size } = entry;
  if (entry.compressionMethod !== 8)
    throw new ModelError(`its entry ${JSON.stringify(filename)} is compressed in an unknown way.`);
  if (isTooMuch(size, entry.compressedSize)) {
    throw new ModelError(
      `its entry ${JSON.stringify(filename)} declares ${size} bytes in ${entry.compressedSize}, as no model's weights do. Save it again with model.save().`,
    );
  }
  const data = new Uint8Array(size);
  let at = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      if (at + chunk.length > size) throw new ModelError('damaged: an entry is longer than declared.');
      data.set(chunk, at);
      at += chunk.length;
    },
  });
  try {
    await entry.getData(sink);
  } catch (cause) {
    throw cause instanceof ModelError
      ? cause
      : new ModelError('damaged: an entry does not unpack to its declared size.', { cause });
  }
  if (at !== size) throw new ModelError('damaged: an entry is shorter than declared.');
  return memoryBytes(data);
}

function damaged(cause: unknown): ModelError {
  if (cause instanceof ModelError) return cause;
  // zip.js refuses names such as "../x" and "/x".
  const { filename } = cause as { filename?: string };
  if (filename !== undefined) {
    return new ModelError(`its entry ${JSON.stringify(filename)} leads out of the archive.`, { cause });
  }
  return new ModelError(`its zip archive is damaged (${(cause as Error).message}). Copy or save it again.`, {
    cause,
  });
}
