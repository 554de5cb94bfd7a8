import { accessSync, constants, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The native library that tfjs-node's addon loads; nothing when tfjs-node is not installed. */
export function libraryFile(): string | undefined {
  try {
    const folder = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
    return join(folder, 'deps', 'lib', 'libtensorflow.so.2');
  } catch {
    return undefined;
  }
}

/** @returns the first folder or file on a path that this user may not read */
export function unreadable(file: string): string | undefined {
  try {
    const real = realpathSync(file);
    accessSync(real, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code, path = file } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES') return undefined;
    // A link that leads into a closed folder can itself be read.
    const target = targetOf(path);
    return target ? unreadable(target) : path;
  }
}

function targetOf(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}

/** @returns the first folder or file on a path that only its owner may read */
export function closedToOthers(file: string): string | undefined {
  const real = realpathSync(file);
  if (!(statSync(real).mode & 0o004)) return real;
  for (let folder = dirname(real); folder !== dirname(folder); folder = dirname(folder)) {
    if (!(statSync(folder).mode & 0o001)) return folder;
  }
  return undefined;
}
