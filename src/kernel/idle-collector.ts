import v8 from 'node:v8';
import vm from 'node:vm';
import { Pause } from './pause';

/** Milliseconds without work before a collection, so that cells run in sequence need not wait for it. */
const IDLE_MS = 1000;
/** Less garbage than this, in bytes, is left alone. */
const LITTLE = 8e6;

/**
 * Collects garbage when a process has been idle for a second. An idle notebook then holds only its variables, and not
 * the pictures and tensors that its cells left behind (100 MB after a hundred cells). V8 alone would wait for more
 * garbage.
 */
export class IdleCollector {
  private collect: ((options: { execution: 'async' }) => Promise<void>) | undefined;
  private readonly pause = new Pause(IDLE_MS, () => void this.collectMuch());
  /** Bytes in use after the last collection. */
  private left = 0;

  /** Runs work during which nothing is collected. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.pause.during(work);
  }

  private async collectMuch() {
    if (bytesInUse() - this.left < LITTLE) return;
    this.collect ??= collector();
    await this.collect({ execution: 'async' });
    this.left = bytesInUse();
  }
}

function collector(): (options: { execution: 'async' }) => Promise<void> {
  // Only contexts created while the flag is set get `gc`; cells never see it.
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc');
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}

/** Bytes of objects and of their buffers. */
function bytesInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
