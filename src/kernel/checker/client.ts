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
 * The type checker as the engine asks it: a process that starts from a snapshot, or where there is none, or when it has
 * ended, a thread. Questions may be asked at any time, also before it has started; it answers them in their order.
 */
export class CheckerClient {
  private readonly asked: Asked[] = [];
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

  private startProcess(): ((question: Question) => void) | undefined {
    const child = startSnapshot();
    if (!child) return undefined;
    createInterface({ input: child.stdout! }).on('line', (line) => this.receive(JSON.parse(line)));
    // What it cannot be told any more its end will answer.
    child.on('error', () => {});
    child.stdin!.on('error', () => {});
    child.on('close', () => this.ended());
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
    return (question) => worker.postMessage(question);
  }

  private receive(answer: Answer) {
    const { resolve, reject } = this.asked.shift()!;
    if ('failure' in answer) reject(new Error(answer.failure));
    else resolve(answer.value);
  }

  /** Another one starts, and is asked what this one has not answered. */
  private ended(reason?: Error) {
    // The first question is the one over which it has ended.
    if (this.asked[0]?.again) {
      const why = reason ? ` (${reason.message})` : '';
      this.asked.shift()!.reject(new Error(`Cannot check the cell: the type checker ended twice${why}.`));
    }
    this.tell = undefined;
    if (this.asked.length === 0) return;
    this.asked[0].again = true;
    this.tell = this.startThread();
    for (const { question } of this.asked) this.tell(question);
  }
}
