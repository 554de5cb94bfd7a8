/**
 * Tests with invalid models, pictures, notebooks and messages. Each must end within 5 s in a correct result or in an
 * error of its class; the process must survive, use at most 500 MB, write no file and run no command.
 *
 * usage: npm run fuzz -- [--seconds 60] [--seed N] [--kind K] [--case JSON]
 * A failing case is shrunk and printed as the `--kind` and `--case` that run it alone.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { secondsOf } from './processes.mjs';
import { setup } from './setup.mjs';

const WORKER = fileURLToPath(new URL('../dist/test/fuzz/worker.js', import.meta.url));
const KINDS = [
  'h5',
  'hdf5',
  'keras',
  'zip',
  'configuration',
  'tfjs',
  'saved model',
  'unpacked',
  'pair',
  'another kind',
  'jpeg',
  'png',
  'gif, webp, tiff',
  'ipynb',
  'message',
];
const PATIENCE = 5000;
/** How many times longer a case may take where its process gets little of the processor. */
const BUSIEST = 10;
const MEMORY = 500e6;
/** Cases of one kind before the next kind. */
const TURN = 25;
/** Seconds to shrink one failure. */
const SHRINKING = 60;
const MOST_FAILURES = 20;

const scratch = mkdtempSync(join(tmpdir(), 'convlens-fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Node's permission model denies a worker file writes, commands and eval, except the worker that starts a kernel. */
function permissions(open, folder) {
  if (open) return [];
  const flags = [
    '--allow-fs-read=*',
    `--allow-fs-write=${join(folder, '*')}`,
    '--allow-worker',
    '--allow-addons',
  ];
  return ['--experimental-permission', ...flags, '--disallow-code-generation-from-strings', '--no-warnings'];
}

function start(open) {
  const folder = join(scratch, open ? 'open' : 'closed');
  mkdirSync(folder, { recursive: true });
  const child = fork(WORKER, open ? ['--open'] : [], {
    execArgv: permissions(open, folder),
    env: { ...process.env, CONVLENS_FUZZ: folder, CONVLENS_BACKEND: 'wasm' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr.on('data', (data) => {
    words = (words + data).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve({ child, words: () => words, besides: 0, base: peak(child.pid) }));
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${words}`)));
  });
}

/** Peak memory of a process since the last call, in bytes; 0 on systems that do not report it. */
function peak(pid) {
  try {
    const most = 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return most;
  } catch {
    return 0;
  }
}

const workers = new Map();

/** How one case ended: the worker's reply, or that it hung or died (the next case then gets a new worker). */
async function tryOnce(kind, tried) {
  const open = kind === 'message';
  if (!workers.has(open)) workers.set(open, await start(open));
  const worker = workers.get(open);
  const { child } = worker;
  const ended = await new Promise((resolve) => {
    const done = (end) => {
      clearTimeout(timer);
      child.removeAllListeners('message').removeAllListeners('exit');
      resolve(end);
    };
    // A kernel takes seconds to start.
    const patience = open && !worker.besides ? 4 * PATIENCE : PATIENCE;
    const until = performance.now() + BUSIEST * patience;
    const before = secondsOf(child.pid);
    const late = () => {
      // What goes round in circles takes all of a processor; less than half of it is a machine that others keep busy.
      const left = patience / 2 - 1000 * (secondsOf(child.pid) - before);
      if (left > 0 && performance.now() < until) timer = setTimeout(late, left);
      else done({ wrong: `no end after ${patience / 1000} s`, again: true });
    };
    let timer = setTimeout(late, patience);
    child.once('message', done);
    child.once('exit', (code, signal) =>
      done({ wrong: `the process died (${signal ?? code}): ${worker.words()}` }),
    );
    child.send({ kind, tried });
  });
  const taken = Math.max(peak(child.pid) - worker.base, worker.besides && ended.besides - worker.besides);
  worker.besides ||= ended.besides ?? 0;
  if (taken > MEMORY) {
    ended.again = !ended.wrong;
    ended.wrong ??= `${(taken / 1e6).toFixed(0)} MB more memory`;
  }
  if (ended.wrong) {
    child.kill('SIGKILL');
    workers.delete(open);
  }
  return ended;
}

/** The running case. Cases run one after another, even if fast-check has stopped waiting for the previous one. */
let trying = Promise.resolve();

/**
 * A case can exceed its time on a busy machine, and its memory through the garbage of the thousands before it. So a
 * failing case runs once more, in a new process.
 */
function tryOne(kind, tried) {
  const ended = trying.then(async () => {
    const first = await tryOnce(kind, tried);
    return first.again ? tryOnce(kind, tried) : first;
  });
  trying = ended.catch(() => {});
  return ended;
}

function tell(kind, tried, wrong) {
  console.log(
    `✗ --kind '${kind}' --case '${JSON.stringify(tried)}'\n  ${wrong.slice(0, 800).replaceAll('\n', '\n  ')}`,
  );
}

async function fuzz(kinds, seconds, seed) {
  const { default: fc } = await import('fast-check');
  const edit = fc.record({ op: fc.nat(), at: fc.nat(), value: fc.nat() });
  const cases = fc.record({ base: fc.nat(), edits: fc.array(edit, { minLength: 1, maxLength: 8 }) });
  const counts = new Map(kinds.map((kind) => [kind, { tried: 0, refused: 0, slowest: 0 }]));
  const known = new Set();
  console.log(`from seed ${seed} for ${seconds} s`);
  const until = performance.now() + 1000 * seconds;
  for (let round = seed; performance.now() < until && known.size < MOST_FAILURES; round++) {
    for (const kind of kinds) {
      const count = counts.get(kind);
      const property = fc.asyncProperty(cases, async (tried) => {
        const { wrong, refused, milliseconds = PATIENCE } = await tryOne(kind, tried);
        count.tried++;
        if (refused && !wrong) count.refused++;
        count.slowest = Math.max(count.slowest, milliseconds);
        if (wrong) throw new Error(wrong);
      });
      const { failed, counterexample, errorInstance } = await fc.check(property, {
        seed: round,
        numRuns: TURN,
        interruptAfterTimeLimit: 1000 * SHRINKING,
      });
      if (!failed || !counterexample) continue;
      // The same fault is reported once; its message without numbers identifies it.
      const { message } = errorInstance;
      const name = `${kind} ${message.split('\n').slice(0, 3).join().replace(/\d+/g, '')}`;
      if (!known.has(name)) tell(kind, counterexample[0], message);
      known.add(name);
    }
  }
  for (const [kind, { tried, refused, slowest }] of counts) {
    const column = (number) => String(number).padStart(7);
    console.log(
      `${kind.padEnd(16)}${column(tried)} tried,${column(refused)} refused, slowest ${slowest.toFixed(0)} ms`,
    );
  }
  return known.size;
}

try {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
      kind: { type: 'string' },
      case: { type: 'string' },
    },
  });
  if (values.kind && !KINDS.includes(values.kind))
    throw new Error(`Cannot fuzz ${values.kind}: choose ${KINDS.join(', ')}.`);
  await setup({ backend: 'wasm' });
  await build();
  let failures;
  if (values.case) {
    if (!values.kind) throw new Error('Cannot run a case: its kind is missing. Add --kind.');
    const tried = JSON.parse(values.case);
    const { wrong, refused, milliseconds } = await tryOne(values.kind, tried);
    failures = wrong ? 1 : 0;
    if (wrong) tell(values.kind, tried, wrong);
    else console.log(`${refused ? 'refused' : 'answered'} in ${milliseconds.toFixed(0)} ms`);
  } else {
    failures = await fuzz(values.kind ? [values.kind] : KINDS, Number(values.seconds), Number(values.seed));
    console.log(failures ? `${failures} failed` : 'none failed');
  }
  for (const { child } of workers.values()) child.kill();
  process.exitCode = failures ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
