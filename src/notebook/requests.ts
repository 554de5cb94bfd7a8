import type { Message } from '../jupyter/wire';

/**
 * Milliseconds of silence after a reply, after which the kernel counts as idle. Under load, stock tslab loses its
 * "idle" message. nbclient waits as long (iopub_timeout).
 */
const SILENT_MS = 4000;

interface Waiting {
  reply?: Message;
  idle: boolean;
  silence?: NodeJS.Timeout;
  resolve(reply: Message): void;
  reject(error: Error): void;
}

/** Pending requests. A request is done when its reply has arrived and the kernel is idle again, in either order. */
export class Requests {
  private readonly waiting = new Map<string, Waiting>();

  /** @returns the reply, once the request is done */
  add(id: string): Promise<Message> {
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, idle: false }));
  }

  has(id: string): boolean {
    return this.waiting.has(id);
  }

  replied(id: string, reply: Message): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    waiting.reply = reply;
    this.settle(id, waiting);
    this.heard(id);
  }

  idle(id: string): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    waiting.idle = true;
    this.settle(id, waiting);
  }

  /** The kernel published something for a request. After the reply, this restarts the wait for silence. */
  heard(id: string): void {
    const waiting = this.waiting.get(id);
    if (!waiting?.reply) return;
    clearTimeout(waiting.silence);
    waiting.silence = setTimeout(() => this.idle(id), SILENT_MS);
  }

  forget(id: string): void {
    clearTimeout(this.waiting.get(id)?.silence);
    this.waiting.delete(id);
  }

  /** The kernel is gone: all pending requests fail. */
  fail(error: Error): void {
    for (const [id, { reject }] of this.waiting) {
      this.forget(id);
      reject(error);
    }
  }

  private settle(id: string, { reply, idle, resolve }: Waiting) {
    if (!reply || !idle) return;
    this.forget(id);
    resolve(reply);
  }
}
