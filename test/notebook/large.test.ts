import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Cell, readNotebook, writeNotebook } from '../../src/notebook/nbformat';
import { suite } from '../suite';

const CLI = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'convlens-large-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; gives its exit code and the most memory it held, in bytes (0 where nobody says so). */
async function measured(args: string[]): Promise<{ status: number | null; most: number }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
  let most = 0;
  const look = setInterval(() => {
    try {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))!;
      most = 1024 * Number(kilobytes);
    } catch {}
  }, 20);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(look);
  return { status, most };
}

suite('large notebooks', {
  'a notebook of 200 MB runs and becomes a page within 2 GB of memory': async () => {
    const path = join(folder, 'large.ipynb');
    const cell = (source: string, rest: Partial<Cell> = {}): Cell => ({
      cell_type: 'code',
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
      ...rest,
    });
    const picture = (): Cell => {
      const data = { 'image/png': randomBytes(7_500_000).toString('base64') };
      const outputs: Cell['outputs'] = [{ output_type: 'display_data', data, metadata: {} }];
      return cell('1', { metadata: { tags: ['skip-execution'] }, outputs });
    };
    const cells = [...Array.from({ length: 20 }, picture), cell('6 * 7')];
    const metadata = { kernelspec: { name: 'convlens' } };
    writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata, cells });
    assert.ok(statSync(path).size > 200e6);
    const out = join(folder, 'out.ipynb');
    const page = join(folder, 'page.html');
    const { status, most } = await measured(['run', path, '-o', out, '--html', page]);
    assert.is(status, 0);
    assert.ok(most < 2e9, `${most / 1e6} MB`);
    assert.ok(statSync(out).size > 200e6 && statSync(page).size > 200e6);
    const kept = readNotebook(out).cells;
    const outputs = (all: Cell[]) => JSON.stringify(all.slice(0, 20).map((one) => one.outputs));
    assert.ok(outputs(kept) === outputs(cells), 'the pictures are others');
    assert.is(kept[20]!.execution_count, 1);
  },
  'a larger one is refused with advice, before memory is allocated': () => {
    const path = join(folder, 'larger.ipynb');
    writeFileSync(path, '');
    truncateSync(path, 600e6);
    assert.throws(
      () => readNotebook(path),
      (error: Error) =>
        error.name === 'NotebookError' && /it takes 600 MB.*limit of 256 MB.*Clear/.test(error.message),
    );
  },
});
