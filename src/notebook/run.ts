import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRESS } from '../cell/progress';
import { KernelError } from '../errors';
import type { KernelSpec } from '../jupyter/kernelspec';
import { BACKEND_NOTE } from '../tensorflow/backend';
import { KernelClient } from './client';
import { type Cell, type ErrorOutput, type Notebook, type Output, textOf } from './nbformat';
import { OutputCollector } from './outputs';
import { errorFromStderr } from './stderr-error';

export interface RunOptions {
  /** The folder that relative paths in cells start from. */
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Seconds that one cell may take. */
  timeout?: number;
  /** Continue after a cell that fails. */
  keepGoing?: boolean;
  /** Called before a cell runs, with its index in the notebook. */
  onStart?(index: number): void;
  /** Called after each cell, for example to save the notebook. */
  onCell?(index: number, seconds: number, error?: ErrorOutput): void;
  /** Called when the last cell has run, while the kernel shuts down. */
  onRan?(): void;
}

export interface RunResult {
  /** Indices of the cells that failed, except those tagged `raises-exception`. */
  errors: Map<number, ErrorOutput>;
  /** Seconds until the kernel answered. */
  kernelSeconds: number;
  /** Which TensorFlow ran, when the kernel had loaded convlens. */
  backend?: string;
}

/**
 * Runs every code cell of a notebook in a kernel of its own and stores the outputs in the notebook.
 * Cells tagged `skip-execution` are left as they are; a cell tagged `raises-exception` may fail.
 *
 * @param notebook changed in place: outputs, execution counts, the kernel's name and language
 * @throws {KernelError} when the kernel does not start; if it dies later, its cell gets an error
 */
export async function runNotebook(
  notebook: Notebook,
  spec: KernelSpec,
  { cwd, env = process.env, timeout, keepGoing = false, onStart, onCell, onRan }: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const codeCells = [...notebook.cells.entries()].filter(([, cell]) => runs(cell));
  for (const [, cell] of codeCells) Object.assign(cell, { outputs: [], execution_count: null });
  const note = join(tmpdir(), `convlens-backend-${randomUUID()}`);
  const kernel = await KernelClient.start(spec, {
    cwd,
    env: { ...env, [BACKEND_NOTE]: note, [PROGRESS]: 'none' },
  });
  const result: RunResult = { errors: new Map(), kernelSeconds: (performance.now() - started) / 1000 };
  const displays = new Map<string, Output[]>();
  try {
    describeKernel(notebook, kernel);
    // Progress is reported and the notebook saved while the kernel runs the next cell.
    let tell = () => {};
    for (const [index, cell] of codeCells) {
      const begun = performance.now();
      onStart?.(index);
      const running = runCell(kernel, cell, displays, timeout);
      await new Promise((resolve) => setImmediate(resolve));
      tell();
      const error = await running;
      const allowed = cell.metadata.tags?.includes('raises-exception') ?? false;
      const seconds = (performance.now() - begun) / 1000;
      if (error && !allowed) result.errors.set(index, error);
      tell = () => onCell?.(index, seconds, error && !allowed ? error : undefined);
      if (error && !allowed && (!keepGoing || error.ename === 'KernelError')) break;
    }
    tell();
  } finally {
    const ended = kernel.shutdown();
    onRan?.();
    await ended;
    if (existsSync(note)) result.backend = readFileSync(note, 'utf8');
    rmSync(note, { force: true });
  }
  return result;
}

function runs(cell: Cell): boolean {
  return (
    cell.cell_type === 'code' &&
    textOf(cell.source).trim() !== '' &&
    !cell.metadata.tags?.includes('skip-execution')
  );
}

function describeKernel(notebook: Notebook, { spec, info }: KernelClient) {
  const language = info['language_info'] as { name?: string } | undefined;
  if (language) notebook.metadata['language_info'] = language;
  notebook.metadata.kernelspec = {
    ...(notebook.metadata.kernelspec?.name === spec.name && notebook.metadata.kernelspec),
    name: spec.name,
    display_name: spec.displayName ?? spec.name,
    language: spec.language ?? language?.name ?? '',
  };
}

async function runCell(
  kernel: KernelClient,
  cell: Cell,
  displays: Map<string, Output[]>,
  timeout?: number,
): Promise<ErrorOutput | undefined> {
  for (;;) {
    const collector = new OutputCollector(displays);
    const outputs = collector.outputs;
    cell.outputs = outputs;
    try {
      const { reply, timedOut } = await kernel.execute(textOf(cell.source), {
        onMessage: (message) => collector.add(message),
        seconds: timeout,
      });
      // Stock tslab drops cells that arrive within 200 ms of an error; they must not stay empty.
      if (/^abort(ed)?$/.test(String(reply['status']))) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      cell.execution_count = (reply['execution_count'] as number) ?? null;
      if (timedOut) return push(outputs, 'TimeoutError', `the cell ran longer than ${timeout} s`);
      if (reply['status'] !== 'error') return undefined;
      return collector.error ?? (reply['ename'] ? fromReply(outputs, reply) : errorFromStderr(outputs));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return push(outputs, 'KernelError', error.message);
    }
  }
}

function fromReply(outputs: Output[], reply: Record<string, unknown>): ErrorOutput {
  const traceback = ((reply['traceback'] as string[]) ?? []).map(String);
  return push(outputs, String(reply['ename']), String(reply['evalue'] ?? ''), traceback);
}

function push(outputs: Output[], ename: string, evalue: string, traceback: string[] = []): ErrorOutput {
  const lines = traceback.length ? traceback : [`${ename}: ${evalue}`];
  const error: ErrorOutput = { output_type: 'error', ename, evalue, traceback: lines };
  outputs.push(error);
  return error;
}
