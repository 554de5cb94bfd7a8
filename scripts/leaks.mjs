/**
 * Uses one kernel for a long time and checks that its memory does not grow (test/leaks/leaks.ts).
 *
 * usage: npm run test:leaks -- [--runs 1000] [--loads 200] [--garbage]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

try {
  await setup();
  await build();
  const script = fileURLToPath(new URL('../dist/test/leaks/leaks.js', import.meta.url));
  process.exitCode =
    spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
