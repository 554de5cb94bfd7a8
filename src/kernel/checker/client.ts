import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { Answer, Method, Question, Questions } from './protocol';
import { startSnapshot, tslabFolder } from './snapshot';

interface Asked {
  question: Question;
  /** Whether a type checker has ended over it already. */
  again: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The type checker as the kernel asks it: a process that starts from a snapshot, or where there is none, or when it has
 * ended of its own, a thread. Questions may be asked at any time, also before it has started; it answers them in their
 * order.
 */
export class CheckerClient {
  private readonly asked: Asked[] = [];
  private kill = () => {};
  private cancelled: Error | undefined;
  private stopped = false;
  private tell = this.startProcess();

  /** @throws when the checker fails, or ends twice over the same question */
  ask<K extends Method>(method: K, ask: Questions[K]['ask']): Promise<Questions[K]['answer']> {
    return new Promise((resolve, reject) => {
      const question = { method, ask } as Question;
      this.asked.push({ question, again: false, resolve: resolve as (value: unknown) => void, reject });
      this.tell ??= this.startThread();
      this.tell(question);
    });
  }

  /** Ends what the checker is doing, and another one answers the next questions. @param reason the answer to this one */
  cancel(reason: Error): void {
    if (this.asked.length === 0) return;
    this.cancelled = reason;
    this.kill();
  }

  stop(): void {
    this.stopped = true;
    this.kill();
  }

  private startProcess(): ((question: Question) => void) | undefined {
    const child = startSnapshot();
    if (!child) return undefined;
    createInterface({ input: child.stdout! }).on('line', (line) => this.receive(JSON.parse(line)));
    // What it cannot be told any more its end will answer.
    child.on('error', () => {});
    child.stdin!.on('error', () => {});
    child.on('close', () => this.ended());
    this.kill = () => child.kill('SIGKILL');
    return (question) => child.stdin!.write(`${JSON.stringify(question)}\n`);
  }

  private startThread(): (question: Question) => void {
    const worker = new Worker(join(__dirname, 'thread.js'), { workerData: tslabFolder() });
    worker.on('message', (answer: Answer) => this.receive(answer));
    let reason: Error | undefined;
    worker.on('error', (error) => {
      reason = error;
    });
    worker.on('exit', () => this.ended(reason));
    this.kill = () => void worker.terminate();
    return (question) => worker.postMessage(question);
  }

  private receive(answer: Answer) {
    const { resolve, reject } = this.asked.shift()!;
    if ('failure' in answer) reject(new Error(answer.failure));
    else resolve(answer.value);
  }

  /** Another one starts, and is asked what this one has not answered. */
  private ended(reason?: Error) {
    if (this.stopped) return;
    this.tell = undefined;
    // The first question is the one over which it has ended.
    const [first] = this.asked;
    if (this.cancelled) {
      this.asked.shift()?.reject(this.cancelled);
      this.cancelled = undefined;
      this.tell = this.startProcess();
    } else if (first?.again) {
      const why = reason ? ` (${reason.message})` : '';
      this.asked.shift();
      first.reject(new Error(`Cannot check the cell: the type checker ended twice${why}.`));
    } else if (first) {
      first.again = true;
    }
    if (this.asked.length === 0) return;
    this.tell ??= this.startThread();
    for (const { question } of this.asked) this.tell(question);
  }
}
