import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { closedToOthers } from '../../src/tensorflow/library';
import { suite } from '../suite';

const DIST = join(__dirname, '..', '..', 'src');
/** A user who has no name here, as in a container of its own kind, and owns nothing. */
const OTHER = { uid: 54_321, gid: 54_321 };
const CELL = `import { loadModel, matshowFigure } from 'convlens';
import * as tf from '@tensorflow/tfjs-core';
const { ready } = require(${JSON.stringify(join(DIST, 'tensorflow', 'backend.js'))});
console.log((await ready()).name, tf.add(2, 3).dataSync()[0], matshowFigure([[0, 1]]).png.length > 100);`;

/** Whether another user can reach this checkout at all: below /root none can. */
const reachable = process.getuid?.() === 0 && closedToOthers(join(DIST, 'index.js')) === undefined;

function asOther(home: string, args: string[]) {
  const env = { PATH: process.env['PATH'], HOME: home };
  return spawnSync(process.execPath, args, { ...OTHER, env, cwd: home, encoding: 'utf8', timeout: 120_000 });
}

function inHome(test: (home: string) => void): void {
  const home = mkdtempSync(join(tmpdir(), 'convlens-user-'));
  chownSync(home, OTHER.uid, OTHER.gid);
  try {
    test(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}

suite('a second user', {
  ...(reachable && {
    'runs a notebook of an empty folder with what root has installed, natively where root does': () =>
      inHome((home) => {
        const cell = {
          id: 'a',
          cell_type: 'code',
          metadata: {},
          source: CELL,
          outputs: [],
          execution_count: null,
        };
        const notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] };
        writeFileSync(join(home, 'in.ipynb'), JSON.stringify(notebook));
        const ran = asOther(home, [join(DIST, 'cli', 'main.js'), 'run', 'in.ipynb', '-o', 'out.ipynb']);
        assert.is(ran.status, 0, ran.stdout + ran.stderr);
        const out = JSON.parse(readFileSync(join(home, 'out.ipynb'), 'utf8'));
        const tfjs = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
        const native = readFileSync(join(tfjs, '.convlens-native'), 'utf8') === 'ready';
        assert.equal(out.cells[0].outputs.at(-1).text, [`${native ? 'native' : 'wasm'} 5 true\n`]);
        assert.is(out.metadata.kernelspec.display_name, 'TypeScript (convlens)');
      }),

    'is told that permission is the cause when a library lies in the folder of another user': () =>
      inHome((home) => {
        const closed = join(home, 'cache');
        mkdirSync(closed);
        writeFileSync(join(closed, 'libtensorflow.so.2'), '');
        symlinkSync(join(closed, 'libtensorflow.so.2'), join(home, 'link'));
        const code = 'console.log(require(process.argv[1]).unreadable(process.argv[2]))';
        const look = () =>
          asOther(home, ['-e', code, join(DIST, 'tensorflow', 'library.js'), join(home, 'link')]);
        assert.is(look().stdout, 'undefined\n');
        chmodSync(closed, 0o700);
        assert.is(look().stdout, `${join(closed, 'libtensorflow.so.2')}\n`);
        assert.is(closedToOthers(join(home, 'link')), closed);
      }),
  }),

  "doctor's search finds a folder that other users cannot read": () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-closed-'));
    writeFileSync(join(folder, 'file'), '');
    assert.is(closedToOthers(join(folder, 'file')), folder);
    chmodSync(folder, 0o755);
    assert.is(closedToOthers(join(folder, 'file')), undefined);
    chmodSync(join(folder, 'file'), 0o600);
    assert.is(closedToOthers(join(folder, 'file')), join(folder, 'file'));
    rmSync(folder, { recursive: true });
  },
});
