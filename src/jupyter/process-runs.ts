import { existsSync, readFileSync } from 'node:fs';

/** Whether a process runs; a zombie does not. */
export function processRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process cannot be signalled, but it runs.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // Only Linux says what is a zombie.
  const status = `/proc/${pid}/status`;
  try {
    return !existsSync(status) || !/^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'));
  } catch {
    return true;
  }
}
