// Our own reader of the part of HDF5 that Keras writes, measured against h5wasm 0.10.3: that takes 205 ms to start
// and read the tutorial's model (this one loads it whole in 28 ms), and its C code would need a worker to be stopped.
import { ModelError } from '../../errors';
import type { Bytes } from '../bytes';
import { type Attribute, readAttributes } from './attribute';
import { Cursor } from './cursor';
import { type Dataset, readDataset } from './dataset';
import { readLinks } from './group';
import { MESSAGE, type Message, readHeader } from './header';

const SIGNATURE = '\x89HDF\r\n\x1a\n';

/** A group or a dataset of an HDF5 file. */
export class Node {
  private readonly messages: Message[];
  private links: Map<string, number> | undefined;
  private readonly children = new Map<string, Node>();
  private attributeMap: Map<string, Attribute> | undefined;

  constructor(
    private readonly bytes: Bytes,
    address: number,
    private readonly limit: number,
  ) {
    this.messages = readHeader(bytes, address);
  }

  get isDataset(): boolean {
    return this.messages.some(({ type }) => type === MESSAGE.layout);
  }

  get attributes(): Map<string, Attribute> {
    this.attributeMap ??= readAttributes(this.bytes, this.messages);
    return this.attributeMap;
  }

  /** Names of the group's members. */
  names(): string[] {
    return [...this.members().keys()];
  }

  /** The member at a path of names; undefined when there is none. */
  get(path: string): Node | undefined {
    let node: Node | undefined = this;
    for (const name of path.split('/')) node = node?.child(name);
    return node;
  }

  dataset(): Dataset {
    return readDataset(this.bytes, this.messages, this.limit);
  }

  private child(name: string): Node | undefined {
    let child = this.children.get(name);
    const address = child || this.isDataset ? undefined : this.members().get(name);
    if (!child && address !== undefined) {
      child = new Node(this.bytes, address, this.limit);
      this.children.set(name, child);
    }
    return child;
  }

  private members(): Map<string, number> {
    this.links ??= readLinks(this.bytes, this.messages);
    return this.links;
  }
}

export function isHdf5(bytes: Bytes): boolean {
  return bytes.size >= 8 && bytes.at(0, 8).toString('latin1') === SIGNATURE;
}

/**
 * Opens the root group. What can be read is what h5py writes for Keras: see the files beside this one.
 *
 * @param limit how many bytes one array may take in memory
 * @throws {ModelError} when the file is no HDF5, is truncated, or uses a feature that Keras's files lack
 */
export function openHdf5(bytes: Bytes, limit: number): Node {
  if (!isHdf5(bytes)) throw new ModelError('it is no HDF5 file.');
  const head = new Cursor(bytes.at(0, Math.min(128, bytes.size)), 8);
  const version = head.u8();
  let end: number;
  let root: number;
  if (version < 2) {
    const offsets = head.skip(4).u8();
    requireWide(offsets, head.u8());
    head.skip(version === 1 ? 13 : 9);
    head.skip(16);
    end = head.u64();
    root = head.skip(16).u64();
  } else if (version < 4) {
    const offsets = head.u8();
    requireWide(offsets, head.u8());
    head.skip(17);
    end = head.u64();
    root = head.u64();
  } else throw new ModelError(`an HDF5 superblock of unknown version ${version}.`);
  if (end > bytes.size) {
    throw new ModelError(`truncated: it declares ${end} bytes and has ${bytes.size}. Copy or save it again.`);
  }
  return new Node(bytes, root, limit);
}

function requireWide(offsets: number, lengths: number): void {
  if (offsets !== 8 || lengths !== 8) throw new ModelError('HDF5 addresses of other than 8 bytes.');
}
