/**
 * The tutorial as a Python user runs it (nbconvert, Keras, matplotlib) and ours, by turns in one run:
 * `npm run bench -- --against python`. Writes docs/benchmarks.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spread } from './spread.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'out', 'bench');

/** Runs nbconvert on the Python tutorial: seconds of each step from what the kernel noted in the notebook. */
async function runPython(python, measure) {
  const executed = join(out, 'python.nbconvert.ipynb');
  const args = ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--output', executed];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const figures = await measure(python, [...args, join(out, 'python.ipynb')], { cwd: out, env });
  const cells = JSON.parse(readFileSync(executed, 'utf8')).cells;
  const at = (cell, what) => Date.parse(cell.metadata.execution[what]) / 1000;
  const steps = cells.map((cell) => [
    cell.metadata.step,
    at(cell, 'shell.execute_reply') - at(cell, 'iopub.execute_input'),
  ]);
  return { ...figures, steps: Object.fromEntries(steps), bytes: statSync(executed).size };
}

/** Ours, by the command that the README tells. */
async function runOurs(backend, measure) {
  const args = [join(root, 'scripts', 'tutorial.mjs'), '--backend', backend];
  const figures = await measure(process.execPath, args, { cwd: root });
  const seconds = [...figures.output.matchAll(/^✓\s+\S+\s+.*?\s+([\d.]+) s$/gm)].map(([, s]) => Number(s));
  // The cells of notebooks/tutorial.ipynb in the order of the Python steps; settings, shape and names are ours alone.
  const names = {
    imports: [0, 1],
    picture: [2],
    tensor: [3],
    model: [4],
    summary: [5],
    predict: [6, 7, 8],
    'matshow 1': [9],
    'matshow 3': [10],
    'grid 1': [11],
    'grid 2': [12],
    'grid 3': [13],
    'grid 4': [14],
    'grid 5': [15],
  };
  const steps = Object.entries(names).map(([name, cells]) => [
    name,
    cells.reduce((sum, i) => sum + seconds[i], 0),
  ]);
  return {
    ...figures,
    steps: Object.fromEntries(steps),
    bytes: statSync(join(root, 'out', 'tutorial.ipynb')).size,
  };
}

function figures(values, digits) {
  const [low, middle, high] = spread(values).map((n) => n.toFixed(digits));
  return { middle: Number(middle), text: `${middle} (${low} to ${high})` };
}

/**
 * @param {number} runs of each
 * @param {Function} measure runs a program to its end: { seconds, cpu, peak, output }
 */
export async function benchAgainstPython(runs, measure) {
  const programs = ensureVenv('bench', 'test/bench/requirements.txt');
  const python = join(programs, 'python');
  mkdirSync(out, { recursive: true });
  execFileSync(python, [
    join(root, 'test', 'bench', 'python-tutorial.py'),
    join(root, 'notebooks'),
    join(out, 'python.ipynb'),
  ]);
  const all = { python: [], native: [], wasm: [] };
  for (let i = 0; i < runs; i++) {
    all.python.push(await runPython(python, measure));
    all.native.push(await runOurs('native', measure));
    all.wasm.push(await runOurs('wasm', measure));
    console.log(
      `run ${i + 1} of ${runs}: ${Object.entries(all)
        .map(([name, list]) => `${name} ${list[i].seconds.toFixed(1)} s`)
        .join(', ')}`,
    );
  }
  const rows = [
    ['whole command, s', (r) => r.seconds, 2],
    ['CPU time, s', (r) => r.cpu, 2],
    ['peak memory of the largest process, MB', (r) => r.peak, 0],
    ['notebook, MB', (r) => r.bytes / 1e6, 2],
    ...Object.keys(all.python[0].steps).map((step) => [`step: ${step}, s`, (r) => r.steps[step], 2]),
  ];
  const table = rows.map(([name, of, digits]) => {
    const [theirs, native, wasm] = ['python', 'native', 'wasm'].map((who) =>
      figures(all[who].map(of), digits),
    );
    const ratio = (ours) => (theirs.middle ? (ours.middle / theirs.middle).toFixed(2) : '–');
    return `| ${name} | ${theirs.text} | ${native.text} | ${ratio(native)} | ${wasm.text} | ${ratio(wasm)} |`;
  });
  const versions = spawnSync(
    python,
    [
      '-c',
      'import sys, keras, tensorflow, matplotlib; print("Python", sys.version.split()[0] + ", Keras", keras.__version__ + ", TensorFlow", tensorflow.__version__ + ", matplotlib", matplotlib.__version__)',
    ],
    { encoding: 'utf8' },
  ).stdout.trim();
  const lines = [
    '# Benchmarks',
    '',
    'The tutorial, start to end, as a Python user has it (`nbconvert --execute` with Keras and matplotlib) and by `npm run tutorial`, run by turns. Written by `npm run bench -- --against python`.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${runs} runs each: median (smallest to largest). ${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB. ${versions.split('\n').at(-1)}; Node ${process.versions.node}. A ratio below 1 means that ours needs less.`,
    '',
    '| | Python | native | ratio | wasm | ratio |',
    '| --- | --- | --- | --- | --- | --- |',
    ...table,
    '',
    'Python wins in small steps (picture, tensor, summary) and loses in the import of TensorFlow and in grids. Ours spends most of its time in the start of the TypeScript compiler (reading the types of Node) and then some hundredths of a second a cell checking types, which Python does not do. The step "picture" holds the load of TensorFlow here, which Python has in its imports.',
    '',
  ];
  writeFileSync(join(root, 'docs', 'benchmarks.md'), lines.join('\n'));
  console.log(lines.join('\n'));
}
