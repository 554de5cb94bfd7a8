import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { isObject } from '../checks/is-object';
import { signalProcess } from '../jupyter/signal-process';
import type { Declarations } from './answers/answer-types';
import type { Calls, FromEngine, Published, ToEngine } from './engine/engine-messages';
import { STREAM_LIMIT } from './engine/streams';

/** How an engine ended. */
export interface End {
  /** In words that follow `The engine is gone: `. */
  how: string;
  /** Whether the user's interrupt was the reason. */
  interrupted?: boolean;
}

/** The engine is gone: what it was asked will not be answered. */
export class EngineGone extends Error {
  override name = 'EngineGone';

  /** Whether the user's interrupt ended it. */
  readonly interrupted: boolean;

  /**
   * @param end how it ended
   * @param again how often it did so while it started, the milliseconds until the next try, and its last words
   */
  constructor({ how, interrupted = false }: End, again?: { failed: number; pause: number; words: string }) {
    super(
      again
        ? `The engine does not start: ${how}, ${again.failed} times in sequence. It is tried again when a cell runs in ${again.pause / 1000} s or later. Run npx convlens doctor.${again.words && ` Its last words: ${again.words}`}`
        : `The engine is gone: ${how}. All variables are lost; it was started again, so run the cells from the top.`,
    );
    this.interrupted = interrupted;
  }
}

export interface EngineEvents {
  publish(cell: string, published: Published): void;
  input(cell: string, question: { input: number; prompt: string; password: boolean }): void;
  /** Called when it ended between requests. A new one is starting. */
  died(gone: EngineGone): void;
}

/** After this many engines in sequence that ended while they started, each next one is started later. */
const MOST_FAILED = 3;
const LONGEST_PAUSE_MS = 60_000;

/** Milliseconds that programs which left the engine's process group may hold its pipes after its end. */
const PIPES_MS = 500;

/** MB. With V8's default of 16, the young generation would grow by 20 MB before it is collected. */
const YOUNG = 8;

/** The process that runs the cells. It is asked over IPC and restarted whenever it ends. */
export class EngineProcess {
  private child: ChildProcess;
  private readonly asked = new Map<
    number,
    { call: keyof Calls; cell: string; resolve(answer: never): void; reject(error: Error): void }
  >();
  private next = 1;
  private stopping = false;
  private reason: End | undefined;
  private lastWords = '';
  /** Characters that native code and other programs may still print. */
  private remaining = STREAM_LIMIT;
  events?: EngineEvents;
  /** Whether user code has run in it. */
  used = false;
  /** What its cells have declared. */
  declared: Declarations = new Map();

  /** Engines in sequence that ended before they had answered anything. */
  private failed = 0;
  /** Whether the present one has answered. */
  private answered = false;
  /** After several engines that did not start: when the next one may, and the error until then. */
  private paused: { until: number; gone: EngineGone } | undefined;

  /** @param script the engine's */
  constructor(private readonly script = join(__dirname, 'engine', 'child.js')) {
    this.child = this.start();
  }

  ask<K extends keyof Calls>(call: K, cell: string, ask: Calls[K]['ask']): Promise<Calls[K]['answer']> {
    if (this.paused) {
      if (performance.now() < this.paused.until) return Promise.reject(this.paused.gone);
      this.paused = undefined;
      this.child = this.start();
    }
    const id = this.next++;
    if (call === 'execute') this.remaining = STREAM_LIMIT;
    this.used ||= call === 'execute' || call === 'comm';
    return new Promise((resolve, reject) => {
      this.asked.set(id, { call, cell, resolve: resolve as (answer: never) => void, reject });
      this.tell({ call, id, cell, ask } as ToEngine);
    });
  }

  tell(message: ToEngine): void {
    // A child that is exiting cannot be written to; its exit rejects the pending questions.
    if (this.child.connected) this.child.send(message, () => {});
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Whether it has been asked to run code of this cell, or a callback for this message, and has not answered yet. */
  runs(cell: string): boolean {
    return [...this.asked.values()].some(
      (each) => each.cell === cell && (each.call === 'execute' || each.call === 'comm'),
    );
  }

  /** @param cell the message whose code is to end */
  interrupt(cell: string): void {
    this.tell({ interrupt: cell });
    if (process.platform === 'win32') {
      this.kill({ how: 'it was interrupted, and on Windows that ends it', interrupted: true });
    } else signalProcess(this.child, 'SIGINT', false);
  }

  /** Kills the engine and everything it started; the cell's error names the reason. */
  kill(reason: End): void {
    this.reason = reason;
    signalProcess(this.child, 'SIGKILL', true);
  }

  stop(): void {
    this.stopping = true;
    signalProcess(this.child, 'SIGKILL', true);
  }

  private start(): ChildProcess {
    const child = fork(this.script, [], {
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
        this.publishOutput(name, text);
      });
    }
    child.on('message', (message: FromEngine) => this.receive(message));
    child.on('error', () => {});
    child.once('exit', () => {
      // What it started would stay, and hold the pipes open.
      signalProcess(child, 'SIGKILL', true);
      setTimeout(() => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      }, PIPES_MS).unref();
    });
    // After "close" all its messages have arrived.
    child.once('close', (code, signal) => this.ended(code, signal));
    return child;
  }

  /** Publishes what native code and other programs print. It bypasses the engine's own limit, so the same limit applies here. */
  private publishOutput(name: 'stdout' | 'stderr', text: string) {
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
      this.answered = true;
      const waiting = this.asked.get(message.id);
      this.asked.delete(message.id);
      if (message.failure !== undefined) waiting?.reject(new Error(message.failure));
      else waiting?.resolve(message.answer as never);
    }
  }

  private endOf(code: number | null, signal: string | null): End {
    if (/heap out of memory|heap limit/i.test(this.lastWords)) return { how: 'it ran out of memory' };
    // Until the engine has its own handler, an interrupt kills it.
    if (signal === 'SIGINT') return { how: 'it was interrupted while it started', interrupted: true };
    return { how: `it ended with ${signal ?? `exit code ${code}`}` };
  }

  private ended(code: number | null, signal: string | null) {
    if (this.stopping) return;
    const end = this.reason ?? this.endOf(code, signal);
    const words = this.lastWords.trim();
    this.reason = undefined;
    this.lastWords = '';
    const waiting = [...this.asked.values()];
    this.asked.clear();
    this.declared = new Map();
    this.used = false;
    this.failed = this.answered ? 0 : this.failed + 1;
    this.answered = false;
    let gone = new EngineGone(end);
    if (this.failed < MOST_FAILED) this.child = this.start();
    else {
      const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (this.failed - MOST_FAILED));
      gone = new EngineGone(end, { failed: this.failed, pause, words });
      this.paused = { until: performance.now() + pause, gone };
    }
    for (const { reject } of waiting) reject(gone);
    if (waiting.length === 0) this.events?.died(gone);
  }
}
