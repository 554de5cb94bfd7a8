import type { Source } from '../bytes';

/** What of an HDF5 file the model's reader sees: plain data, made by the worker that runs the HDF5 library. */

/** A group, with those of its attributes that are strings and name models, layers and weights. */
export interface Group {
  attributes: Map<string, string[]>;
  members: Map<string, Group | StoredArray>;
}

/** An array in the file, read when asked for. */
export interface StoredArray {
  /** Names from the root, with slashes between them. */
  path: string;
  shape: number[];
}

export function isArray(member: Group | StoredArray | undefined): member is StoredArray {
  return member !== undefined && 'shape' in member;
}

/** @returns the member at a path of names; undefined when there is none */
export function find(group: Group, path: string): Group | StoredArray | undefined {
  let member: Group | StoredArray | undefined = group;
  for (const name of path.split('/')) {
    member = member && !isArray(member) ? member.members.get(name) : undefined;
  }
  return member;
}

/** @returns the group at a path of names; undefined when there is none, or an array */
export function findGroup(group: Group, path: string): Group | undefined {
  const member = find(group, path);
  return isArray(member) ? undefined : member;
}

/** Every array below a group, in the file's order. */
export function arraysBelow(group: Group): StoredArray[] {
  return [...group.members.values()].flatMap((member) => (isArray(member) ? [member] : arraysBelow(member)));
}

/** What the worker is asked: to open a file and list it, to read arrays by their paths into `room`, to close. */
export type Request = { open: Source } | Read | 'close' | 'free';

/** Which arrays are read, and where in `room` each begins, in numbers. */
interface Read {
  read: string[];
  starts: number[];
  room: ArrayBuffer;
}

/** Its replies, and `ready` once it has started. */
export type Answer =
  | { root: Group }
  | { arrays: Float32Array[]; room: ArrayBuffer }
  | { error: string }
  | 'ready';
