import v8 from 'node:v8';
import vm from 'node:vm';

/** A reader who runs cells one after the other shall not wait for a collection. */
const IDLE_MS = 1000;
/** Garbage below that many bytes may lie. */
const LITTLE = 8e6;

/**
 * Collects garbage once a process has had nothing to do for a second: a notebook that is only looked at then holds
 * what its variables hold, and not the pictures and tensors that its cells have left (100 MB after a hundred cells).
 * V8 by itself would wait for more garbage.
 */
export class IdleCollector {
  private readonly collect: (options: { execution: 'async' }) => Promise<void>;
  private working = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Bytes that the last collection left. */
  private left = 0;

  constructor() {
    // Only what is made after it has the function; it is gone again from what cells see.
    v8.setFlagsFromString('--expose-gc');
    this.collect = vm.runInNewContext('gc');
    v8.setFlagsFromString('--no-expose-gc');
  }

  /** While the work lasts nothing is collected by this. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.working++;
    clearTimeout(this.timer);
    try {
      return await work();
    } finally {
      this.working--;
      if (this.working === 0) this.timer = setTimeout(() => void this.collectMuch(), IDLE_MS).unref();
    }
  }

  private async collectMuch() {
    if (held() - this.left < LITTLE) return;
    await this.collect({ execution: 'async' });
    this.left = held();
  }
}

/** Bytes of objects, and of the buffers that belong to them. */
function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
