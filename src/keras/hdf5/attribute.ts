import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { Cursor, UNDEFINED } from './cursor';
import { type Datatype, decodeStrings, elementsIn, readDataspace, readDatatype } from './datatype';
import { denseRecords } from './dense';
import { MESSAGE, type Message } from './header';

/** An attribute's strings; numbers are left out, but for how many there are (an empty list is a float64). */
export interface Attribute {
  shape: number[];
  type: Datatype | undefined;
  strings(): string[];
}

/** All attributes of an object, by name: those in its header and those in a fractal heap. */
export function readAttributes(bytes: Bytes, messages: readonly Message[]): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  const add = (data: Buffer) => {
    const [name, attribute] = readAttribute(bytes, data);
    attributes.set(name, attribute);
  };
  for (const { type, data } of messages) {
    if (type === MESSAGE.attribute) add(data);
    if (type === MESSAGE.attributeInfo) {
      const cursor = new Cursor(data, 1);
      const flags = cursor.u8();
      const heap = cursor.skip(flags & 1 ? 2 : 0).u64();
      if (heap !== UNDEFINED) denseRecords(bytes, heap, cursor.u64()).forEach(add);
    }
  }
  return attributes;
}

function readAttribute(bytes: Bytes, data: Buffer): [name: string, attribute: Attribute] {
  const cursor = new Cursor(data);
  const version = cursor.u8();
  cursor.skip(1);
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1);
  // Version 1 pads each part to eight bytes.
  const [name, typeData, spaceData] = sizes.map((size) => {
    const part = cursor.take(size);
    if (version === 1) cursor.skip(-size & 7);
    return part;
  });
  const shape = readDataspace(spaceData!);
  let type: Datatype | undefined;
  try {
    type = readDatatype(typeData!);
  } catch {
    // An attribute of a type that nothing here reads does no harm.
  }
  const strings = () => {
    if (type?.kind !== 'string' && type?.kind !== 'text') {
      if (elementsIn(shape) === 0) return [];
      throw new ModelError('damaged: an attribute holds numbers where text belongs.');
    }
    return decodeStrings(bytes, type, cursor.take(elementsIn(shape) * type.size));
  };
  return [name!.toString('utf8').replace(/\0.*$/s, ''), { shape, type, strings }];
}
