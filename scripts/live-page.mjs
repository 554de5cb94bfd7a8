/**
 * Writes docs/live.html: the tutorial as a page whose cells run. It has 2.7 MB, so it is not in git. `npm run live`
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await setup();
await build();
const program = join(root, 'dist', 'src', 'cli', 'main.js');
const notebook = join('notebooks', 'tutorial.ipynb');
const out = join('docs', 'live.html');
const { status } = spawnSync(process.execPath, [program, 'html', notebook, '--live', '-o', out], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
