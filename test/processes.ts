import { readFileSync } from 'node:fs';

/** Whether a process runs; one that is dead and not yet waited for does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // Only Linux says so; there it may be gone by now.
    return process.platform !== 'linux';
  }
}
