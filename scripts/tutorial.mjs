/**
 * The tutorial in one command: sets up, builds, runs notebooks/tutorial.ipynb in the real kernel and
 * writes out/tutorial.ipynb and out/tutorial.html.
 *
 * usage: npm run tutorial -- [--backend native|wasm|cpu] [--kernel NAME] [--set name=value]
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const { values } = parseArgs({
    options: {
      backend: { type: 'string' },
      kernel: { type: 'string', default: 'convlens' },
      set: { type: 'string', multiple: true },
    },
  });
  await setup(values);
  await build();
  const { runCommand } = createRequire(import.meta.url)('../dist/src/cli/run.js');
  process.exitCode = await runCommand(join(root, 'notebooks', 'tutorial.ipynb'), {
    out: join(root, 'out', 'tutorial.ipynb'),
    html: join(root, 'out', 'tutorial.html'),
    ...values,
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
