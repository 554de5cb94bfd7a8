import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';

/** The class of the error, such as `NotebookError`. */
type Failure = new (message: string, options: { cause: unknown }) => Error;

/**
 * Writes a file whole or not at all: to a temporary file beside it, which is then renamed. Readers, a full disk or the
 * end of this process never see half a file. Permissions are kept, and a link is followed.
 *
 * @throws {Failure} "Cannot write PATH: …" when the folder is missing or read-only, the disk full and the like
 */
export function writeWhole(path: string, content: string | Uint8Array, Failure: Failure): void {
  let place = resolve(path);
  try {
    place = linkedFrom(place);
    const old = statSync(place, { throwIfNoEntry: false });
    // A device or a pipe, such as /dev/stdout, is written directly; a rename would replace it by a file.
    if (old && !old.isFile()) writeFileSync(place, content);
    else {
      if (old) accessSync(place, constants.W_OK);
      replace(place, content, old);
    }
  } catch (cause) {
    throw new Failure(`Cannot write ${path}: ${reasonOf(cause as NodeJS.ErrnoException, dirname(place))}`, {
      cause,
    });
  }
}

/**
 * Makes the folder of a file.
 *
 * @throws {Failure} when it cannot be made
 */
export function makeFolder(path: string, Failure: Failure): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
  } catch (cause) {
    const { message } = cause as Error;
    throw new Failure(`Cannot write ${path}: its folder cannot be made (${message}). Choose another place.`, {
      cause,
    });
  }
}

/** The target of a path, even if it does not exist yet. */
function linkedFrom(path: string, hops = 40): string {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (!entry?.isSymbolicLink() || hops === 0) return path;
  return linkedFrom(resolve(dirname(path), readlinkSync(path)), hops - 1);
}

function replace(place: string, content: string | Uint8Array, old: Stats | undefined): void {
  // Unique per process and thread.
  const beside = join(dirname(place), `.${basename(place)}.${process.pid}-${threadId}.part`);
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx');
  try {
    try {
      if (old) keepRights(file, old);
      writeFileSync(file, content);
      // Otherwise a crash of the machine could leave an empty file under the new name.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, place);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function keepRights(file: number, { mode, uid, gid }: Stats): void {
  fchmodSync(file, mode);
  // Written as root, the file keeps its owner.
  if (process.getuid?.() === 0) fchownSync(file, uid, gid);
}

function reasonOf({ code, message, syscall }: NodeJS.ErrnoException, folder: string): string {
  if (syscall === 'access') return 'it is protected against writing. Choose another name.';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no folder ${folder}. Make it first.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `the folder ${folder} cannot be written to. Choose another place.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. Make room and try again; what was there before is still there.';
    case 'EFBIG':
      return 'it is larger than a file may be here. What was there before is still there.';
    case 'EISDIR':
      return 'it is a folder. Name a file.';
    default:
      return `${message}.`;
  }
}
