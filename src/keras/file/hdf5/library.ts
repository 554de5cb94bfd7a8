import { ModelError } from '../../../errors';
import type { File, FS, H5Module } from './h5wasm';
import { type NumberType, toFloat32 } from './numbers';
import type { Group, StoredArray } from './tree';

/**
 * Reads HDF5 with h5wasm, the HDF Group's C library. A damaged file can make that library crash, hang or take
 * gigabytes, so Node runs it in a worker (see `worker.ts`). The file is the only one in the library's own file
 * system, so no path in it leads anywhere.
 */

const WANTED = /^(model_config|keras_version|layer_names|weight_names)\d*$/;
const DEEPEST = 300;
const MOST_MEMBERS = 200_000;
/** The bytes of a file, as the library reads them. */
export interface Reading {
  size: number;
  /** Fills `target` with the bytes from `position` on. */
  read(target: Uint8Array, position: number): void;
  release(): void;
}

/** The part of the package h5wasm that is used; its own types need those of a browser. */
export interface H5Wasm {
  ready: Promise<unknown>;
  FS: unknown;
  File: unknown;
}

/** Bytes read at once, so that the library's memory stays small. */
const PIECE = 1 << 24;
const LARGEST_STRINGS = 1 << 28;

export class Library {
  private file: File | undefined;
  private release = () => {};
  private members = 0;

  private constructor(
    private readonly h5: H5Module,
    private readonly fs: FS,
    private readonly File: new (name: string, mode: 'r') => File,
  ) {}

  /** @param h5wasm the package of that name */
  static async start(h5wasm: H5Wasm): Promise<Library> {
    const { ready } = h5wasm;
    await ready;
    // Set once the library is ready.
    const { FS, File } = h5wasm;
    // An array may name a file that holds its numbers; the terminal is no such file.
    for (const name of ['stdin', 'stdout', 'stderr', 'tty', 'tty1']) (FS as FS).unlink(`/dev/${name}`);
    return new Library((await ready) as H5Module, FS as FS, File as never);
  }

  /** @returns the whole file's groups, strings and shapes, without the arrays' numbers */
  open({ size, read, release }: Reading): Group {
    this.close();
    this.release = release;
    const node = this.fs.mknod('/model.h5', 0o100444, 0);
    node.usedBytes = size;
    node.stream_ops = {
      ...node.stream_ops,
      read(_stream: unknown, target: Int8Array, offset: number, length: number, position: number) {
        const count = Math.max(0, Math.min(length, size - position));
        read(new Uint8Array(target.buffer, target.byteOffset + offset, count), position);
        return count;
      },
    };
    this.file = new this.File('/model.h5', 'r');
    if (this.file.file_id <= 0n) throw new ModelError('it is damaged or truncated. Copy or save it again.');
    this.members = 0;
    return this.group('', 0);
  }

  close(): void {
    if (!this.file) return;
    this.file.close();
    this.file = undefined;
    this.fs.unlink('/model.h5');
    this.release();
  }

  /**
   * The numbers of an array as float32, whatever they are stored as.
   *
   * @param room where they are written; by default in memory of their own
   */
  floats(path: string, room?: Float32Array): Float32Array {
    const { h5 } = this;
    const { type, size, signed, shape } = h5.get_dataset_metadata(this.id, path);
    const of = numberType(type, size, signed);
    const sizes = shape ?? [0];
    const count = sizes.reduce((product, length) => product * length, 1);
    const result = room?.subarray(0, count) ?? new Float32Array(count);
    if (result.length !== count) throw new ModelError(`damaged: ${path} is larger than declared.`);
    // Cut along the first axis that has a length: rows before it hold one piece each.
    const axis = sizes.findIndex((length) => length > 1);
    const row = result.length / (sizes[axis] ?? 1);
    const rows = Math.max(1, Math.floor(PIECE / (row * size)));
    const pointer = this.allocate(Math.min(result.length, row * rows) * size);
    for (let start = 0; start * row < result.length; start += rows) {
      const part = sizes.map((length, i) => BigInt(i === axis ? Math.min(rows, length - start) : length));
      const offset = sizes.map((_, i) => BigInt(i === axis ? start : 0));
      const target = result.subarray(start * row, (start + rows) * row);
      const status = sizes.length
        ? h5.get_dataset_data(
            this.id,
            path,
            part,
            offset,
            sizes.map(() => 1n),
            BigInt(pointer),
          )
        : h5.get_dataset_data(this.id, path, null, null, null, BigInt(pointer));
      if (status < 0) throw new ModelError(`damaged: the numbers of ${path} cannot be read.`);
      toFloat32(h5.HEAPU8.subarray(pointer, pointer + target.length * size), of, target);
    }
    h5._free(pointer);
    return result;
  }

  private get id(): bigint {
    if (!this.file) throw new ModelError('no file is open.');
    return this.file.file_id;
  }

  private group(path: string, depth: number): Group {
    const { h5, id } = this;
    if (depth > DEEPEST) throw new ModelError('damaged: its groups are nested without end.');
    const attributes = new Map<string, string[]>();
    for (const name of h5.get_attribute_names(id, path || '/')) {
      if (WANTED.test(name)) attributes.set(name, this.strings(path || '/', name));
    }
    const members = new Map<string, Group | StoredArray>();
    for (const name of h5.get_names(id, path || '/', false)) {
      if (++this.members > MOST_MEMBERS) throw new ModelError('damaged: its groups are nested without end.');
      const here = path ? `${path}/${name}` : name;
      const type = h5.get_type(id, here);
      // The optimizer's state is of no use here; so are named types.
      if (type === h5.H5G_GROUP && here !== 'optimizer_weights')
        members.set(name, this.group(here, depth + 1));
      else if (type === h5.H5G_DATASET) members.set(name, this.array(here));
      else if (type === h5.H5G_LINK || type === h5.H5G_UDLINK)
        throw new ModelError(`"${here}" is a link to another place, which is never followed.`);
    }
    return { attributes, members };
  }

  private array(path: string): StoredArray {
    return { path, shape: this.h5.get_dataset_metadata(this.id, path).shape ?? [0] };
  }

  /** The strings of an attribute, of fixed or variable length; none when it holds no strings. */
  private strings(path: string, name: string): string[] {
    const { h5, id } = this;
    const { type, size, total_size, shape, vlen } = h5.get_attribute_metadata(id, path, name);
    if (type !== h5.H5T_class_t.H5T_STRING.value || !shape) return [];
    const length = size * total_size;
    if (!(length <= LARGEST_STRINGS)) throw new ModelError(`damaged: the attribute ${name} has no end.`);
    const pointer = this.allocate(length);
    if (h5.get_attribute_data(id, path, name, BigInt(pointer)) < 0)
      throw new ModelError(`damaged: the attribute ${name} cannot be read.`);
    const strings = Array.from({ length: total_size }, (_, i) => {
      const at = pointer + i * size;
      if (vlen) return h5.UTF8ToString(new DataView(h5.HEAPU8.buffer).getUint32(at, true));
      return h5.UTF8ToString(at, size);
    });
    if (vlen) h5.reclaim_vlen_memory(id, path, name, BigInt(pointer));
    h5._free(pointer);
    return strings;
  }

  private allocate(length: number): number {
    const pointer = this.h5._malloc(Math.max(1, length));
    if (!pointer) throw new ModelError(`${length} bytes of it are more than may be read at once.`);
    return pointer;
  }
}

/** @throws {ModelError} for what is no number; classes are HDF5's (0 integers, 1 floats, 5 opaque bytes) */
function numberType(type: number, size: number, signed: boolean): NumberType {
  if (type === 0) return { kind: signed ? 'int' : 'uint', size };
  if (type === 1) return { kind: 'float', size };
  // Keras stores bfloat16 as two opaque bytes, and says so in an attribute.
  if (type === 5 && size === 2) return { kind: 'bfloat16', size };
  throw new ModelError(`it holds an HDF5 type of class ${type}, which Keras does not write.`);
}
