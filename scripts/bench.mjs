/**
 * Measures the tutorial on a machine that is set up: the whole command, its cells, peak memory and the notebook's size;
 * then the kernel beside stock tslab and Deno's. It prints figures and judges nothing, since machines differ.
 *
 * usage: npm run bench -- [--runs N] [--backend native|wasm] [--no-kernel] [--against python|matplotlib|gradients|browser|atlas]
 */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ensureDeno } from './deno.mjs';
import { memoryOf, noteSeconds, peakOf } from './processes.mjs';
import { setup } from './setup.mjs';
import { spread } from './spread.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'native' },
    against: { type: 'string' },
    'no-kernel': { type: 'boolean', default: false },
  },
});

/**
 * Runs a program to its end and measures seconds, CPU seconds of the process and its descendants, and in MB the peak of
 * the largest process and the peak of all together.
 */
function measure(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let output = '';
    let [peak, together] = [0, 0];
    const seconds = new Map();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const timer = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
      noteSeconds(child.pid, seconds);
    }, 50);
    const slower = setInterval(() => {
      together = Math.max(together, memoryOf(child.pid));
    }, 200);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
      });
    }
    child.on('close', (code) => {
      clearInterval(timer);
      clearInterval(slower);
      if (code !== 0) return reject(new Error(`${command} ${args[0]} failed:\n${output}`));
      const cpu = [...seconds.values()].reduce((sum, used) => sum + used, 0);
      resolve({ seconds: (performance.now() - started) / 1000, cpu, peak, together, output });
    });
  });
}

async function runTutorial() {
  const args = [join(root, 'scripts', 'tutorial.mjs'), '--backend', values.backend];
  const { output, ...figures } = await measure(process.execPath, args);
  const cells = [...output.matchAll(/^✓\s+\S+\s+(.*?)\s+([\d.]+) s$/gm)].map(([, title, seconds]) => [
    title,
    Number(seconds),
  ]);
  return { ...figures, cells, kernel: Number(/up in ([\d.]+) s/.exec(output)?.[1]) };
}

function row(name, numbers, unit) {
  const [min, median, max] = spread(numbers).map((n) => n.toFixed(unit === 'MB' ? 0 : 2));
  console.log(`${name.slice(0, 60).padEnd(62)}${median} ${unit}  (${min} to ${max})`);
}

await setup({ backend: values.backend });
await build();
if (values.against === 'python') {
  const { benchAgainstPython } = await import('./bench-python.mjs');
  await benchAgainstPython(Number(values.runs), measure);
  process.exit();
}
if (values.against === 'matplotlib') {
  const { benchFigures } = await import('./bench-figures.mjs');
  benchFigures(Number(values.runs));
  process.exit();
}
if (values.against === 'gradients') {
  const { benchGradients } = await import('./bench-gradients.mjs');
  benchGradients(Number(values.runs));
  process.exit();
}
if (values.against === 'atlas') {
  const { benchAtlas } = await import('./bench-atlas.mjs');
  benchAtlas(Number(values.runs));
  process.exit();
}
if (values.against === 'browser') {
  const { benchLive } = await import('./bench-live.mjs');
  await benchLive(Number(values.runs));
  process.exit();
}
if (values.against !== undefined) {
  throw new Error(
    `Cannot bench against ${values.against}: choose python, matplotlib, gradients, browser or atlas.`,
  );
}
const runs = [];
for (let i = 0; i < Number(values.runs); i++) runs.push(await runTutorial());
console.log(`the tutorial on ${values.backend}, ${runs.length} runs: median (smallest to largest)`);
row(
  'whole command',
  runs.map(({ seconds }) => seconds),
  's',
);
row(
  'kernel up',
  runs.map(({ kernel }) => kernel),
  's',
);
runs[0].cells.forEach(([title], i) => {
  row(
    `  ${title}`,
    runs.map(({ cells }) => cells[i][1]),
    's',
  );
});
row(
  'peak memory of the largest process',
  runs.map(({ peak }) => peak),
  'MB',
);
row(
  'peak memory of all processes together',
  runs.map(({ together }) => together),
  'MB',
);
console.log(`notebook ${(statSync(join(root, 'out', 'tutorial.ipynb')).size / 1e6).toFixed(2)} MB`);
if (!values['no-kernel']) {
  const { benchKernel } = createRequire(import.meta.url)('../dist/test/bench/kernel.js');
  await benchKernel(memoryOf, await ensureDeno());
}
