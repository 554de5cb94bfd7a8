/**
 * The tutorial, and VGG16 with all its maps, as a Python user runs them (nbconvert, Keras, matplotlib) and in convlens,
 * alternating in one run: `npm run bench -- --against python [--runs N]`. Writes docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { liveSection } from './bench-live.mjs';
import { benchmarkPage } from './bench-page.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'out', 'bench');
const tutorial = join(root, 'notebooks', 'tutorial.ipynb');

/** Runs nbconvert on a notebook: seconds of each step, from the kernel's timestamps in it. */
async function runPython(name, python, measure) {
  const executed = join(out, `${name}-python.done.ipynb`);
  const args = ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--output', executed];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const figures = await measure(python, [...args, join(out, `${name}-python.ipynb`)], { cwd: out, env });
  const cells = JSON.parse(readFileSync(executed, 'utf8')).cells;
  const at = (cell, what) => Date.parse(cell.metadata.execution[what]) / 1000;
  const steps = cells.map((cell) => [
    cell.metadata.step,
    at(cell, 'shell.execute_reply') - at(cell, 'iopub.execute_input'),
  ]);
  return { ...figures, steps: Object.fromEntries(steps), bytes: statSync(executed).size };
}

/** Runs convlens: seconds of each step, from what the command prints for each cell, in the order of `cellsOf`. */
async function runOurs({ command, cellsOf, notebook }, backend, measure) {
  const figures = await measure(process.execPath, [...command, '--backend', backend], { cwd: root });
  const seconds = [...figures.output.matchAll(/^✓\s+\S+\s+.*?\s+([\d.]+) s$/gm)].map(([, s]) => Number(s));
  const expected = Object.values(cellsOf).flat().length;
  if (seconds.length !== expected)
    throw new Error(`${command.join(' ')} ran ${seconds.length} cells, not ${expected}:\n${figures.output}`);
  const steps = Object.entries(cellsOf).map(([name, cells]) => [
    name,
    cells.reduce((sum, i) => sum + seconds[i], 0),
  ]);
  return { ...figures, steps: Object.fromEntries(steps), bytes: statSync(notebook).size };
}

/** The tutorial by the README's command; its cells in the order of the Python steps. */
const TUTORIAL = {
  command: [join(root, 'scripts', 'tutorial.mjs')],
  notebook: join(root, 'out', 'tutorial.ipynb'),
  // Only our notebook has cells for settings, shape and names.
  cellsOf: {
    imports: [0, 1],
    picture: [2],
    tensor: [3],
    model: [4],
    summary: [5],
    predict: [6, 7, 8],
    'matshow 1': [9],
    'matshow 3': [10],
    ...Object.fromEntries([11, 12, 13, 14, 15].map((cell, i) => [`grid ${i + 1}`, [cell]])),
  },
};

/** Writes our notebook of VGG16's layers, one cell per step as in Python's. */
function vgg16(names) {
  const file = JSON.stringify(join(out, 'vgg16.h5'));
  const cat = JSON.stringify(join(root, 'notebooks', 'cat.jpg'));
  const cells = {
    imports: "import { grid, loadImage, loadModel, predict, show, summary, toTensor } from 'convlens';",
    picture: `const img = await loadImage(${cat}, { targetSize: [224, 224] });\nshow(img);`,
    tensor: 'const imgTensor = toTensor(img);',
    model: `const model = await loadModel(${file});`,
    summary: 'summary(model);',
    predict: 'const activations = await predict(model, imgTensor);\nactivations[0].shape',
    ...Object.fromEntries(
      names.map((_, i) => [`grid ${i + 1}`, `grid(activations[${i}], { imagesPerRow: 16 });`]),
    ),
  };
  const source = join(out, 'vgg16-convlens.ipynb');
  const { metadata, nbformat, nbformat_minor } = JSON.parse(readFileSync(tutorial, 'utf8'));
  const asCell = (text, i) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${i}`,
    metadata: {},
    outputs: [],
    source: text,
  });
  writeFileSync(
    source,
    JSON.stringify({ cells: Object.values(cells).map(asCell), metadata, nbformat, nbformat_minor }),
  );
  const notebook = join(out, 'vgg16-convlens.done.ipynb');
  return {
    command: [
      join(root, 'dist', 'src', 'cli', 'main.js'),
      'run',
      source,
      '-o',
      notebook,
      '--kernel',
      'convlens',
    ],
    notebook,
    cellsOf: Object.fromEntries(Object.keys(cells).map((name, i) => [name, [i]])),
  };
}

function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed:\n${stderr}`);
  return stdout.trim().split('\n').at(-1);
}

const VERSIONS =
  'import sys, keras, tensorflow, matplotlib; print("Python", sys.version.split()[0] + ", Keras", keras.__version__ + ", TensorFlow", tensorflow.__version__ + ", matplotlib", matplotlib.__version__)';

/**
 * @param {number} runs of each
 * @param {Function} measure runs a program to its end: { seconds, cpu, peak, together, output }
 */
export async function benchAgainstPython(runs, measure) {
  const python = join(ensureVenv('bench', 'test/bench/requirements.txt'), 'python');
  mkdirSync(out, { recursive: true });
  const writer = join(root, 'test', 'bench', 'python_notebooks.py');
  const names = JSON.parse(output(python, [writer, join(root, 'notebooks'), out]));
  const ours = { tutorial: TUTORIAL, vgg16: vgg16(names) };
  const measured = {};
  for (const [name, program] of Object.entries(ours)) {
    measured[name] = { python: [], native: [], wasm: [] };
    for (let i = 0; i < runs; i++) {
      const round = {
        python: await runPython(name, python, measure),
        native: await runOurs(program, 'native', measure),
        wasm: await runOurs(program, 'wasm', measure),
      };
      for (const [who, figures] of Object.entries(round)) measured[name][who].push(figures);
      const said = Object.entries(round).map(([who, { seconds }]) => `${who} ${seconds.toFixed(1)} s`);
      console.log(`${name}, round ${i + 1} of ${runs}: ${said.join(', ')}`);
    }
  }
  const page = benchmarkPage(measured, { runs, versions: output(python, ['-c', VERSIONS]), layers: names });
  writeFileSync(join(root, 'docs', 'benchmarks.md'), page + liveSection());
  console.log(page);
}
