import { ModelError } from '../../../errors';
import type { Bytes } from '../bytes';
import { isTooMuch } from '../unpacked-size';
import { type H5Wasm, Library, type Reading } from './library';
import { arraysBelow, type Group, type StoredArray } from './tree';

/** An open HDF5 file. */
export interface Hdf5 {
  root: Group;
  /** Hands each array's numbers to `use`, in order. They are gone after that: `use` copies what it keeps. */
  read(arrays: readonly StoredArray[], use: (values: Float32Array, index: number) => void): Promise<void>;
  close(): void;
}

/**
 * Opens a file and lists what is in it.
 *
 * @param limit how many bytes all its arrays together may take in memory
 * @throws {ModelError} when it is no HDF5, damaged or truncated, or declares more than the limit
 */
export type OpenHdf5 = (bytes: Bytes, limit: number) => Promise<Hdf5>;

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export function isHdf5(bytes: Bytes): boolean {
  if (bytes.size < SIGNATURE.length) return false;
  const start = bytes.at(0, SIGNATURE.length);
  return SIGNATURE.every((byte, i) => byte === start[i]);
}

/** Bytes that an array takes as float32. */
export const bytesOf = ({ shape }: StoredArray) => shape.reduce((product, size) => product * size, 4);

/**
 * @param size bytes of the file; what it declares without holding it reads as zeros
 * @throws {ModelError} when the arrays take more bytes than the limit, or far more than the file
 */
export function checkSizes(root: Group, limit: number, size: number): void {
  const total = arraysBelow(root).reduce((sum, array) => sum + bytesOf(array), 0);
  if (total <= limit && isTooMuch(total, size)) {
    throw new ModelError(
      `its arrays declare ${total} bytes in a file of ${size}, as no model's weights do. Save it again with model.save().`,
    );
  }
  if (total <= limit) return;
  throw new ModelError(
    `its arrays take ${total} bytes, above the limit of ${limit}. Raise { maxBytes } if you trust it.`,
  );
}

/** Bytes in memory, as the library reads them. */
export function inMemory(data: Uint8Array): Reading {
  return {
    size: data.length,
    read: (target, position) => target.set(data.subarray(position, position + target.length)),
    release() {},
  };
}

/**
 * An opener that runs the HDF5 library in this thread, for browsers. Nothing ends the library there if a damaged file
 * sends it into an endless loop, so run it in a worker if you do not trust the file.
 *
 * @param h5wasm the package of that name, as `import * as h5wasm from 'h5wasm'` gives it
 */
export function hdf5With(h5wasm: H5Wasm): OpenHdf5 {
  let started: Promise<Library> | undefined;
  return async (bytes, limit) => {
    if (!isHdf5(bytes)) throw new ModelError('it is no HDF5 file.');
    started ??= Library.start(h5wasm);
    const library = await started;
    const root = library.open(inMemory(bytes.at(0, bytes.size)));
    checkSizes(root, limit, bytes.size);
    return {
      root,
      async read(arrays, use) {
        for (const [i, { path }] of arrays.entries()) use(library.floats(path), i);
      },
      close: () => library.close(),
    };
  };
}
