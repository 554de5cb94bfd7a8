/** Memory and CPU time of processes for the benchmarks, read from Linux's /proc; 0 on other systems. */
import { readdirSync, readFileSync } from 'node:fs';

/** @returns {number[]} the ids of a process and of all its descendants */
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

/** Largest resident set so far, in MB, among a process and its descendants. */
export function peakOf(pid) {
  return Math.max(0, ...family(pid).map((id) => field(`${id}/status`, 'VmHWM') / 1024));
}

/** Present memory of a process and its descendants together, in MB; shared pages count once. */
export function memoryOf(pid) {
  return family(pid).reduce((sum, id) => sum + field(`${id}/smaps_rollup`, 'Pss') / 1024, 0);
}

/**
 * Records the CPU seconds of a process and of each of its descendants. Call it repeatedly: Linux forgets the time of a
 * process that ends unless its parent waits for it, and nobody waits for a kernel that is told to end.
 *
 * @param {Map<number, number>} seen seconds of each process so far, in Linux's steps of 1/100
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

/** CPU seconds that a process and its present descendants have taken. */
export function secondsOf(pid) {
  const seen = new Map();
  noteSeconds(pid, seen);
  return [...seen.values()].reduce((sum, used) => sum + used, 0);
}
