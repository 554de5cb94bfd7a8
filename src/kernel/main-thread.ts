import { readFileSync } from 'node:fs';

/** What the main thread of a process has done. */
export interface ThreadState {
  /** Seconds of processor time, since it started. */
  cpu: number;
  /** Whether it sleeps, and waits for neither a processor nor a disk. */
  sleeps: boolean;
}

/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

/** @returns nothing where the system does not tell (only Linux does), and for a process that has ended */
export function mainThreadOf(pid: number | undefined): ThreadState | undefined {
  try {
    // The name in brackets may hold spaces and brackets. After it: state (3), …, utime (14), stime (15).
    const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, sleeps: fields[0] === 'S' };
  } catch {
    return undefined;
  }
}
