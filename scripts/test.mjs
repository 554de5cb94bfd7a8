/**
 * All tests in one command: sets up, builds, checks format and lint, runs the suites, lists the failures again, and ends
 * with `N passed, N failed`; lint counts as one. With names (`npm test -- test/maps/grid`) only those suites.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  await setup();
  await build();
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const lint = spawnSync(process.execPath, [biome, 'check', '--error-on-warnings'], {
    cwd: root,
    stdio: 'inherit',
  });
  const before =
    lint.status === 0 ? [] : ['format or lint: see the top (npm run format corrects most of it)'];
  const names = process.argv.slice(2);
  process.exitCode = (await runTests(names.length ? names : ['test'], { before })) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
