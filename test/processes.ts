import { readdirSync, readFileSync } from 'node:fs';

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

/** The processes that one has started, and that these have; on Linux. */
export function below(pid: number): number[] {
  const started = processes().filter(
    (child) => /^PPid:\s+(\d+)/m.exec(read(child, 'status'))?.[1] === String(pid),
  );
  return started.flatMap((child) => [child, ...below(child)]);
}

/** The processes whose environment holds a text; on Linux. */
export function marked(text: string): number[] {
  return processes().filter((pid) => alive(pid) && read(pid, 'environ').includes(text));
}

const processes = () => readdirSync('/proc').map(Number).filter(Boolean);

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
