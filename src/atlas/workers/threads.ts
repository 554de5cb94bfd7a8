import { availableParallelism, freemem } from 'node:os';

/** Memory of a worker process with native TensorFlow, as measured: 400 to 600 MB. */
const BYTES = 7e8;

/** How many workers fit this machine: one per core, and no more than fit into free memory. */
export function fittingWorkers(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / BYTES)));
}

/**
 * The environment of one of several workers: they share the cores, since each would start as many threads as there are
 * cores, and be slower together than one alone.
 */
export function workerEnvironment(workers: number): Record<string, string> {
  const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)));
  return {
    TF_NUM_INTRAOP_THREADS: threads,
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: threads,
  };
}
