import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { Cursor } from './cursor';

/** One message of an object header: what a group, a dataset or an attribute says about itself. */
export interface Message {
  type: number;
  data: Buffer;
}

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const MOST_BLOCKS = 10_000;
/** More than any object's: an attribute ends at 64 KB, and an object has a few hundred at most. */
const MOST_BYTES = 1 << 25;
const SHARED = 2;

/**
 * All messages of the object header at `address`, of both versions of the format.
 *
 * @throws {ModelError} when the header is damaged or its blocks run in a circle
 */
export function readHeader(bytes: Bytes, address: number): Message[] {
  const messages: Message[] = [];
  const blocks: [offset: number, length: number][] = [];
  const start = bytes.at(address, 4);
  const modern = start.toString('latin1') === 'OHDR';
  let ordered = false;

  if (modern) {
    const head = new Cursor(bytes.at(address, Math.min(64, bytes.size - address)), 5);
    const flags = head.u8();
    head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
    ordered = (flags & 0x04) !== 0;
    const length = head.uint(1 << (flags & 3));
    blocks.push([address + head.position, length]);
  } else {
    if (start[0] !== 1) throw new ModelError('damaged: an object header has an unknown version.');
    blocks.push([address + 16, bytes.at(address, 16).readUInt32LE(8)]);
  }

  let total = 0;
  for (let block = 0; block < blocks.length; block++) {
    if (block > MOST_BLOCKS) throw new ModelError('damaged: an object header has no end.');
    const [offset, length] = blocks[block]!;
    total += length;
    if (total > MOST_BYTES) throw new ModelError('damaged: an object header is larger than any.');
    const cursor = new Cursor(bytes.at(offset, length));
    const least = modern ? (ordered ? 6 : 4) : 8;
    while (cursor.position + least <= length) {
      const type = modern ? cursor.u8() : cursor.u16();
      const size = cursor.u16();
      const flags = cursor.u8();
      if (!modern) cursor.skip(3);
      else if (ordered) cursor.skip(2);
      const data = cursor.take(size);
      if (type === MESSAGE.continuation) {
        const next = new Cursor(data);
        const at = next.u64();
        const bytesThere = next.u64();
        // A later block of a modern header stands between its signature and a checksum.
        blocks.push(modern ? [at + 4, bytesThere - 8] : [at, bytesThere]);
      } else if (type !== 0) {
        if (flags & SHARED && (type === MESSAGE.datatype || type === MESSAGE.dataspace)) {
          throw new ModelError('it uses shared (committed) HDF5 types, which Keras does not write.');
        }
        messages.push({ type, data });
      }
    }
  }
  return messages;
}
