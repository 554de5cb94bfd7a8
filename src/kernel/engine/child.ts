/**
 * The engine's process: runs cells and sends their output to the kernel's process, its parent. It may die at any time;
 * the parent starts another.
 */
import '../compile-cache';
import { AsyncLocalStorage } from 'node:async_hooks';
import { offerKernel } from '../../cell/front-end';
import { endWithAll, watch } from '../../jupyter/end-with-parent';
import type { MimeBundle } from '../../jupyter/wire';
import { IdleCollector } from '../idle-collector';
import { Interrupted } from '../interrupted';
import { bundleOf } from './bundle';
import { Comms } from './comms';
import type { Answered, Calls, FromEngine, Published, ToEngine } from './engine-messages';
import { failureOf } from './failure';
import { layersOf } from './layers';
import { provideOwnPackages } from './own-packages';
import { plainBundle, plainObject } from './plain-bundle';
import { Preload } from './preload';
import { namePromises } from './promise-text';
import { Streams } from './streams';
import { Engine } from './tslab';

interface Context {
  cell: string;
  /** The cell of the notebook, where the front end names it. */
  notebookCell?: string;
  /** Whether it was interrupted: what it goes on with ends at its next `await`. */
  interrupted?: boolean;
  /** Session of the front end that sent the message. */
  session: string;
  /** Receives what is shown while `interact` draws. */
  capture?: (bundle: MimeBundle) => void;
  /** Receives what is printed meanwhile. */
  print?: (text: string) => void;
}

const context = new AsyncLocalStorage<Context>();
let latest: Context = { cell: '', session: '' };
const current = () => context.getStore() ?? latest;
const tell = (message: FromEngine) => {
  if (process.connected) process.send!(message);
};
const publish = (published: Published, cell = current().cell) => tell({ cell, publish: published });

const streams = new Streams(
  (cell, name, text) => publish({ type: 'stream', content: { name, text } }, cell),
  () => current(),
);
const comms = new Comms(
  (published) => {
    streams.flush();
    publish(published);
  },
  () => current().notebookCell,
);

function display(shown: { data: unknown; metadata?: unknown }, transient: object = {}, update = false) {
  const bundle = plainBundle(shown);
  const { capture } = current();
  if (capture) return capture(bundle);
  streams.flush();
  const content = { ...bundle, transient: plainObject(transient, 'transient') };
  publish({ type: update ? 'update_display_data' : 'display_data', content });
}

provideOwnPackages();
namePromises();
const engine = new Engine(
  ({ data, metadata, transient }, update) => display({ data, metadata }, transient ?? {}, update),
  (value) => {
    if (context.getStore()?.interrupted) throw new Interrupted();
    return value as never;
  },
);

offerKernel({
  openComm: (target, data, metadata, onMessage) => comms.create(target, data, metadata, onMessage),
  display: (bundle, id, update) => display(bundle, id ? { display_id: id } : {}, update),
  session: () => current().session,
  async capture(run, show) {
    const outside = current();
    let printed = '';
    const print = (text: string) => {
      printed += text;
    };
    // The receiver may display the bundle; that must not be captured again.
    const capture = (bundle: MimeBundle) => context.run(outside, () => show(bundle));
    await context.run({ ...outside, capture, print }, async () => run());
    if (printed) show({ data: { 'text/plain': printed.trimEnd() }, metadata: {} });
  },
});

const questions = new Map<number, (answer: Answered) => void>();
Object.assign(globalThis, {
  clearOutput(wait = false) {
    streams.flush();
    publish({ type: 'clear_output', content: { wait: Boolean(wait) } });
  },
  input(prompt = '', { password = false } = {}) {
    streams.flush();
    const id = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
    tell({ cell: current().cell, input: id, prompt: String(prompt), password: Boolean(password) });
    return new Promise<string>((resolve, reject) => {
      questions.set(id, ({ value, refused, interrupted }) => {
        if (interrupted) reject(new Interrupted());
        else if (refused) reject(new Error(refused));
        else resolve(value ?? '');
      });
    });
  },
});

async function execute({
  count,
  notebookCell,
  deleted,
}: Calls['execute']['ask']): Promise<Calls['execute']['answer']> {
  watch();
  const { cell: id } = current();
  comms.closeOf([...(notebookCell === undefined ? [] : [notebookCell]), ...deleted]);
  const { thrown, value, ran } = await engine.execute(count);
  const answer: Calls['execute']['answer'] = { ran };
  try {
    if (thrown) {
      isShown(thrown.value);
      answer.error = failureOf(thrown.value);
    }
    if (!thrown && value) answer.result = await bundleOf(value.value);
  } catch (unshown) {
    answer.error = failureOf(unshown);
  }
  streams.finish(id);
  return answer;
}

const calls: { [K in keyof Calls]: (ask: Calls[K]['ask']) => Promise<unknown> | unknown } = {
  compile({ code }): Calls['compile']['answer'] {
    try {
      const { names, exported, augments, jsx } = engine.compile(code);
      preload.meanwhile();
      return { names, exported, augments, jsx };
    } catch (error) {
      return { failed: String((error as Error)?.message ?? error) };
    }
  },
  execute,
  define({ name, code }) {
    engine.modules.define(name, code);
    return null;
  },
  layers: ({ code }) => layersOf(engine.variables, code),
  commInfo: ({ target }) => comms.info(target),
  async comm({ type, content }) {
    try {
      await comms.receive(type, content);
    } catch (thrown) {
      showStray('Uncaught', thrown);
    }
    streams.flush();
    return null;
  },
  // Shows that this thread is not blocked.
  ping: () => null,
};

/** Cells and callbacks that run. */
const running = new Set<Context>();
const collector = new IdleCollector();
const preload = new Preload();

process.on('message', (message: ToEngine) => {
  if ('interrupt' in message) {
    const interrupted = [...running].filter(({ cell }) => cell === message.interrupt);
    for (const each of interrupted) each.interrupted = true;
    if (interrupted.length > 0) engine.interrupt();
    return;
  }
  if ('input' in message) {
    questions.get(message.input)?.(message);
    questions.delete(message.input);
    return;
  }
  const session = message.call === 'execute' || message.call === 'comm' ? message.ask.session : '';
  const mine: Context = { cell: message.cell, session };
  if (message.call === 'execute') mine.notebookCell = message.ask.notebookCell;
  if (message.call === 'execute') latest = mine;
  if (message.call === 'execute' || message.call === 'comm') running.add(mine);
  const answer = async () => {
    const { id, call, ask } = message;
    try {
      tell({ id, answer: await (calls[call] as (ask: unknown) => unknown)(ask) });
    } catch (error) {
      tell({ id, answer: null, failure: (error as Error)?.stack ?? String(error) });
    }
    running.delete(mine);
  };
  void context.run(mine, () => preload.during(() => collector.during(answer)));
});

/** Errors that were shown. One can be rejected by several promises, and thrown by its cell. */
const shown = new WeakSet<object>();

function isShown(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if (shown.has(thrown)) return true;
  shown.add(thrown);
  return false;
}

/** Shows an error that no cell waits for in the cell whose code threw it. */
function showStray(kind: string, thrown: unknown, owner?: Context) {
  if (isShown(thrown) || (thrown instanceof Interrupted && (owner ?? current()).interrupted)) return;
  const { traceback } = failureOf(thrown);
  context.run(owner ?? current(), () => {
    streams.write('stderr', `${kind}: ${traceback.join('\n')}\n`);
    streams.flush();
  });
}

process.on('uncaughtException', (error) => showStray('Uncaught', error));
process.on('unhandledRejection', (reason, promise) => {
  // Up to Node 22 the handler runs outside of the promise's context, which the promise itself keeps.
  const key = (context as unknown as { kResourceStore?: symbol }).kResourceStore;
  const owner = key ? (promise as unknown as Record<symbol, Context>)[key] : undefined;
  showStray('Unhandled rejection', reason, owner);
});
// V8 ends a loop that never waits by itself; without a handler the signal would end the process.
process.on('SIGINT', () => {});
process.on('exit', () => streams.flush());
process.on('disconnect', endWithAll);
// Loads the compiler, which the first cell needs.
engine.compile('');
preload.wait();
