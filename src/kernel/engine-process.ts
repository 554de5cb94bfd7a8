import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { isObject } from '../is-object';
import { signalProcess } from '../jupyter/signal-process';
import type { Calls, FromEngine, Published, ToEngine } from './engine/protocol';
import { STREAM_LIMIT } from './engine/streams';

/** The engine is gone: what it was asked will not be answered. */
export class EngineGone extends Error {
  override name = 'EngineGone';

  /** Whether the user wanted it. */
  readonly interrupted: boolean;

  /** @param how it ended */
  constructor(how: string) {
    super(
      `The engine is gone: ${how}. All variables are lost; it was started again, so run the cells from the top.`,
    );
    this.interrupted = /interrupted/.test(how);
  }
}

export interface EngineEvents {
  publish(cell: string, published: Published): void;
  input(cell: string, question: { input: number; prompt: string; password: boolean }): void;
  /** Called when it ended between requests. A new one is starting. */
  died(gone: EngineGone): void;
}

/** MB. With V8's default of 16, the young generation would grow by 20 MB before it is collected. */
const YOUNG = 8;

/** The process that runs the cells. It is asked over IPC and restarted whenever it ends. */
export class EngineProcess {
  private child: ChildProcess;
  private readonly asked = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  private next = 1;
  private stopping = false;
  private reason: string | undefined;
  private lastWords = '';
  /** Characters that may still be printed past the engine. */
  private remaining = STREAM_LIMIT;
  events?: EngineEvents;
  /** Whether user code has run in it. */
  used = false;
  /** The declarations of its cells, in tslab's form. */
  declared = '';

  constructor() {
    this.child = this.start();
  }

  ask<K extends keyof Calls>(call: K, cell: string, ask: Calls[K]['ask']): Promise<Calls[K]['answer']> {
    const id = this.next++;
    if (call === 'execute') this.remaining = STREAM_LIMIT;
    this.used ||= call === 'execute' || call === 'comm';
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve: resolve as (answer: never) => void, reject });
      this.tell({ call, id, cell, ask } as ToEngine);
    });
  }

  tell(message: ToEngine): void {
    // A child that is exiting cannot be written to; its exit rejects the pending questions.
    if (this.child.connected) this.child.send(message, () => {});
  }

  interrupt(): void {
    if (process.platform === 'win32') {
      this.kill('it was interrupted, and on Windows that ends it');
    } else signalProcess(this.child, 'SIGINT', false);
  }

  /** Kills the engine and everything it started; the cell's error names the reason. */
  kill(reason: string): void {
    this.reason = reason;
    signalProcess(this.child, 'SIGKILL', true);
  }

  stop(): void {
    this.stopping = true;
    signalProcess(this.child, 'SIGKILL', true);
  }

  private start(): ChildProcess {
    const child = fork(join(__dirname, 'engine', 'child.js'), [], {
      execArgv: [
        ...process.execArgv.filter((arg) => /^--(max|stack|expose|experimental)/.test(arg)),
        `--max-semi-space-size=${YOUNG}`,
        // Ends the engine with this process, even if a cell never stops.
        '-r',
        join(__dirname, '..', 'jupyter', 'end-with-parent.js'),
      ],
      serialization: 'advanced',
      // With one glibc heap per TensorFlow thread, memory grows by 20 MB over a thousand cells; two are as fast.
      env: { MALLOC_ARENA_MAX: '2', ...process.env },
      // Native code writes to the pipes; the fourth is the parent pipe; a process group ends as a whole.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    });
    const decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]!.on('data', (data: Buffer) => {
        const text = decoders[name].write(data);
        if (name === 'stderr') this.lastWords = (this.lastWords + text).slice(-4000);
        this.pass(name, text);
      });
    }
    child.on('message', (message: FromEngine) => this.receive(message));
    child.on('error', () => {});
    // After "close" all its messages have arrived.
    child.once('close', (code, signal) => this.ended(code, signal));
    return child;
  }

  /** Output of native code and other programs, which bypasses the engine's limit and has the same limit here. */
  private pass(name: 'stdout' | 'stderr', text: string) {
    if (this.remaining <= 0) return;
    const stream = (name: string, text: string) =>
      this.events?.publish('', { type: 'stream', content: { name, text } });
    stream(name, text.slice(0, this.remaining));
    this.remaining -= text.length;
    if (this.remaining < 0) {
      const limit = `a cell may print ${(STREAM_LIMIT / 1e6).toFixed(1)} MB`;
      stream('stderr', `\n… ${limit}: what follows is dropped. Write it to a file.\n`);
    }
  }

  private receive(message: FromEngine) {
    // A cell can use this channel, too; anything but the engine's messages is ignored.
    if (!isObject(message)) return;
    if ('publish' in message) {
      const { type, content } = (message.publish ?? {}) as Partial<Published>;
      if (typeof type === 'string' && isObject(content)) this.events?.publish(message.cell, message.publish);
    } else if ('input' in message) this.events?.input(message.cell, message);
    else if ('id' in message) {
      const waiting = this.asked.get(message.id);
      this.asked.delete(message.id);
      if (message.failure !== undefined) waiting?.reject(new Error(message.failure));
      else waiting?.resolve(message.answer as never);
    }
  }

  private ended(code: number | null, signal: string | null) {
    if (this.stopping) return;
    const memory = /heap out of memory|heap limit/i.test(this.lastWords) ? 'it ran out of memory' : undefined;
    // Until the engine has its own handler, an interrupt would kill it.
    const early = signal === 'SIGINT' ? 'it was interrupted while it started' : undefined;
    const how = this.reason ?? memory ?? early ?? `it ended with ${signal ?? `exit code ${code}`}`;
    this.reason = undefined;
    this.lastWords = '';
    const waiting = [...this.asked.values()];
    this.asked.clear();
    this.declared = '';
    this.used = false;
    this.child = this.start();
    const gone = new EngineGone(how);
    for (const { reject } of waiting) reject(gone);
    if (waiting.length === 0) this.events?.died(gone);
  }
}
