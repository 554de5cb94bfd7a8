import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as api from '../../src/index';
import { suite } from '../suite';

const cli = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '..', '..', 'src', 'cli', 'main.js'), ...args], {
    encoding: 'utf8',
  });

suite('command line', {
  'doctor finds everything on a machine that is set up': () => {
    const { status, stdout } = cli('doctor', '--json');
    assert.is(status, 0, stdout);
    const found = Object.fromEntries(
      JSON.parse(stdout).map((f: { what: string; found: string }) => [f.what, f.found]),
    );
    assert.is(found['drawing (canvas)'], 'works');
    assert.match(found.TensorFlow, /^(native|wasm)/);
    assert.match(found['kernel convlens'], 'main.js');
  },
  'help exits with 0, wrong usage with 2, a failure with 1 and its reason': () => {
    assert.is(cli('--help').status, 0);
    assert.is(cli('run').status, 2);
    assert.is(cli('run', 'x.ipynb', '--backend', 'gpu').status, 2);
    const missing = cli('html', 'nowhere.ipynb');
    assert.is(missing.status, 1);
    assert.match(missing.stderr, 'nowhere.ipynb');
  },
  'the README lists exactly what a cell can import': () => {
    const readme = readFileSync(join(__dirname, '..', '..', '..', 'README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name);
    assert.equal(listed.sort(), Object.keys(api).sort());
  },
});
