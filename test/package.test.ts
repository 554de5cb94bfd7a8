import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');

suite('the package', {
  'holds what runs and the tutorial, no test and no test data, and stays small': () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const [{ size, files }] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    for (const needed of [
      'dist/src/index.js',
      'dist/src/index.d.ts',
      'dist/src/cli/main.js',
      'scripts/setup.mjs',
      'LICENSE',
    ]) {
      assert.ok(paths.includes(needed), needed);
    }
    assert.equal(
      paths.filter((path) => /(^|\/)(test|fixtures|out|\.venv|\.nodes)\//.test(path)),
      [],
    );
    assert.ok(size < 2_500_000, `${size} bytes`);
    const said = /`npm pack` makes ([\d.]+) MB/.exec(
      readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8'),
    )?.[1];
    assert.ok(
      Math.abs(size / 1e6 - Number(said)) < 0.1,
      `${size} bytes; docs/dependencies.md says ${said} MB`,
    );
  },
  'loads with an import neither TensorFlow, Vega, canvas and sharp nor what reads models, and with a model all it needs':
    () => {
      const loaded = 'Object.keys(require.cache)';
      const code = `
        const { loadModel } = require('convlens');
        const imported = ${loaded};
        loadModel('notebooks/dogcat_v1.h5').then(() => console.log(JSON.stringify([imported, ${loaded}])));`;
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, CONVLENS_BACKEND: 'cpu' },
      });
      assert.ok(stdout, stderr);
      const [imported, all] = (JSON.parse(stdout) as string[][]).map((files) =>
        files.map((file) => file.replaceAll('\\', '/')),
      ) as [string[], string[]];
      const reader = (file: string) => /\/dist\/src\/keras\/(load|build\/assemble)\.js$/.test(file);
      const packages = (file: string) => /\/node_modules\/(@tensorflow|vega|canvas|sharp|@img)/.test(file);
      assert.equal(imported.filter(reader), []);
      assert.equal(imported.filter(packages), []);
      assert.is(all.filter(reader).length, 2);
      assert.ok(all.some(packages));
    },
});
