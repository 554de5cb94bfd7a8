/**
 * Runs the notebooks of notebooks/ and keeps their outputs, which GitHub shows. Run it after a change of a figure or a
 * text. A test compares the kept outputs with a fresh run.
 *
 * usage: npm run notebooks -- [NAME ...]
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const folder = fileURLToPath(new URL('../notebooks', import.meta.url));

try {
  await setup();
  await build();
  const { runCommand } = createRequire(import.meta.url)('../dist/src/cli/run.js');
  const names = process.argv.slice(2);
  const files = names.length ? names : readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  for (const file of files) {
    const path = join(folder, file);
    const code = await runCommand(path, { out: path, kernel: 'convlens' });
    if (code !== 0) process.exitCode = code;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
