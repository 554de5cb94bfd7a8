import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { suite } from '../suite';

suite('the reference', {
  'docs/api.md is up to date, and every comment is complete': () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/reference.mjs', '--check'], {
      encoding: 'utf8',
    });
    assert.is(status, 0, stdout + stderr);
  },
});
