/**
 * Feeds wrong models, pictures, notebooks and messages: each must end within 5 s in a right answer or in an error of
 * its class, with the process alive and no more than 500 MB taken. `npm run fuzz -- [--seconds 60] [--seed N] [--kind K]`
 * A case that fails is told with its kind and seed; `--kind K --seed N --seconds 0` tries that one alone.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const WORKER = fileURLToPath(new URL('../dist/test/fuzz/worker.js', import.meta.url));
const KINDS = ['h5', 'keras', 'configuration', 'jpeg', 'png', 'ipynb', 'message'];
const PATIENCE = 5000;
const MEMORY = 500;

function start() {
  const child = fork(WORKER, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let words = '';
  child.stderr.on('data', (data) => {
    words = (words + data).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve({ child, words: () => words }));
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${words}`)));
  });
}

/** How one case ended: the worker's word, or that it hung or died (then there is another worker). */
function tryOne(worker, kind, seed) {
  return new Promise((resolve) => {
    const { child } = worker;
    const done = (tried) => {
      clearTimeout(timer);
      child.removeAllListeners('message').removeAllListeners('exit');
      resolve(tried);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done({ wrong: `no end after ${PATIENCE / 1000} s`, gone: true });
    }, PATIENCE);
    child.once('message', done);
    child.once('exit', (code, signal) =>
      done({ wrong: `the process died (${signal ?? code}): ${worker.words()}`, gone: true }),
    );
    child.send({ kind, seed });
  });
}

try {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
      kind: { type: 'string' },
    },
  });
  if (values.kind && !KINDS.includes(values.kind))
    throw new Error(`Cannot fuzz ${values.kind}: choose ${KINDS.join(', ')}.`);
  await setup({ backend: 'wasm' });
  await build();
  const kinds = values.kind ? [values.kind] : KINDS;
  const counts = new Map(kinds.map((kind) => [kind, { tried: 0, refused: 0, slowest: 0 }]));
  const failures = [];
  const until = performance.now() + 1000 * Number(values.seconds);
  let worker = await start();
  let base;
  let seed = Number(values.seed);
  console.log(`from seed ${seed} for ${values.seconds} s`);
  do {
    for (const kind of kinds) {
      const tried = await tryOne(worker, kind, seed);
      const count = counts.get(kind);
      count.tried++;
      if (tried.refused) count.refused++;
      count.slowest = Math.max(count.slowest, tried.milliseconds ?? PATIENCE);
      base ??= tried.memory;
      if (!tried.gone && tried.memory > base + MEMORY)
        tried.wrong ??= `${tried.memory.toFixed(0)} MB, from ${base.toFixed(0)}`;
      if (tried.wrong) {
        failures.push({ kind, seed });
        console.log(`✗ --kind ${kind} --seed ${seed}: ${tried.wrong.slice(0, 600)}`);
        if (!tried.gone) worker.child.kill('SIGKILL');
        worker = await start();
        base = undefined;
      }
    }
    seed++;
  } while (performance.now() < until && failures.length < 20);
  worker.child.kill();
  for (const [kind, { tried, refused, slowest }] of counts) {
    console.log(
      `${kind.padEnd(14)} ${String(tried).padStart(6)} tried, ${String(refused).padStart(6)} refused, slowest ${slowest.toFixed(0)} ms`,
    );
  }
  console.log(failures.length ? `${failures.length} failed` : 'none failed');
  process.exitCode = failures.length ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
