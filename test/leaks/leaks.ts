/**
 * Whether a kernel that is used for long grows: `node dist/test/leaks/leaks.js [--runs 1000] [--loads 200] [--garbage]`.
 * Loads models again and again in one kernel, then runs predict, grid and explore again and again. The number of
 * tensors must stay, and the memory of the kernel's two processes may grow by 20 MB after a warm-up. With `--garbage`
 * the collectors of its threads are left alone: memory then swings by what they have not come to yet. Needs Linux.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findKernel } from '../../src/jupyter/kernelspec';
import { KernelClient } from '../../src/notebook/client';

const MOST_GROWTH = 20;
/** With its own, moving thresholds glibc keeps up to some 30 MB of freed memory or not, at random. */
const RETURN_FREED_MEMORY = { MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' };
const NOTEBOOKS = join(__dirname, '..', '..', '..', 'notebooks');

const START = `import { explore, grid, loadImage, loadModel, predict, toTensor } from 'convlens';
const img = await loadImage('cat.jpg', { targetSize: [150, 150] });
const tensor = toTensor(img);
const model = await loadModel('dogcat_v1.h5');`;

/** What a reader does again and again, as a cell. */
const CELLS = {
  runs: `const maps = await predict(model, tensor, { layers: model.layers.slice(0, 5) });
grid(maps[0]);
explore(maps, { picture: img });`,
  loads: `const again = await loadModel('dogcat_v1.h5');
again.dispose();`,
};

/** Waits until each thread has had the time to collect its garbage. */
const MEASURE = `await new Promise((done) => setTimeout(done, 2500));
console.log(JSON.stringify([require('@tensorflow/tfjs-core').memory().numTensors, process.ppid, process.pid]))`;

interface Measured {
  tensors: number;
  /** Resident set in MB of the process that has the sockets, and of the one that runs the cells. */
  kernel: number;
  engine: number;
}

async function run(kernel: KernelClient, code: string): Promise<string> {
  let text = '';
  const { reply } = await kernel.execute(code, {
    onMessage: ({ content }) => (text += content['text'] ?? ''),
  });
  if (reply['status'] !== 'ok') throw new Error(`${reply['ename']}: ${reply['evalue']}`);
  return text;
}

function resident(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1000;
}

async function measure(kernel: KernelClient): Promise<Measured> {
  const [tensors, parent, engine] = JSON.parse(await run(kernel, MEASURE)) as [number, number, number];
  return { tensors, kernel: resident(parent), engine: resident(engine) };
}

/** @returns whether nothing grew by more than it may */
async function repeat(kernel: KernelClient, name: keyof typeof CELLS, times: number): Promise<boolean> {
  const warmUp = Math.max(40, times / 5);
  const line = (done: number, { tensors, kernel, engine }: Measured) =>
    console.log(
      `${name} ${String(done).padStart(5)}: ${tensors} tensors, engine ${engine.toFixed(0)} MB, kernel ${kernel.toFixed(0)} MB`,
    );
  for (let i = 0; i < warmUp; i++) await run(kernel, CELLS[name]);
  const before = await measure(kernel);
  line(0, before);
  let after = before;
  for (let done = 1; done <= times; done++) {
    await run(kernel, CELLS[name]);
    if (done % Math.ceil(times / 10) && done !== times) continue;
    after = await measure(kernel);
    line(done, after);
  }
  const grown = after.engine - before.engine + after.kernel - before.kernel;
  console.log(`${name}: ${after.tensors - before.tensors} more tensors, ${grown.toFixed(1)} MB more memory`);
  return after.tensors === before.tensors && grown < MOST_GROWTH;
}

async function main(): Promise<void> {
  const options = {
    runs: { type: 'string', default: '1000' },
    loads: { type: 'string', default: '200' },
    garbage: { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ options });
  const env: NodeJS.ProcessEnv = { ...process.env, ...RETURN_FREED_MEMORY };
  if (!values.garbage) env['NODE_OPTIONS'] = `-r ${JSON.stringify(join(__dirname, 'collect.js'))}`;
  const kernel = await KernelClient.start(findKernel('convlens'), { cwd: NOTEBOOKS, env });
  try {
    await run(kernel, START);
    const flat = [
      await repeat(kernel, 'loads', Number(values.loads)),
      await repeat(kernel, 'runs', Number(values.runs)),
    ];
    if (flat.includes(false)) process.exitCode = 1;
    console.log(flat.includes(false) ? `it grows by more than ${MOST_GROWTH} MB` : 'nothing grows');
  } finally {
    await kernel.shutdown();
  }
}

void main();
