import { StringDecoder } from 'node:string_decoder';

/** Characters that a cell may print; the rest is counted and dropped. */
export const STREAM_LIMIT = 10_000_000;
/** Says how many characters beyond the limit were dropped. */
export function droppedText(dropped: number): string {
  const megabytes = (n: number) => (n / 1e6).toFixed(1);
  return `\n… a cell may print ${megabytes(STREAM_LIMIT)} MB: ${megabytes(dropped)} MB more were dropped. Write them to a file.\n`;
}

const CHUNK = 32_768;
/**
 * A cell's first output, and what it writes this long after its last message, in ms, is sent at once: a loop that never waits
 * shows how far it is.
 */
const SOON = 50;

type Publish = (cell: string, name: string, text: string) => void;

interface Printed {
  length: number;
  dropped: number;
  decoders: Record<string, StringDecoder>;
}

/**
 * Redirects `process.stdout` and `process.stderr` to the cell whose code writes, including its timers and promises.
 * Small writes in quick succession are collected until the next turn of the event loop.
 */
export class Streams {
  private readonly cells = new Map<string, Printed>();
  private waiting: { cell: string; name: string; text: string } | undefined;
  private scheduled = false;
  private sent = Number.NEGATIVE_INFINITY;

  /** @param current the cell of the running code, and the receiver of what it prints, if any */
  constructor(
    private readonly publish: Publish,
    private readonly current: () => { cell: string; print?: (text: string) => void },
  ) {
    for (const name of ['stdout', 'stderr'] as const) {
      process[name].write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
        const callback = typeof encoding === 'function' ? encoding : done;
        this.write(name, typeof chunk === 'string' ? bytes(chunk, encoding) : chunk);
        if (typeof callback === 'function') process.nextTick(callback as () => void);
        return true;
      }) as typeof process.stdout.write;
    }
  }

  write(name: 'stdout' | 'stderr', chunk: string | Uint8Array): void {
    const { cell, print } = this.current();
    const printed = this.printed(cell);
    // One decoder per cell and stream: a character may be split across two writes.
    printed.decoders[name] ??= new StringDecoder('utf8');
    const text = typeof chunk === 'string' ? chunk : printed.decoders[name].write(Buffer.from(chunk));
    if (!text) return;
    if (print) {
      print(text);
      return;
    }
    const remaining = STREAM_LIMIT - printed.length;
    printed.length += Math.min(text.length, remaining);
    printed.dropped += Math.max(0, text.length - remaining);
    if (remaining > 0) this.append(cell, name, text.length > remaining ? text.slice(0, remaining) : text);
  }

  /** Sends the collected output. */
  flush(): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    if (!waiting) return;
    this.publish(waiting.cell, waiting.name, waiting.text);
    this.sent = performance.now();
  }

  /** Reports what a finished cell had dropped. Its timers may still print later. */
  finish(cell: string): void {
    this.flush();
    this.sent = Number.NEGATIVE_INFINITY;
    const printed = this.cells.get(cell);
    if (!printed?.dropped) return;
    this.publish(cell, 'stderr', droppedText(printed.dropped));
    printed.dropped = 0;
  }

  private append(cell: string, name: string, text: string) {
    if (this.waiting && (this.waiting.cell !== cell || this.waiting.name !== name)) this.flush();
    this.waiting ??= { cell, name, text: '' };
    this.waiting.text += text;
    if (this.waiting.text.length >= CHUNK || performance.now() - this.sent >= SOON) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private printed(cell: string): Printed {
    let printed = this.cells.get(cell);
    if (!printed) {
      printed = { length: 0, dropped: 0, decoders: {} };
      this.cells.set(cell, printed);
      // A cell so old that prints again starts a new count.
      if (this.cells.size > 100) this.cells.delete(this.cells.keys().next().value!);
    }
    return printed;
  }
}

function bytes(text: string, encoding: unknown): string | Uint8Array {
  const plain =
    encoding === undefined || typeof encoding === 'function' || /^utf-?8$/i.test(String(encoding));
  return plain ? text : Buffer.from(text, encoding as BufferEncoding);
}
