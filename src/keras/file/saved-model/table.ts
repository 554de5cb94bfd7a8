import { ModelError } from '../../../errors';
import { crc32c, masked } from './crc32c';
import { varint } from './protobuf';

/** The last eight bytes of a table, read as two numbers. */
const MAGIC = [0x8b80fb57, 0xdb477524];
const FOOTER = 48;
const DAMAGED =
  'damaged: its index of variables does not have the checksum that is stored in it. Copy or save it again.';

const u32 = (bytes: Uint8Array, at: number) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);

/**
 * Reads a table of LevelDB, in which TensorFlow lists the variables of a checkpoint: keys that share their beginnings,
 * in blocks with checksums, and an index of the blocks.
 *
 * @throws {ModelError} when it is no table, or damaged
 */
export function readTable(bytes: Uint8Array): Map<string, Uint8Array> {
  const end = bytes.length - FOOTER;
  if (end < 0 || u32(bytes, end + 40) !== MAGIC[0] || u32(bytes, end + 44) !== MAGIC[1]) {
    throw new ModelError('damaged: its index of variables is no table of TensorFlow. Copy or save it again.');
  }
  // Two places: of an index of filters, which is empty, and of the index of blocks.
  const [, first] = placeAt(bytes, end);
  const [index] = placeAt(bytes, first);
  const entries = new Map<string, Uint8Array>();
  for (const [, place] of blockAt(bytes, index)) {
    const [block] = placeAt(place, 0);
    for (const [key, value] of blockAt(bytes, block)) entries.set(key, value);
  }
  return entries;
}

interface Place {
  offset: number;
  size: number;
}

function placeAt(bytes: Uint8Array, at: number): [Place, number] {
  const [offset, middle] = varint(bytes, at);
  const [size, end] = varint(bytes, middle);
  return [{ offset, size }, end];
}

/** The entries of a block. */
function blockAt(bytes: Uint8Array, { offset, size }: Place): [string, Uint8Array][] {
  if (offset + size + 5 > bytes.length || size < 4) throw new ModelError(DAMAGED);
  const data = bytes.subarray(offset, offset + size);
  const withKind = bytes.subarray(offset, offset + size + 1);
  if (masked(crc32c(withKind)) !== u32(bytes, offset + size + 1)) throw new ModelError(DAMAGED);
  if (withKind[size] !== 0)
    throw new ModelError('its index of variables is compressed, which is not supported.');
  const restarts = u32(data, size - 4);
  const end = size - 4 - 4 * restarts;
  const entries: [string, Uint8Array][] = [];
  let key = new Uint8Array();
  for (let at = 0; at < end; ) {
    const [shared, a] = varint(data, at);
    const [rest, b] = varint(data, a);
    const [length, start] = varint(data, b);
    if (shared > key.length || start + rest + length > end) throw new ModelError(DAMAGED);
    const next = new Uint8Array(shared + rest);
    next.set(key.subarray(0, shared));
    next.set(data.subarray(start, start + rest), shared);
    key = next;
    entries.push([new TextDecoder().decode(key), data.subarray(start + rest, start + rest + length)]);
    at = start + rest + length;
  }
  return entries;
}
