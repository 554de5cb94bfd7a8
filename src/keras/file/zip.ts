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
  /**
   * The first bytes of an entry, so that what it holds is known before all of it is unpacked. The checksum is not checked.
   *
   * @param most how many bytes; fewer where the entry is shorter
   * @returns them, and the entry's declared size; undefined when there is none of that name
   */
  beginning(name: string, most: number): Promise<{ bytes: Uint8Array; size: number } | undefined>;
}

/**
 * Reads the directory of a zip.
 *
 * @param limit how many bytes the entries that are asked for may take together
 * @param mostRatio bytes that each byte of a large entry may be unpacked to; as weights are, by default
 * @throws {ModelError} when it is no zip, or an entry's name has a path in it that Keras would not write
 */
export async function openZip(bytes: Bytes, limit: number, mostRatio?: number): Promise<Zip> {
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
      const data = entry.compressionMethod === 0 ? stored(bytes, entry) : await inflated(entry, mostRatio);
      if (data.crc32() !== entry.signature) {
        throw new ModelError(
          `damaged: its entry ${JSON.stringify(name)} does not have the checksum that the archive gives for it. Copy or save it again.`,
        );
      }
      return data;
    },
    async beginning(name, most) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      const size = entry.uncompressedSize;
      const length = Math.min(most, size);
      if (entry.compressionMethod === 0) return { bytes: stored(bytes, entry).at(0, length), size };
      const begun = new Uint8Array(length);
      await inflateInto(entry, begun, true);
      return { bytes: begun, size };
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

async function inflated(entry: FileEntry, mostRatio?: number): Promise<Bytes> {
  const { filename, uncompressedSize: size } = entry;
  if (isTooMuch(size, entry.compressedSize, mostRatio)) {
    throw new ModelError(
      `its entry ${JSON.stringify(filename)} declares ${size} bytes in ${entry.compressedSize}, as no model's weights do. Save it again with model.save().`,
    );
  }
  const data = new Uint8Array(size);
  await inflateInto(entry, data, false);
  return memoryBytes(data);
}

/** @param partly whether the entry may be longer than `data`; what follows is not unpacked then */
async function inflateInto(entry: FileEntry, data: Uint8Array, partly: boolean): Promise<void> {
  if (entry.compressionMethod !== 8)
    throw new ModelError(`its entry ${JSON.stringify(entry.filename)} is compressed in an unknown way.`);
  let at = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      const room = data.length - at;
      if (chunk.length > room && !partly) {
        throw new ModelError('damaged: an entry is longer than declared.');
      }
      data.set(chunk.length > room ? chunk.subarray(0, room) : chunk, at);
      at += Math.min(chunk.length, room);
      // An error is the only way to end the unpacking.
      if (partly && at === data.length) throw new ModelError('enough.');
    },
  });
  try {
    await entry.getData(sink);
  } catch (cause) {
    if (partly && at === data.length) return;
    throw cause instanceof ModelError
      ? cause
      : new ModelError('damaged: an entry does not unpack to its declared size.', { cause });
  }
  if (at !== data.length) throw new ModelError('damaged: an entry is shorter than declared.');
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
