/** What the benchmarks ask of processes, on Linux; 0 elsewhere, where there is no /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** @returns {number[]} the numbers of a process and of all that it started, also by others */
function family(pid) {
  try {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const parents = new Map(processes.map((name) => [Number(name), field(`${name}/status`, 'PPid')]));
    const within = (child) => child === pid || (parents.has(child) && within(parents.get(child)));
    return [...parents.keys()].filter(within);
  } catch {
    return [];
  }
}

function field(file, name) {
  try {
    const text = readFileSync(`/proc/${file}`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Largest resident set, in MB, of any of a process and those it started, so far. */
export function peakOf(pid) {
  return Math.max(0, ...family(pid).map((id) => field(`${id}/status`, 'VmHWM') / 1024));
}

/** Memory of a process and all that it started together, in MB now; what they share counts once. */
export function memoryOf(pid) {
  return family(pid).reduce((sum, id) => sum + field(`${id}/smaps_rollup`, 'Pss') / 1024, 0);
}

/**
 * Notes the CPU seconds of a process and of each that it started: to be asked again and again, because what a process
 * used is gone with it unless somebody waits for it, and a kernel that is told to end is not waited for.
 *
 * @param {Map<number, number>} seen seconds of each process so far; hundredths are what Linux counts in
 */
export function noteSeconds(pid, seen) {
  for (const id of family(pid)) {
    try {
      const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ');
      seen.set(id, (Number(fields[11]) + Number(fields[12])) / 100);
    } catch {
      // It has just ended.
    }
  }
}
