import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');
const fast = JSON.parse(readFileSync(join(ROOT, 'test', 'fast.json'), 'utf8')) as {
  runs: string[][];
  leavesOut: Record<string, string>;
};
const runs = fast.runs.flat();
const { leavesOut } = fast;
const suites = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map(
    (file) =>
      `test/${file
        .split(sep)
        .join('/')
        .replace(/\.test\.ts$/, '')}`,
  );
const covers = (name: string, one: string) => one === name || one.startsWith(`${name}/`);

suite('fast', {
  'every suite belongs to npm run test:fast, or test/fast.json says why not': () => {
    assert.ok(suites.length > 60);
    const names = [...runs, ...Object.keys(leavesOut)];
    assert.equal(
      suites.filter((one) => !names.some((name) => covers(name, one))),
      [],
    );
  },
  'every name in test/fast.json is a suite or a folder of suites': () => {
    const names = [...runs, ...Object.keys(leavesOut)];
    assert.equal(
      names.filter((name) => !suites.some((one) => covers(name, one))),
      [],
    );
  },
  'maps, figures, pictures and Keras are left out by single suites only': () => {
    for (const folder of ['test/maps', 'test/renderers', 'test/pictures', 'test/keras']) {
      assert.ok(runs.includes(folder), folder);
      assert.not.ok(
        Object.keys(leavesOut).some(
          (name) => suites.some((one) => one.startsWith(`${name}/`)) && covers(folder, name),
        ),
        folder,
      );
    }
  },
});
