import type { MimeBundle } from '../../../renderers/spec';
import { offerKernel } from '../../cell/front-end';
import type { Require } from '../../javascript/rewrite';
import { startPageTensorFlow } from '../../tensorflow/page';
import type { CellEnd, CellOutput, NotebookCalls, OutputMessage } from '../notebook-messages';
import { closeDoors } from './close-doors';
import { compileCell } from './compile-cell';
import { Files } from './files';
import { format, inspect } from './inspect';
import { modules, requireOf } from './modules';
import { onlyInNode } from './only-in-node';
import type { WorkerScope } from './scope';
import { widgets } from './widgets';

/** Characters of text that one cell may print; a loop that prints for ever would fill the page. */
const MOST_TEXT = 1_000_000;

type Run = (exports: object, require: Require) => Promise<void>;

/** The worker of a notebook's page: it runs cells one after another. */
export function notebookEngine(): NotebookCalls {
  const post = (globalThis as unknown as WorkerScope).postMessage.bind(
    globalThis,
  ) as WorkerScope['postMessage'];
  /** The names of all cells that have run. */
  const scope = Object.create(null) as Record<string, unknown>;
  let running = -1;
  let printed = 0;

  const show = (output: CellOutput) => post({ cell: running, output } satisfies OutputMessage);
  const print =
    (name: 'stdout' | 'stderr') =>
    (...values: unknown[]) => {
      const text = `${format(values)}\n`;
      printed += text.length;
      if (printed <= MOST_TEXT) show({ kind: 'text', name, text });
      else if (printed - text.length <= MOST_TEXT)
        show({ kind: 'text', name: 'stderr', text: 'This cell prints too much; the rest is left out.\n' });
    };
  Object.assign(console, {
    log: print('stdout'),
    info: print('stdout'),
    debug: print('stdout'),
    warn: print('stderr'),
    error: print('stderr'),
  });
  /** Where outputs go while a function is captured. */
  let captured: ((bundle: MimeBundle) => void) | undefined;
  const display = (
    { data, metadata }: MimeBundle,
    more: { result?: boolean; id?: string; update?: boolean } = {},
  ) => {
    if (captured) captured({ data, metadata });
    else show({ kind: 'data', result: false, data: { ...data }, metadata: { ...metadata }, ...more });
  };
  const controls = widgets(show);
  offerKernel({
    display: (bundle, id, update = false) =>
      display(bundle as MimeBundle, id === undefined ? {} : { id, update }),
    openComm: controls.open,
    async capture(run, show) {
      const before = captured;
      captured = show as typeof captured;
      try {
        await run();
      } finally {
        captured = before;
      }
    },
    session: () => '',
  });

  let load = modules(new Files([]));

  return {
    async begin({ wasm, files: given }) {
      load = modules(new Files(given));
      await startPageTensorFlow(wasm);
      closeDoors();
      hearUncaught((error) => show(errorOutput(error, running)));
    },
    async analyse(sources) {
      return sources.map((source) => {
        try {
          const { declares, uses } = compileCell(source, new Set());
          return { declares, uses };
        } catch {
          return { declares: {}, uses: [] };
        }
      });
    },
    async moved(id, state) {
      controls.changed(id, state);
    },
    async run(cell, source): Promise<CellEnd> {
      const started = performance.now();
      running = cell;
      printed = 0;
      let last: { value: unknown } | undefined;
      try {
        const { code, modules } = compileCell(source, { has: (name) => name in scope });
        const require = Object.defineProperties(await requireOf(modules, load), {
          last: { set: (value: unknown) => (last = { value }) },
          declare: {
            value: (names: object) => Object.defineProperties(scope, Object.getOwnPropertyDescriptors(names)),
          },
        });
        await functionOf(code, cell)(scope, require);
        if (last && last.value !== undefined && last.value !== null) showValue(await last.value, display);
        return { failed: false, took: performance.now() - started };
      } catch (error) {
        show(errorOutput(error, cell));
        return { failed: true, took: performance.now() - started };
      }
    },
  };
}

/** The cell as a function, which begins on the line of the cell's first. */
function functionOf(code: string, cell: number): Run {
  const text = `(async function (exports, require) { 'use strict'; ${code}\n})\n//# sourceURL=cell-${cell}.js`;
  // Indirect, so that it sees nothing of this module. The worker's policy allows it; the page's does not.
  // biome-ignore lint/security/noGlobalEval: the worker is where a notebook's code runs
  return globalThis.eval(text);
}

/** Shows a cell's last value: in its own form if it has one, else as text. */
function showValue(value: unknown, display: (bundle: MimeBundle, more: { result: boolean }) => void): void {
  if (value === undefined || value === null) return;
  const face = (value as Record<symbol, unknown>)[Symbol.for('Jupyter.display')];
  const data =
    typeof face === 'function'
      ? ((face.call(value) ?? {}) as Record<string, unknown>)
      : { 'text/plain': inspect(value) };
  display({ data, metadata: {} }, { result: true });
}

/** Names that only Node has, by which cells use it without an import. */
const NODE_NAMES =
  /^(process|Buffer|__dirname|__filename|require|module|exports|setImmediate|global) is not defined/;

function errorOutput(error: unknown, cell: number): CellOutput {
  const { name, message, stack } = (error instanceof Error ? error : new Error(inspect(error))) as Error;
  const line = new RegExp(`cell-${cell}\\.js:(\\d+)`).exec(String(stack))?.[1];
  const node = name === 'ReferenceError' && NODE_NAMES.exec(message);
  if (node) {
    return {
      kind: 'error',
      ename: name,
      evalue: `${onlyInNode(node[1]!).message}${line ? ` (line ${line})` : ''}`,
    };
  }
  const missing =
    name === 'ReferenceError' && /^(\S+) is not defined|can't find variable: (\S+)/i.exec(message);
  return {
    kind: 'error',
    ename: name,
    evalue: `${message}${line ? ` (line ${line})` : ''}`,
    ...(missing && { hint: 'Has the cell that declares it been run?' }),
  };
}

/** Errors of timers, and of promises that no cell awaits. */
function hearUncaught(tell: (error: unknown) => void): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.addEventListener('error', (event) => {
    event.preventDefault();
    tell(event.error ?? new Error(event.message));
  });
  scope.addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    tell(event.reason);
  });
}
