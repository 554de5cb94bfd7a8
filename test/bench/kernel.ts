/**
 * How fast the kernel is, stock tslab and Deno's kernel beside it in the same run. Deno's checks no types.
 * Each figure is the median of ROUNDS kernels.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { findKernel, type KernelSpec } from '../../src/jupyter/kernelspec';
import { KernelClient } from '../../src/notebook/client';
import { readNotebook, textOf } from '../../src/notebook/nbformat';
import { wait } from '../until';

const ROUNDS = 5;
const IMPORT = "import { loadImage, loadModel, predict, matshow, grid, explore } from 'convlens'";

type MemoryOf = (pid: number) => number;

async function once(spec: KernelSpec, memoryOf: MemoryOf): Promise<Record<string, number>> {
  const started = performance.now();
  const kernel = await KernelClient.start(spec, { cwd: process.cwd() });
  const timed = async (run: () => Promise<unknown>) => {
    const begun = performance.now();
    await run();
    return performance.now() - begun;
  };
  try {
    const figures: Record<string, number> = { 'up to the first idle': performance.now() - started };
    await kernel.execute('const first: number = 1; first');
    figures['up to the first cell done'] = performance.now() - started;
    // Deno imports convlens by another name; its time would be that of another package.
    if (spec.name !== 'deno')
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

/** Memory in MB of a kernel's processes after the tutorial's cells: at once, and after some seconds without work. */
async function afterTutorial(spec: KernelSpec, memoryOf: MemoryOf): Promise<[number, number]> {
  const kernel = await KernelClient.start(spec, { cwd: join(process.cwd(), 'notebooks') });
  try {
    const { cells } = readNotebook(join(process.cwd(), 'notebooks', 'tutorial.ipynb'));
    for (const cell of cells) if (cell.cell_type === 'code') await kernel.execute(textOf(cell.source));
    const memory = () => memoryOf(kernel['child'].pid!);
    const atOnce = memory();
    await wait(5000);
    return [atOnce, memory()];
  } finally {
    await kernel.shutdown();
  }
}

const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const median = (values: number[]) => sorted(values)[values.length >> 1]!;

/**
 * Prints a table of the kernels: medians, and the ratios of each round, from smallest to largest.
 *
 * @param memoryOf memory in MB of a process and all it started
 * @param deno Deno's program
 */
export async function benchKernel(memoryOf: MemoryOf, deno: string): Promise<void> {
  const specs: KernelSpec[] = [
    findKernel('convlens'),
    findKernel('tslab'),
    {
      name: 'deno',
      argv: [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'],
      interruptMode: 'message',
    },
  ];
  const runs = specs.map((): Record<string, number>[] => []);
  // In turns, so that what else the machine does falls on all.
  for (let i = 0; i < ROUNDS; i++) {
    for (const [at, spec] of specs.entries()) runs[at]!.push(await once(spec, memoryOf));
  }
  const after: [number, number][] = [];
  for (let i = 0; i < ROUNDS; i++) after.push(await afterTutorial(specs[0]!, memoryOf));
  const [atOnce, idle] = [0, 1].map((at) => median(after.map((one) => one[at]!)).toFixed(0));
  console.log(
    `\nkernel, engine and type checker after the tutorial's cells: ${atOnce} MB, 5 s later ${idle} MB`,
  );
  console.log(
    `\nkernel, median of ${ROUNDS} rounds (Node ${process.version}, ${cpus()[0]?.model}); in ms where not said`,
  );
  const heads = [...specs.map(({ name }) => name.padStart(9)), '  to tslab', '  to deno'];
  console.log(''.padEnd(34) + heads.join(''));
  const [own, ...others] = runs as [Record<string, number>[], ...Record<string, number>[][]];
  for (const figure of Object.keys(own[0]!)) {
    const cells = runs.map((all) =>
      figure in all[0]! ? median(all.map((run) => run[figure]!)).toFixed(/^a /.test(figure) ? 1 : 0) : '',
    );
    const ratios = others.map((all) => {
      if (!(figure in all[0]!)) return '';
      const each = sorted(own.map((run, i) => run[figure]! / all[i]![figure]!)).map((n) => n.toFixed(2));
      return `${each[each.length >> 1]} (${each[0]} to ${each.at(-1)})`;
    });
    console.log(
      `${figure.padEnd(34)}${cells.map((cell) => cell.padStart(9)).join('')}  ${ratios.join('  ')}`,
    );
  }
}
