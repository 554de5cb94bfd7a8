import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { type Cell, type Notebook, readNotebook, textOf, writeNotebook } from '../../src/notebook/nbformat';
import { type RunOptions, runNotebook } from '../../src/notebook/run';
import { alive } from '../processes';
import { suite } from '../suite';
import { until } from '../until';

function code(source: string, ...tags: string[]): Cell {
  return { cell_type: 'code', metadata: { tags }, source, outputs: [], execution_count: null };
}

function notebookOf(...cells: Cell[]): Notebook {
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

async function run(cells: Cell[], options: Partial<RunOptions> = {}) {
  const notebook = notebookOf(...cells);
  const result = await runNotebook(notebook, findKernel('tslab'), { cwd: process.cwd(), ...options });
  return { notebook, result, outputs: cells.map((cell) => cell.outputs!) };
}

const streamed = (cell: Cell) =>
  cell.outputs!.map((output) => ('text' in output ? textOf(output.text) : '')).join('');

suite('running a notebook in stock tslab', {
  'outputs and counts are stored': async () => {
    const { outputs, notebook } = await run([
      code('const a: number = 20 + 1;\nconsole.log("a is", a)'),
      code('console.error("to stderr"); a * 2'),
    ]);
    assert.equal(outputs[0], [{ output_type: 'stream', name: 'stdout', text: ['a is 21\n'] }]);
    assert.equal(outputs[1], [
      { output_type: 'stream', name: 'stderr', text: ['to stderr\n'] },
      { output_type: 'stream', name: 'stdout', text: ['42\n'] },
    ]);
    assert.equal(
      notebook.cells.map((cell) => cell.execution_count),
      [1, 2],
    );
    assert.equal(notebook.metadata.kernelspec, {
      name: 'tslab',
      display_name: 'TypeScript',
      language: 'typescript',
    });
  },

  'a failing cell gets an error output and ends the run': async () => {
    const { outputs, result } = await run([code('throw new RangeError("too\\nfar")'), code('1')]);
    const error = outputs[0]!.at(-1);
    assert.is(error?.output_type, 'error');
    if (error?.output_type !== 'error') return;
    assert.is(error.ename, 'RangeError');
    assert.is(error.evalue, 'too\nfar');
    assert.ok(error.traceback.join('\n').startsWith('RangeError: too\nfar\n    at '));
    assert.equal([...result.errors.keys()], [0]);
    assert.equal(outputs[1], []);
  },

  'with keepGoing every cell runs, also right after an error': async () => {
    const cells = [
      code('let x: number = "no"'),
      code('console.log("after")'),
      code('throw "text"'),
      code('7'),
    ];
    const { result, notebook } = await run(cells, { keepGoing: true });
    assert.equal([...result.errors.keys()], [0, 2]);
    assert.is(result.errors.get(0)?.ename, 'TypeScriptError');
    assert.match(result.errors.get(0)!.evalue, "'string' is not assignable to type 'number'");
    assert.is(streamed(notebook.cells[1]!), 'after\n');
    assert.is(streamed(notebook.cells[3]!), '7\n');
  },

  'a cell tagged raises-exception may fail, one tagged skip-execution stays as it is': async () => {
    const skipped = code('throw new Error("never")', 'skip-execution');
    const { result, notebook } = await run([
      code('throw new Error("x")', 'raises-exception'),
      skipped,
      code('5'),
    ]);
    assert.is(result.errors.size, 0);
    assert.is(skipped.execution_count, null);
    assert.is(streamed(notebook.cells[2]!), '5\n');
  },

  'a cell that exceeds the timeout is interrupted': async () => {
    const { result } = await run([code('await new Promise(() => {})'), code('1')], { timeout: 1 });
    assert.is(result.errors.get(0)?.ename, 'TimeoutError');
  },

  'a kernel that dies is an error of its cell, with its last output': async () => {
    const { result } = await run([code('process.exit(3)'), code('1')], { keepGoing: true });
    assert.equal([...result.errors.keys()], [0]);
    assert.is(result.errors.get(0)?.ename, 'KernelError');
    assert.match(result.errors.get(0)!.evalue, 'exit code 3');
  },

  'kernel and engine end when the runner is killed, even if a cell never stops': async () => {
    for (const kernel of ['tslab', 'convlens']) {
      const folder = mkdtempSync(join(tmpdir(), 'convlens-test-'));
      const path = join(folder, 'endless.ipynb');
      const told = join(folder, 'pid');
      const endless = `require('fs').writeFileSync(${JSON.stringify(told)}, String(process.pid)); for (;;) {}`;
      writeNotebook(path, notebookOf(code('1'), code(endless)));
      const cli = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
      const runner = spawn(process.execPath, [cli, 'run', path, '--kernel', kernel], { stdio: 'ignore' });
      const saved = path.replace('.ipynb', '.out.ipynb');
      try {
        await until(() => existsSync(told) && readFileSync(told, 'utf8') !== '', `${kernel} runs no cell`);
        // The notebook is saved while the next cell runs.
        await until(() => existsSync(saved), 'what was done is not saved');
      } finally {
        runner.kill('SIGKILL');
      }
      const pid = Number(readFileSync(told, 'utf8'));
      await until(() => !alive(pid), `${kernel}: process ${pid} lives on`);
      // What was done before is in the file.
      const kept = readNotebook(saved);
      assert.is(kept.cells[0]!.execution_count, 1);
    }
  },

  'no process and no connection file is left': async () => {
    const { notebook } = await run([code('console.log(process.pid, process.argv.at(-1))')]);
    const [pid, file] = streamed(notebook.cells[0]!).trim().split(' ');
    assert.throws(() => process.kill(Number(pid), 0), /ESRCH/);
    assert.match(file!, 'convlens-kernel-');
    assert.not.ok(existsSync(dirname(file!)), `${file} is left`);
  },
});

suite('notebook files', {
  'missing ids are added, existing ids are kept': () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-test-'));
    const path = join(folder, 'old.ipynb');
    const cells = [{ ...code('1'), id: 'keep-me' }, code('2'), { ...code('3'), id: 'keep-me' }];
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 2, metadata: {}, cells }));
    const notebook = readNotebook(path);
    const ids = notebook.cells.map((cell) => cell.id);
    assert.is(ids[0], 'keep-me');
    assert.is(new Set(ids).size, 3);
    assert.is(notebook.nbformat_minor, 5);
    writeNotebook(path, notebook);
    assert.equal(readNotebook(path), notebook);
    assert.equal(readdirSync(folder), ['old.ipynb']);
  },

  'a file that is not a notebook is refused with the reason': () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-test-'));
    assert.throws(
      () => readNotebook(join(folder, 'none.ipynb')),
      (error: Error) => error.name === 'NotebookError' && /there is no such file/.test(error.message),
    );
    const code = (rest: string) =>
      `{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "metadata": {}, ${rest}}]}`;
    const broken = ['"outputs": {}', '"outputs": [1]', '"outputs": [{"output_type": "stream"}]'].map(code);
    for (const text of [
      ...broken,
      '{',
      'null',
      '{"nbformat": 3, "worksheets": []}',
      '{"nbformat": 4, "cells": [{}]}',
    ]) {
      writeFileSync(join(folder, 'bad.ipynb'), text);
      assert.throws(
        () => readNotebook(join(folder, 'bad.ipynb')),
        (error: Error) => error.name === 'NotebookError' && /^Cannot read /.test(error.message),
      );
    }
  },
});
