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

/** CPU seconds of all programs that this one started and that have ended. */
export function childSeconds() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    // cutime and cstime (proc(5)), in hundredths.
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}
