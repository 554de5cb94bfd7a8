import { ModelError } from '../../../errors';
import type { Bytes } from '../bytes';
import { type NumberType, toFloat32 } from '../hdf5/numbers';
import type { StoredArray } from '../hdf5/tree';
import { crc32c, masked } from './crc32c';
import { Message, varint } from './protobuf';
import { readTable } from './table';

/** TensorFlow's types of numbers, by their place in its enumeration. */
const TYPES: Record<number, NumberType> = {
  1: { kind: 'float', size: 4 },
  2: { kind: 'float', size: 8 },
  3: { kind: 'int', size: 4 },
  4: { kind: 'uint', size: 1 },
  5: { kind: 'int', size: 2 },
  6: { kind: 'int', size: 1 },
  9: { kind: 'int', size: 8 },
  10: { kind: 'uint', size: 1 },
  14: { kind: 'bfloat16', size: 2 },
  17: { kind: 'uint', size: 2 },
  19: { kind: 'float', size: 2 },
  22: { kind: 'uint', size: 4 },
  23: { kind: 'uint', size: 8 },
};
const STRING = 7;
/** As TensorFlow names files. */
const MOST_SHARDS = 99_999;
const GRAPH = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** A variable in a shard. */
interface Entry {
  type: number;
  shape: number[];
  shard: number;
  offset: number;
  size: number;
  sum: number;
}

/** An object of a checkpoint: its parts by their names, and its variable's key if it is one. */
export interface TrackedObject {
  parts: Map<string, number>;
  key?: string;
}

/** The variables of a checkpoint or SavedModel: an index, and shards with the numbers. */
export class Bundle {
  private readonly entries = new Map<string, Entry>();
  private readonly shards: number;
  private readonly opened = new Map<number, Bytes>();

  /**
   * @param index the bytes of `variables.index`
   * @param open opens the shard of that number, of as many
   * @throws {ModelError} when the index is damaged
   */
  constructor(
    index: Uint8Array,
    private readonly open: (shard: number, shards: number) => Bytes,
  ) {
    const table = readTable(index);
    const header = new Message(table.get('') ?? new Uint8Array());
    this.shards = header.number(1) || 1;
    if (header.number(2) !== 0) throw new ModelError('its variables are big-endian, which is not supported.');
    if (this.shards > MOST_SHARDS)
      throw new ModelError(`damaged: it declares ${this.shards} files of variables.`);
    for (const [key, bytes] of table) if (key) this.entries.set(key, entryOf(key, new Message(bytes)));
  }

  /** Whether there is a variable of that key. */
  array(key: string): StoredArray | undefined {
    const entry = this.entries.get(key);
    return entry && { path: key, shape: entry.shape };
  }

  get keys(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** Bytes that the variables of these keys take as float32. */
  bytesOf(keys: readonly string[]): number {
    return keys.reduce((sum, key) => sum + 4 * product(this.entries.get(key)?.shape ?? []), 0);
  }

  /**
   * The numbers of a variable as float32.
   *
   * @throws {ModelError} when its bytes are missing, or do not have their checksum
   */
  floats({ path }: StoredArray): Float32Array {
    const entry = this.entries.get(path)!;
    const type = TYPES[entry.type];
    const count = product(entry.shape);
    if (!type || entry.size !== count * type.size) {
      throw new ModelError(`the variable ${path} is of a type that is no number Keras writes.`);
    }
    const raw = this.bytes(entry);
    if (masked(crc32c(raw)) !== entry.sum) throw wrongSum(path);
    // A copy would take a third of the time.
    if (type.kind === 'float' && type.size === 4 && raw.byteOffset % 4 === 0) {
      return new Float32Array(raw.buffer, raw.byteOffset, count);
    }
    const values = new Float32Array(count);
    toFloat32(raw, type, values);
    return values;
  }

  /** The objects whose variables these are; the first is the model. */
  objects(): TrackedObject[] {
    const entry = this.entries.get(GRAPH);
    if (entry?.type !== STRING) throw new ModelError('damaged: its variables have no graph of objects.');
    const raw = this.bytes(entry);
    // The length, then its checksum, then the text; the sum is one of all three.
    const [length, end] = varint(raw, 0);
    const text = raw.subarray(end + 4);
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, length, true);
    const sum = crc32c(text, crc32c(raw.subarray(end, end + 4), crc32c(size)));
    if (text.length !== length || masked(sum) !== entry.sum) throw wrongSum('the graph of objects');
    return new Message(text).messages(1).map((node) => ({
      parts: new Map(node.messages(1).map((child) => [child.text(2), child.number(1)])),
      key: node.messages(2)[0]?.text(3),
    }));
  }

  close(): void {
    for (const bytes of this.opened.values()) bytes.close();
    this.opened.clear();
  }

  private bytes({ shard, offset, size }: Entry): Uint8Array {
    if (shard >= this.shards)
      throw new ModelError(`damaged: it has ${this.shards} files of variables, not ${shard + 1}.`);
    let bytes = this.opened.get(shard);
    if (!bytes) {
      bytes = this.open(shard, this.shards);
      this.opened.set(shard, bytes);
    }
    return bytes.at(offset, size);
  }
}

const product = (shape: readonly number[]) => shape.reduce((all, size) => all * size, 1);

const wrongSum = (what: string) =>
  new ModelError(`damaged: ${what} does not have the checksum that is stored for it. Copy or save it again.`);

function entryOf(key: string, message: Message): Entry {
  if (message.messages(7).length) {
    throw new ModelError(
      `the variable ${key} is stored in parts, which is not supported. Save the model on one machine.`,
    );
  }
  const sum = message.bytes(6);
  const shape =
    message
      .message(2)
      ?.messages(2)
      .map((axis) => axis.number(1)) ?? [];
  return {
    type: message.number(1),
    shape,
    shard: message.number(3),
    offset: message.number(4),
    size: message.number(5),
    sum: sum ? new DataView(sum.buffer, sum.byteOffset, 4).getUint32(0, true) : 0,
  };
}
