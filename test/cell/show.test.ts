import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../suite';

suite('figures outside of a notebook', {
  'are told as text, and once how to save them': () => {
    const index = join(__dirname, '..', '..', 'src', 'index.js');
    const program = `const { matshow } = require(${JSON.stringify(index)}); matshow([[0, 1]], { title: 'first' }); matshow([[2, 3]], { title: 'second' });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    assert.is(stderr, '');
    const [first = '', hint = '', second = '', ...rest] = stdout.trimEnd().split('\n');
    assert.match(first, 'first; 1 × 2; 0 to 1');
    assert.match(hint, "await matshowFigure(…).save('figure.png')");
    assert.match(second, 'second; 1 × 2; 2 to 3');
    assert.equal(rest, []);
  },
});
