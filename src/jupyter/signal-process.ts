import type { ChildProcess } from 'node:child_process';

/**
 * Sends a signal to a child process; one that has ended already is left alone.
 *
 * @param group whether all that it started gets the signal too. Windows has no such groups: there it goes to the child
 *   alone, which any signal ends.
 */
export function signalProcess(child: ChildProcess, name: NodeJS.Signals, group: boolean): void {
  if (child.pid === undefined) return;
  try {
    if (group && process.platform !== 'win32') process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // It has ended already.
  }
}
