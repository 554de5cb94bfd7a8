import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { installKernel } from '../../src/kernel/install';
import { type Notebook, type Output, writeNotebook } from '../../src/notebook/nbformat';
import { runNotebook } from '../../src/notebook/run';
import { suite } from '../suite';
import { until } from '../until';

const programs = process.env['CONVLENS_VENV'] ?? '';
const prefix = mkdtempSync(join(tmpdir(), 'convlens-jupyter-'));
installKernel({ prefix });
const env = { ...process.env, JUPYTER_PATH: join(prefix, 'share', 'jupyter'), KERNEL: 'convlens' };

function python(...args: string[]) {
  const result = spawnSync(join(programs, 'python'), args, { env, encoding: 'utf8', timeout: 300_000 });
  if (result.error) throw result.error;
  return result;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function notebookOf(...sources: string[]): Notebook {
  const cells = sources.map((source) => ({
    id: `cell-${source.length}`,
    cell_type: 'code' as const,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

suite('convlens kernel under Jupyter', {
  'all of jupyter_kernel_test passes; only the pager is skipped': () => {
    const { stderr } = python(resolve('test', 'jupyter', 'kernel_samples.py'), '-v');
    const results = [...stderr.matchAll(/^(test_\w+) .*\.\.\. (.*)$/gm)].map(
      ([, name, how]) => `${name} ${how}`,
    );
    assert.is(results.length, 12, stderr);
    assert.equal(
      results.filter((result) => !result.endsWith(' ok')).map((result) => result.split(' ')[0]),
      ['test_pager'],
      stderr,
    );
  },

  'nbclient runs a notebook with errors to its end': () => {
    const { stdout, stderr } = python(resolve('test', 'jupyter', 'notebooks_with_errors.py'));
    assert.ok(stdout, stderr);
    const outputs: Output[][] = JSON.parse(stdout);
    assert.equal(outputs[0], [
      { output_type: 'execute_result', execution_count: 1, data: { 'text/plain': '1' }, metadata: {} },
    ]);
    const errors = [outputs[1]![0], outputs[2]![0]].map(
      (output) => output!.output_type === 'error' && output!.evalue,
    );
    assert.equal(errors, ['bad', "TS2322: Type 'number' is not assignable to type 'string'."]);
    assert.equal(outputs[3], [{ output_type: 'stream', name: 'stdout', text: 'after the errors 1\n' }]);
    assert.is(outputs[4]![0]!.output_type, 'execute_result');
  },

  'kernel and engine end when nbclient is killed by kill -9': async () => {
    const { stdout, stderr, signal } = python(resolve('test', 'jupyter', 'client_killed.py'));
    assert.is(signal, 'SIGKILL', stderr);
    const pids = stdout.trim().split(' ').map(Number);
    assert.is(pids.filter((pid) => pid > 1).length, 2, stdout);
    await until(() => !pids.some(isRunning));
  },

  'nbconvert --execute --allow-errors leaves no cell empty': () => {
    const path = join(prefix, 'errors.ipynb');
    const notebook = notebookOf('1', 'throw new Error("x")', '"third"', '["fourth"]');
    notebook.metadata.kernelspec = { name: 'convlens', language: 'typescript' };
    Object.assign(notebook.metadata.kernelspec, { display_name: 'convlens' });
    writeFileSync(path, JSON.stringify(notebook));
    const run = python(
      '-m',
      'nbconvert',
      '--to',
      'notebook',
      '--execute',
      '--allow-errors',
      '--inplace',
      path,
    );
    assert.is(run.status, 0, run.stderr);
    const cells = (JSON.parse(readFileSync(path, 'utf8')) as Notebook).cells;
    assert.equal(
      cells.map((cell) => cell.outputs!.map((output) => output.output_type)),
      [['execute_result'], ['error'], ['execute_result'], ['execute_result']],
    );
  },
});

suite('convlens run, judged by nbformat and with a kernel of Python', {
  'it writes valid nbformat 4.5 with every kernel': async () => {
    process.env['JUPYTER_PATH'] = join(programs, '..', 'share', 'jupyter');
    const typescript = [
      'console.log("a\\nb"); 1',
      'let s: string = 1',
      'throw new Error("x")',
      'console.error("e")',
    ];
    const sources = {
      tslab: typescript,
      convlens: typescript,
      python3: ['print("a"); 1', '1/0', 'import sys; sys.stderr.write("e")'],
    };
    for (const [kernel, cells] of Object.entries(sources)) {
      const notebook = notebookOf(...cells);
      const { errors } = await runNotebook(notebook, findKernel(kernel), { cwd: prefix, keepGoing: true });
      assert.is(errors.size, kernel === 'python3' ? 1 : 2, kernel);
      const path = join(prefix, `${kernel}.ipynb`);
      writeNotebook(path, notebook);
      const judged = python(
        '-c',
        `import nbformat; n = nbformat.read(${JSON.stringify(path)}, as_version=nbformat.NO_CONVERT); nbformat.validate(n); print(n.nbformat, n.nbformat_minor)`,
      );
      assert.is(judged.stdout, '4 5\n', judged.stderr);
      assert.not.match(judged.stderr, 'Warning');
    }
  },
});
