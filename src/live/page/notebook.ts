import type { CellNames, NotebookCalls, OutputMessage } from '../notebook-messages';
import { type LiveCell, liveCell } from './cell';
import type { CellFrame } from './cell-frame';
import { type CellWorker, cellWorker } from './cell-worker';
import { cellsToRun, changedNames } from './dependencies';
import { downloadNotebook } from './download-notebook';
import { button, element } from './element';
import { offerLicences } from './licences';
import type { FileFacts, NotebookSettings } from './notebook-settings';
import { sectionBytes, sectionJson, sectionText } from './sections';
import { storedEdits } from './stored-edits';
import { widgets } from './widgets';

/** The page of a notebook. Nothing of the notebook runs until the reader runs a cell. */
document.addEventListener('convlens-start', (event) => {
  const started = (event as CustomEvent<CellFrame | Error>).detail;
  const say = (words: string, isWrong = false) => {
    status().textContent = words;
    status().classList.toggle('wrong', isWrong);
  };
  if (started instanceof Error) {
    say(`Cells cannot be run here: ${started.message}.`, true);
    document.documentElement.dataset['failed'] = String(started);
    return;
  }
  const worker = cellWorker<NotebookCalls>(started, (message) => page.output(message));
  const page = notebook(sectionJson('settings') as NotebookSettings, worker, say);
  document.body.classList.add('alive');
  offerLicences();
  document.documentElement.dataset['ready'] = performance.now().toFixed(0);
});

/** Cells to run, and the one that the reader runs; −1 for all. */
interface Plan {
  names: readonly CellNames[];
  list: readonly number[];
  from: number;
}

const status = () => document.getElementById('status')!;

/** Leads to what has changed further down. */
function seeButton({ section }: LiveCell): HTMLElement {
  const see = () => section.scrollIntoView({ behavior: 'smooth', block: 'center' });
  return button('See what changed ↓', see, { class: 'see' });
}

function notebook(
  settings: NotebookSettings,
  worker: CellWorker<NotebookCalls>,
  say: (words: string, isWrong?: boolean) => void,
) {
  const edits = storedEdits(settings.id);
  const controls = widgets(
    (id, state) => void starting?.then((calls) => calls.moved(id, state)).catch(() => {}),
  );
  const sections = [...document.querySelectorAll<HTMLElement>('section.cell[data-cell]')];
  const cells = sections.map((section, i) => {
    const index = Number(section.dataset['cell']);
    const original = settings.notebook.cells[index]!.source;
    const does = { run: (cell: LiveCell, goOn: boolean) => void run(cell, goOn), changed };
    return liveCell(section, original, edits.get(index) ?? original, i + 1, does, controls);
  });
  /** What the author's cells declare. */
  let originals: readonly CellNames[] = [];
  /** What each cell declared when it ran last. */
  const ran = new Map<number, CellNames>();
  const done = new Set<number>();
  let starting: Promise<NotebookCalls> | undefined;
  let running: LiveCell | undefined;
  /** Ends a run that was stopped. */
  let session = 0;

  const follow = element('input', { type: 'checkbox', id: 'follow', checked: true });
  const stop = button('Stop', () => end('Stopped: names of earlier cells are gone. Run starts anew.'), {
    disabled: true,
  });
  const bar = element(
    'div',
    { class: 'bar', role: 'toolbar', 'aria-label': 'Notebook' },
    button('Run all', () => void runAll(), { class: 'primary' }),
    stop,
    button('Restart', () => end('Restarted: nothing has run.')),
    button('Download notebook', () => downloadNotebook(settings, cells)),
    button('Undo edits', undo, { id: 'undo', hidden: edits.size() === 0 }),
    element('label', { for: 'follow', class: 'follow' }, follow, 'Run what depends on a change, too'),
  );
  document.getElementById('toolbar')!.replaceChildren(bar);
  // The engine is up by the time that a reader has changed something.
  document
    .querySelector('main')!
    .addEventListener('focusin', () => void up().catch(() => {}), { once: true });
  say(edits.size() ? 'With your edits of last time. Nothing has run yet.' : 'Nothing has run yet.');

  function changed(cell: LiveCell) {
    edits.set(cell.index, cell.editor.text() === cell.original ? undefined : cell.editor.text());
    done.delete(cells.indexOf(cell));
    document.getElementById('undo')!.hidden = edits.size() === 0;
  }
  function undo() {
    for (const cell of cells) if (cell.editor.text() !== cell.original) cell.editor.set(cell.original);
    edits.clear();
  }
  /** Starts the engine, which knows nothing of the notebook but its files. */
  function up(): Promise<NotebookCalls> {
    starting ??= start();
    return starting;
  }
  async function start() {
    const [calls, wasm, files] = await Promise.all([
      worker.start(sectionText('engine', true)),
      sectionBytes('wasm', true),
      Promise.all(settings.files.map(fileOf)),
    ]);
    await calls.begin({ wasm, files });
    originals = await calls.analyse(cells.map(({ original }) => original));
    return calls;
  }
  function end(words: string) {
    session++;
    worker.end();
    starting = undefined;
    done.clear();
    ran.clear();
    for (const cell of cells) {
      if (cell === running) cell.add({ kind: 'text', name: 'stderr', text: 'Stopped.\n' });
      cell.mark('');
    }
    running = undefined;
    stop.disabled = true;
    say(words);
  }
  async function run(cell: LiveCell, goOn: boolean) {
    if (running) return say('A cell is running. Press Stop to end it.', true);
    const at = cells.indexOf(cell);
    if (goOn) cells[at + 1]?.editor.focus();
    await inSession(async (calls) => {
      const names = await calls.analyse(cells.map(({ editor }) => editor.text()));
      const before = (ran.get(at) ?? originals[at]!).declares;
      const change = follow.checked ? changedNames(before, names[at]!.declares) : [];
      return { names, list: cellsToRun(names, at, change, done), from: at };
    });
  }
  async function runAll() {
    if (running) return say('A cell is running. Press Stop to end it.', true);
    await inSession(async (calls) => ({
      names: await calls.analyse(cells.map(({ editor }) => editor.text())),
      list: cells.map((_, i) => i),
      from: -1,
    }));
  }
  async function inSession(plan: (calls: NotebookCalls) => Promise<Plan>) {
    const mine = ++session;
    stop.disabled = false;
    say('Starting …');
    try {
      const calls = await up();
      const { names, list, from } = await plan(calls);
      if (mine !== session) return;
      for (const i of list) cells[i]!.mark('waiting');
      for (const [position, i] of list.entries()) {
        say(list.length > 1 ? `Running ${position + 1} of ${list.length} …` : 'Running …');
        const failed = await runOne(calls, i, names[i]!);
        if (mine !== session) return;
        if (!failed) continue;
        for (const rest of list.slice(position + 1)) cells[rest]!.mark('');
        return say(`Cell ${i + 1} failed.`, true);
      }
      say(list.length > 1 ? `${list.length} cells have run.` : '');
      const below = list.filter((i) => i > from && from >= 0);
      if (below.length) status().append(' ', seeButton(cells[below[0]!]!));
    } catch (error) {
      if (mine === session) end(`Cells cannot be run: ${(error as Error).message}`);
    } finally {
      if (mine === session) stop.disabled = true;
    }
  }
  async function runOne(calls: NotebookCalls, i: number, names: CellNames): Promise<boolean> {
    const cell = cells[i]!;
    running = cell;
    cell.mark('running');
    cell.clear();
    try {
      const { failed, took } = await calls.run(cell.index, cell.editor.text());
      cell.mark(failed ? 'failed' : 'done', `${took < 1000 ? took.toFixed(0) : Math.round(took)} ms`);
      if (failed) return true;
      done.add(i);
      ran.set(i, names);
      return false;
    } finally {
      if (running === cell) running = undefined;
      cell.outputs.style.minHeight = '';
    }
  }
  return {
    output({ cell, output }: OutputMessage) {
      // What an earlier cell prints late, in a timer, stands in its own place.
      cells.find(({ index }) => index === cell)?.add(output);
    },
  };
}

async function fileOf({ path, model }: FileFacts, i: number) {
  const bytes = await sectionBytes(`file-${i}`, true);
  return model ? { path, model: { ...model, weights: bytes } } : { path, bytes };
}
