import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { Cursor, UNDEFINED } from './cursor';
import { denseRecords } from './dense';
import { MESSAGE, type Message } from './header';

const MOST_NODES = 100_000;
const MOST_ENTRIES = 1_000_000;

/**
 * The names in a group with the addresses of their object headers, in the file's order. Groups are stored
 * in one of three ways: a symbol table (h5py's default), links in the header, links in a fractal heap.
 *
 * @throws {ModelError} for soft and external links, which could point anywhere, and for damaged tables
 */
export function readLinks(bytes: Bytes, messages: readonly Message[]): Map<string, number> {
  const links = new Map<string, number>();
  for (const { type, data } of messages) {
    const cursor = new Cursor(data);
    if (type === MESSAGE.symbolTable) readSymbolTable(bytes, cursor.u64(), cursor.u64(), links);
    if (type === MESSAGE.link) readLink(cursor, links);
    if (type === MESSAGE.linkInfo) {
      const flags = cursor.skip(1).u8();
      const heap = cursor.skip(flags & 1 ? 8 : 0).u64();
      const index = cursor.u64();
      if (heap === UNDEFINED) continue;
      for (const record of denseRecords(bytes, heap, index)) readLink(new Cursor(record), links);
    }
  }
  return links;
}

function readLink(cursor: Cursor, links: Map<string, number>): void {
  const flags = cursor.skip(1).u8();
  const type = flags & 8 ? cursor.u8() : 0;
  cursor.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = cursor.take(cursor.uint(1 << (flags & 3))).toString('utf8');
  if (type !== 0) {
    throw new ModelError(`"${name}" is a link to another place, which is never followed.`);
  }
  links.set(name, cursor.u64());
}

function readSymbolTable(bytes: Bytes, tree: number, heap: number, links: Map<string, number>): void {
  const header = new Cursor(bytes.at(heap, 32)).expect('HEAP').skip(4);
  const namesSize = header.u64();
  const names = bytes.at(header.skip(8).u64(), namesSize);
  const queue = [tree];
  let entries = 0;
  for (let i = 0; i < queue.length; i++) {
    if (i > MOST_NODES) throw new ModelError('damaged: a group has no end.');
    const address = queue[i]!;
    const signature = bytes.at(address, 4).toString('latin1');
    const count = bytes.at(address, 8).readUInt16LE(6);
    entries += count;
    if (entries > MOST_ENTRIES) throw new ModelError('damaged: a group has no end.');
    if (signature === 'TREE') {
      const cursor = new Cursor(bytes.at(address, 24 + count * 16 + 8), 24);
      for (let child = 0; child < count; child++) queue.push(cursor.skip(8).u64());
    } else if (signature === 'SNOD') {
      const cursor = new Cursor(bytes.at(address, 8 + count * 40), 8);
      for (let entry = 0; entry < count; entry++) {
        const nameAt = cursor.u64();
        const object = cursor.u64();
        if (cursor.u32() === 2) throw new ModelError('a soft link, which is never followed.');
        cursor.skip(20);
        const end = names.indexOf(0, nameAt);
        if (nameAt >= names.length || end < 0) throw new ModelError('damaged: a name is missing.');
        links.set(names.toString('utf8', nameAt, end), object);
      }
    } else {
      throw new ModelError('damaged: a group points to something that is no group.');
    }
  }
}
