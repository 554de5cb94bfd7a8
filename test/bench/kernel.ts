/**
 * How fast the kernel is, stock tslab beside it in the same run.
 * Each figure is the median of ROUNDS kernels.
 */
import { cpus } from 'node:os';
import { findKernel } from '../../src/jupyter/kernelspec';
import { KernelClient } from '../../src/notebook/client';

const ROUNDS = 5;
const IMPORT = "import { loadImage, loadModel, predict, matshow, grid, explore } from 'convlens'";

type MemoryOf = (pid: number) => number;

async function once(name: string, memoryOf: MemoryOf): Promise<Record<string, number>> {
  const started = performance.now();
  const kernel = await KernelClient.start(findKernel(name), { cwd: process.cwd() });
  const timed = async (run: () => Promise<unknown>) => {
    const begun = performance.now();
    await run();
    return performance.now() - begun;
  };
  try {
    const figures: Record<string, number> = { 'up to the first idle': performance.now() - started };
    await kernel.execute('const first: number = 1; first');
    figures['up to the first cell done'] = performance.now() - started;
    figures["the tutorial's import cell"] = await timed(() => kernel.execute(IMPORT));
    const later: number[] = [];
    for (let i = 0; i < 40; i++)
      later.push(await timed(() => kernel.execute(`const a${i} = [${i}]; a${i}.length`)));
    figures['a later cell'] = median(later);
    const complete = (code: string) =>
      kernel.request('shell', 'complete_request', { code, cursor_pos: code.length });
    await complete('Math.ma');
    const completions: number[] = [];
    for (let i = 0; i < 200; i++) completions.push(await timed(() => complete(`const b = ${i}; Math.ma`)));
    figures['a completion'] = median(completions);
    const same: number[] = [];
    for (let i = 0; i < 40; i++) same.push(await timed(() => complete('Math.ma')));
    figures['a completion that is asked again'] = median(same);
    const memory = () => memoryOf(kernel['child'].pid!);
    const before = memory();
    const tiny: number[] = [];
    for (let i = 0; i < 1000; i++) tiny.push(await timed(() => kernel.execute(String(i))));
    figures['a tiny cell, of 1,000'] = median(tiny);
    figures['memory of all processes, MB'] = memory();
    figures['memory grown in those cells, MB'] = memory() - before;
    const again: number[] = [];
    for (let i = 0; i < 100; i++) again.push(await timed(() => kernel.execute('1')));
    figures['a tiny cell that is run again'] = median(again);
    return figures;
  } finally {
    await kernel.shutdown();
  }
}

const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const median = (values: number[]) => sorted(values)[values.length >> 1]!;

/**
 * Prints a table of both kernels: medians, and the ratios of each round, from smallest to largest.
 *
 * @param memoryOf memory in MB of a process and all it started
 */
export async function benchKernel(memoryOf: MemoryOf): Promise<void> {
  const runs: Record<'convlens' | 'tslab', Record<string, number>[]> = { convlens: [], tslab: [] };
  // In turns, so that what else the machine does falls on both.
  for (let i = 0; i < ROUNDS; i++) {
    for (const name of ['convlens', 'tslab'] as const) runs[name].push(await once(name, memoryOf));
  }
  console.log(
    `\nkernel, median of ${ROUNDS} rounds (Node ${process.version}, ${cpus()[0]?.model}); in ms where not said`,
  );
  console.log(`${''.padEnd(34)}${'convlens'.padStart(9)}${'tslab'.padStart(9)}  ratio (smallest to largest)`);
  for (const figure of Object.keys(runs.convlens[0]!)) {
    const cells = Object.values(runs).map((all) =>
      median(all.map((run) => run[figure]!))
        .toFixed(/^a /.test(figure) ? 1 : 0)
        .padStart(9),
    );
    const ratios = sorted(runs.convlens.map((run, i) => run[figure]! / runs.tslab[i]![figure]!)).map((n) =>
      n.toFixed(2),
    );
    const spread = `${ratios[ratios.length >> 1]}  (${ratios[0]} to ${ratios.at(-1)})`;
    console.log(`${figure.padEnd(34)}${cells.join('')}  ${spread}`);
  }
}
