/** The part of h5wasm that is used. Its own declarations need a browser's types and lack the heap. */
export interface H5Module {
  HEAPU8: Uint8Array;
  H5G_GROUP: number;
  H5G_DATASET: number;
  H5G_LINK: number;
  H5G_UDLINK: number;
  H5T_class_t: { H5T_STRING: { value: number } };
  _malloc(size: number): number;
  _free(pointer: number): void;
  /** Reads to the first zero byte, at most `length` bytes. */
  UTF8ToString(pointer: number, length?: number): string;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_type(file: bigint, path: string): number;
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Metadata;
  /** Negative on failure. */
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): Metadata;
  /** Negative on failure. */
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number;
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, pointer: bigint): number;
}

interface Metadata {
  /** HDF5's type class. */
  type: number;
  /** Bytes per element. */
  size: number;
  signed: boolean;
  vlen: boolean;
  shape: number[] | null;
  total_size: number;
}

export interface File {
  file_id: bigint;
  close(): number;
}

/** Emscripten's file system in memory. */
export interface FS {
  mknod(path: string, mode: number, device: number): { usedBytes: number; stream_ops: object };
  unlink(path: string): void;
}
