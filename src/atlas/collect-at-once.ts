import v8 from 'node:v8';

let running = 0;

/**
 * Runs work during which V8 collects garbage in one go. The outputs that an atlas reads are garbage at once, gigabytes of
 * them, and each 60 MB make V8 mark the few objects that there are step by step and in other threads: that takes a third
 * of all processor time, and one go 5 ms.
 */
export async function collectingAtOnce<T>(work: () => Promise<T>): Promise<T> {
  if (running++ === 0) v8.setFlagsFromString('--no-incremental-marking');
  try {
    return await work();
  } finally {
    if (--running === 0) v8.setFlagsFromString('--incremental-marking');
  }
}
