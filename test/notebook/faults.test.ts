import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Cell, type Notebook, readNotebook, textOf, writeNotebook } from '../../src/notebook/nbformat';
import { alive } from '../processes';
import { suite } from '../suite';
import { until, wait } from '../until';

const CLI = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'convlens-faults-'));
const mounts: string[] = [];
process.on('exit', () => {
  for (const mount of mounts) spawnSync('umount', [mount]);
  rmSync(folder, { recursive: true, force: true });
});

const code = (source: string): Cell => ({
  cell_type: 'code',
  metadata: {},
  source,
  outputs: [],
  execution_count: null,
});

let notebooks = 0;

/** A notebook on the disk, to be run in the convlens kernel. */
function notebookOf(...sources: string[]): string {
  const path = join(folder, `${notebooks++}.ipynb`);
  const metadata = { kernelspec: { name: 'convlens' } };
  const notebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata, cells: sources.map(code) };
  writeNotebook(path, notebook);
  return path;
}

interface Runner {
  child: ChildProcess;
  /** What it printed, and its exit code. */
  ended: Promise<{ text: string; status: number | null }>;
}

/** Starts `convlens run`. @param shell what a shell does first */
function start(
  args: string[],
  { shell = '', env = {} }: { shell?: string; env?: NodeJS.ProcessEnv } = {},
): Runner {
  const command = [process.execPath, CLI, 'run', ...args];
  const options = { env: { ...process.env, ...env } };
  const child = shell
    ? spawn('sh', ['-c', `${shell}; exec "$@"`, 'sh', ...command], options)
    : spawn(command[0]!, command.slice(1), options);
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  const ended = new Promise<{ text: string; status: number | null }>((resolve) =>
    child.once('close', (status) => resolve({ text, status })),
  );
  return { child, ended };
}

const printed = (cell: Cell) =>
  (cell.outputs ?? []).map((output) => ('text' in output ? textOf(output.text) : '')).join('');

/** A small disk of its own, where root may mount one. */
function mounted(options: string): string | undefined {
  const place = join(folder, `mount-${mounts.length}`);
  mkdirSync(place);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).status !== 0) return undefined;
  mounts.push(place);
  return place;
}

suite('faults of a run', {
  'a run killed in any cell leaves a valid notebook with the finished cells, and no process': async () => {
    const told = join(folder, 'told');
    // Each cell says who runs it, then takes a while.
    const tell = `require('fs').appendFileSync(${JSON.stringify(told)}, process.pid + ' ' + process.ppid + '\\n');`;
    const path = notebookOf(
      ...[1, 2, 3, 4].map(
        (n) => `${tell} console.log('cell ${n}'); await new Promise((done) => setTimeout(done, 250));`,
      ),
    );
    const out = path.replace('.ipynb', '.out.ipynb');
    const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
    for (let cell = 1; cell <= 4; cell++) {
      rmSync(told, { force: true });
      rmSync(out, { force: true });
      const { child, ended } = start([path]);
      await until(() => lines().length >= cell, `cell ${cell} does not begin`);
      await wait(cell * 40);
      child.kill('SIGKILL');
      await ended;
      const pids = lines().at(-1)!.split(' ').map(Number);
      await until(() => !pids.some(alive), `kernel and engine of cell ${cell} live on`);
      if (cell === 1 && !existsSync(out)) continue;
      const kept = readNotebook(out);
      assert.is(kept.cells.length, 4);
      kept.cells.forEach((one, i) => {
        if (i < cell - 1) assert.is(printed(one), `cell ${i + 1}\n`);
        assert.is(one.source, readNotebook(path).cells[i]!.source);
      });
    }
    // What the killed ones left stands in nobody's way.
    assert.is((await start([path]).ended).status, 0);
    assert.equal(readNotebook(out).cells.map(printed), ['cell 1\n', 'cell 2\n', 'cell 3\n', 'cell 4\n']);
    assert.equal(
      readdirSync(folder).filter((name) => /lock|part/.test(name)),
      [],
    );
  },

  'two runs into one notebook: the second is refused, the first is not disturbed': async () => {
    const began = join(folder, 'began');
    const path = notebookOf(
      `require('fs').writeFileSync(${JSON.stringify(began)}, ''); await new Promise((done) => setTimeout(done, 1500)); 7`,
    );
    const first = start([path]);
    await until(() => existsSync(began), 'the first run does not begin');
    const second = await start([path]).ended;
    assert.is(second.status, 1);
    assert.match(
      second.text,
      new RegExp(
        `^Cannot write .*out\\.ipynb: process ${first.child.pid} is running a notebook into it\\. Wait for it, or choose another place with -o`,
      ),
    );
    const other = await start([path, '-o', join(folder, 'elsewhere.ipynb')]).ended;
    assert.is(other.status, 0);
    assert.is((await first.ended).status, 0);
    for (const name of [path.replace('.ipynb', '.out.ipynb'), join(folder, 'elsewhere.ipynb')]) {
      assert.is(readNotebook(name).cells[0]!.execution_count, 1);
    }
  },

  'a full disk keeps the previous file, is reported, and leaves no temporary file': async () => {
    const path = notebookOf('1', 'console.log("x".repeat(4_000_000))', '3');
    const disk = mounted('size=1m');
    const limited = join(folder, 'limited');
    mkdirSync(limited);
    // Where no disk can be mounted, the limit of a file's size stands for its end: 1 MB, in blocks of 512 bytes.
    const places = [
      ...(disk ? [{ place: disk, shell: '', words: /the disk is full/ }] : []),
      { place: limited, shell: 'ulimit -f 2048', words: /larger than a file may be/ },
    ];
    for (const { place, shell, words } of places) {
      const out = join(place, 'out.ipynb');
      const { text, status } = await start([path, '-o', out], { shell }).ended;
      assert.is(status, 1, text);
      assert.match(text, words);
      assert.match(text, /The run goes on\./);
      assert.match(text, /3\/3/);
      assert.equal(
        readNotebook(out).cells.map((cell) => cell.execution_count),
        [1, null, null],
      );
      assert.equal(readdirSync(place), ['out.ipynb']);
    }
  },

  'a read-only folder is reported before any cell runs': async () => {
    const ran = join(folder, 'ran');
    const path = notebookOf(`require('fs').writeFileSync(${JSON.stringify(ran)}, '')`);
    let place = join(folder, 'read-only');
    mkdirSync(place);
    chmodSync(place, 0o555);
    // No permission stops root; a disk that is read-only does, as /sys is in a container.
    if (process.getuid?.() === 0) place = mounted('ro') ?? '/sys';
    const { text, status } = await start([path, '-o', join(place, 'out.ipynb')]).ended;
    assert.is(status, 1);
    assert.match(
      text,
      /^Cannot write .*out\.ipynb: no file can be created in its folder .*Choose another place with -o/,
    );
    assert.not.ok(existsSync(ran), 'a cell ran');
    const page = spawnSync(process.execPath, [CLI, 'html', path, '-o', join(place, 'x.html')], {
      encoding: 'utf8',
    });
    assert.is(page.status, 1);
    assert.match(
      page.stderr,
      /^Cannot write .*x\.html: the folder .* cannot be written to\. Choose another place\./,
    );
  },

  'a jumping clock changes no duration and no timeout, in runner, kernel and engine': async () => {
    const jumping = join(folder, 'jumping.js');
    writeFileSync(
      jumping,
      `let hours = 0; const now = Date.now;
       globalThis.Date = class extends Date { constructor(...given) { given.length ? super(...given) : super(Date.now()); } };
       Date.now = () => now() - 3600e3 * hours++;`,
    );
    const path = notebookOf('await new Promise(() => {})');
    const env = { NODE_OPTIONS: `-r ${JSON.stringify(jumping)}` };
    const { text, status } = await start([path, '--timeout', '1'], { env }).ended;
    assert.is(status, 1, text);
    assert.match(text, /TimeoutError: the cell ran longer than 1 s/);
    assert.not.match(text, /-\d+(\.\d+)? s/);
    const [, seconds] = /1\/1 .* ([\d.]+) s/.exec(text)!;
    assert.ok(Number(seconds) >= 1, text);
  },
});
