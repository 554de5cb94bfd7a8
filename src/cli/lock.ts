import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NotebookError } from '../errors';
import { makeFolder } from '../files/whole-file';
import { processRuns } from '../jupyter/process-runs';

/**
 * Keeps a second run from writing into the same notebook, by a lock file beside it that names the process. A lock of
 * a process that is gone is ignored. The lock file also proves, before any cell runs, that the folder is writable.
 *
 * @returns a function that removes the lock
 * @throws {NotebookError} when another process writes there, or the folder cannot be written to
 */
export function lock(notebook: string): () => void {
  makeFolder(notebook, NotebookError);
  // Into a device, such as /dev/stdout, several may write.
  if (statSync(notebook, { throwIfNoEntry: false })?.isFile() === false) return () => {};
  const path = join(dirname(notebook), `.${basename(notebook)}.lock`);
  for (let attempts = 3; ; attempts--) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      break;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST') {
        // On a full disk the file exists, but is empty.
        if (code === 'ENOSPC') rmSync(path, { force: true });
        throw new NotebookError(
          `Cannot write ${notebook}: no file can be created in its folder (${message}). Choose another place with -o.`,
          { cause },
        );
      }
      const writer = writerOf(path);
      if (writer !== undefined || attempts === 0) {
        throw new NotebookError(
          `Cannot write ${notebook}: process ${writer ?? '?'} is running a notebook into it. Wait for it, or choose another place with -o. (If it is no convlens, delete ${path}.)`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  const free = () => rmSync(path, { force: true });
  process.once('exit', free);
  return () => {
    process.off('exit', free);
    free();
  };
}

/** The process that a lock file names, if it still runs. */
function writerOf(path: string): number | undefined {
  let pid = read(path);
  if (!pid) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    pid = read(path);
  }
  // A stale lock from another container can hold our own pid.
  return pid && pid !== process.pid && processRuns(pid) ? pid : undefined;
}

/** @returns 0 when the file is gone, or still empty */
function read(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    return 0;
  }
}
