/**
 * How fast the kernel is, stock tslab beside it in the same run: `node dist/test/bench/kernel.js`.
 * Each figure is the median of ROUNDS kernels, in milliseconds but for the memory.
 */
import { readFileSync } from 'node:fs';
import { KernelClient } from '../../src/notebook/client';
import { findKernel } from '../../src/notebook/kernelspec';

const ROUNDS = 3;
// What lives after a collection; the resident size follows V8's own ideas of how often to collect.
const MEMORY = `require('v8').setFlagsFromString('--expose-gc'); require('vm').runInNewContext('gc')();
console.log(process.memoryUsage().heapUsed / 1e6)`;

async function once(name: string): Promise<Record<string, number>> {
  const started = performance.now();
  const kernel = await KernelClient.start(findKernel(name), { cwd: process.cwd() });
  const timed = async (run: () => Promise<unknown>) => {
    const begun = performance.now();
    await run();
    return performance.now() - begun;
  };
  const memory = async () => {
    let text = '';
    await kernel.execute(MEMORY, { onMessage: ({ content }) => (text += content['text'] ?? '') });
    return Number(text);
  };
  try {
    const figures: Record<string, number> = { 'up to the first idle': performance.now() - started };
    await kernel.execute('const first: number = 1; first');
    figures['up to the first cell done'] = performance.now() - started;
    const later: number[] = [];
    for (let i = 0; i < 20; i++)
      later.push(await timed(() => kernel.execute(`const a${i} = [${i}]; a${i}.length`)));
    figures['a later cell'] = median(later);
    const code = 'Math.ma';
    const complete = () => kernel.request('shell', 'complete_request', { code, cursor_pos: code.length });
    await complete();
    figures['a completion'] = await timed(complete);
    const before = await memory();
    figures['1,000 tiny cells'] = await timed(async () => {
      for (let i = 0; i < 1000; i++) await kernel.execute('1');
    });
    figures['heap grown after them, MB'] = (await memory()) - before;
    return figures;
  } finally {
    await kernel.shutdown();
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** Prints a table of both kernels. */
export async function benchKernel(): Promise<void> {
  const runs: Record<string, Record<string, number>[]> = { convlens: [], tslab: [] };
  // In turns, so that what else the machine does falls on both.
  for (let i = 0; i < ROUNDS; i++) for (const name of Object.keys(runs)) runs[name].push(await once(name));
  const cpu = /model name\s*: (.*)/.exec(readCpu())?.[1] ?? 'unknown processor';
  console.log(`kernel, median of ${ROUNDS} (Node ${process.version}, ${cpu})`);
  console.log(`${''.padEnd(28)}${'convlens'.padStart(10)}${'tslab'.padStart(10)}`);
  for (const figure of Object.keys(runs['convlens'][0])) {
    const cells = Object.values(runs).map((all) =>
      median(all.map((run) => run[figure]))
        .toFixed(0)
        .padStart(10),
    );
    console.log(figure.padEnd(28) + cells.join(''));
  }
}

function readCpu(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

if (require.main === module) void benchKernel();
