import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { Answer, Method, Question, Questions } from './protocol';
import { startSnapshot, tslabFolder } from './snapshot';

interface Asked {
  question: Question;
  /** Whether a type checker has crashed on it once. */
  again: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The kernel's client of the type checker. The checker is a process that starts from a snapshot; without a snapshot, or
 * after a crash, it is a thread. Questions may be asked at any time, even before it has started, and are answered in
 * order.
 */
export class CheckerClient {
  private readonly asked: Asked[] = [];
  private kill = () => {};
  private cancelled: Error | undefined;
  private stopped = false;
  private tell = this.startProcess();

  /** @throws when the checker fails, or crashes twice on the same question */
  ask<K extends Method>(method: K, ask: Questions[K]['ask']): Promise<Questions[K]['answer']> {
    return new Promise((resolve, reject) => {
      const question = { method, ask } as Question;
      this.asked.push({ question, again: false, resolve: resolve as (value: unknown) => void, reject });
      this.tell ??= this.startThread();
      this.tell(question);
    });
  }

  /** Ends the checker and starts another one for the next questions. @param reason the error of the present question */
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
    // If it cannot be written to, its exit is handled below.
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

  /** Starts another checker and repeats the unanswered questions. */
  private ended(reason?: Error) {
    if (this.stopped) return;
    this.tell = undefined;
    // It crashed on the first question.
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
