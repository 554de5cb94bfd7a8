import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processRuns } from '../jupyter/process-runs';

/** A folder for the checker's files. It is named by the process. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `convlens-cells-${process.pid}-`));
  setTimeout(removeLeftovers, 5000).unref();
  return folder;
}

/** Removes the folders of kernels that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^convlens-cells-(\d+)-/.exec(name)?.[1]);
    if (!pid || processRuns(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
}
