import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { FigureError, NotebookError } from '../../src/errors';
import { writeWhole } from '../../src/files/whole-file';
import { suite } from '../suite';

const folder = mkdtempSync(join(tmpdir(), 'convlens-whole-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function refuses(path: string, words: RegExp): void {
  let error: unknown;
  try {
    writeWhole(path, 'new', NotebookError);
  } catch (thrown) {
    error = thrown;
  }
  assert.instance(error, NotebookError);
  assert.ok((error as Error).message.startsWith(`Cannot write ${path}: `));
  assert.match((error as Error).message, words);
}

suite('writing a file whole', {
  'replaces the old content, keeps its permissions, and leaves no other file': () => {
    const path = join(folder, 'a');
    writeWhole(path, 'old', FigureError);
    chmodSync(path, 0o640);
    writeWhole(path, Buffer.from('new'), FigureError);
    assert.is(readFileSync(path, 'utf8'), 'new');
    assert.is(statSync(path).mode & 0o777, 0o640);
    assert.equal(readdirSync(folder), ['a']);
    rmSync(path);
  },
  'a link is followed, even if its target does not exist yet': () => {
    mkdirSync(join(folder, 'there'));
    symlinkSync(join('there', 'b'), join(folder, 'link'));
    for (const content of ['first', 'second']) {
      writeWhole(join(folder, 'link'), content, FigureError);
      assert.is(readFileSync(join(folder, 'there', 'b'), 'utf8'), content);
      assert.is(readlinkSync(join(folder, 'link')), join('there', 'b'));
    }
    assert.equal(readdirSync(join(folder, 'there')), ['b']);
  },
  'a missing folder, a folder of that name and a full disk are refused; the old file stays': () => {
    refuses(join(folder, 'none', 'x'), /there is no folder .*none\. Make it first\.$/);
    refuses(join(folder, 'there'), /it is a folder/);
    if (existsSync('/dev/full')) refuses('/dev/full', /the disk is full/);
  },
  'a file without write permission is not replaced': () => {
    const path = join(folder, 'protected');
    writeFileSync(path, 'old', { mode: 0o444 });
    // Nothing is protected against root.
    if (process.getuid?.() === 0) writeWhole(path, 'new', NotebookError);
    else refuses(path, /protected against writing/);
    assert.is(readFileSync(path, 'utf8'), process.getuid?.() === 0 ? 'new' : 'old');
  },
  'a process killed while it writes leaves the old or the new file, never a mixture': async () => {
    const path = join(folder, 'killed');
    const module = JSON.stringify(join(__dirname, '..', '..', 'src', 'files', 'whole-file.js'));
    const code = `const { writeWhole } = require(${module});
      for (let i = 0; ; i++) writeWhole(${JSON.stringify(path)}, (i % 2 ? 'a' : 'b').repeat(3e6), Error);`;
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      while (!size()) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 150 + 7 * round));
      child.kill('SIGKILL');
      await ended;
      const text = readFileSync(path, 'utf8');
      assert.is(text.length, 3e6);
      assert.ok(text === text[0]!.repeat(3e6), 'it is half the one and half the other');
    }
  },
});
