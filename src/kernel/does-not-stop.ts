import { setTimeout as wait } from 'node:timers/promises';
import { mainThreadOf } from './main-thread';

/** Milliseconds until an interrupt without effect ends the engine; the protocol allows 2 s. */
const INTERRUPT_MS = 1500;
/** Milliseconds between two looks at a machine that is too busy for the engine to answer. */
const AGAIN_MS = 100;
/** Milliseconds that an engine in which no cell runs has where the system does not tell what it does. */
const LONGEST_MS = 10_000;

/** Seconds of processor time that the engine may take to answer an interrupt, and to answer at all. */
const MOST_CPU = { cell: 0.3, nothing: 1 };

/**
 * Waits for an interrupt to have an effect, and tells whether the engine must be ended. A deadline alone would say so of
 * an engine that the machine has no time for. So what its main thread does decides: one that computes on, or sleeps in
 * a call that blocks, does not stop; one that waits for a processor gets more time.
 *
 * @param pid the engine's
 * @param runs what was interrupted, as far as the kernel knows
 * @param over whether it has stopped
 * @returns whether it does not stop
 */
export async function doesNotStop(
  pid: number | undefined,
  runs: keyof typeof MOST_CPU,
  over: () => boolean,
): Promise<boolean> {
  const began = performance.now();
  const before = mainThreadOf(pid)?.cpu ?? 0;
  let slept = false;
  await wait(INTERRUPT_MS);
  while (!over()) {
    const thread = mainThreadOf(pid);
    if (!thread && (runs === 'cell' || performance.now() - began > LONGEST_MS)) return true;
    if (thread && thread.cpu - before > MOST_CPU[runs]) return true;
    // Once may be a moment between two turns.
    if (thread?.sleeps && slept) return true;
    slept = thread?.sleeps ?? false;
    await wait(AGAIN_MS);
  }
  return false;
}
