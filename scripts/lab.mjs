/**
 * `npm run lab`: opens JupyterLab on notebooks/ with the convlens kernel, and changes nothing outside of this folder.
 * Uses the installed JupyterLab, else one of its own below .venv. Further arguments are passed on to JupyterLab.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function jupyter() {
  const installed = spawnSync('jupyter', ['lab', '--version'], { encoding: 'utf8' });
  if (installed.status === 0 && Number.parseInt(installed.stdout, 10) >= 4) return 'jupyter';
  return join(ensureVenv('jupyter', 'test/jupyter/requirements.txt'), 'jupyter');
}

try {
  await setup();
  await build();
  const { installKernel } = createRequire(import.meta.url)('../dist/src/kernel/install.js');
  const prefix = join(root, '.venv', 'kernel');
  installKernel({ prefix });
  const paths = [join(prefix, 'share', 'jupyter'), process.env.JUPYTER_PATH].filter(Boolean);
  const lab = spawn(jupyter(), ['lab', ...process.argv.slice(2), join(root, 'notebooks')], {
    stdio: 'inherit',
    env: { ...process.env, JUPYTER_PATH: paths.join(delimiter) },
  });
  lab.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
  // Ctrl-C reaches JupyterLab too, which asks for confirmation; this process waits until it ends.
  process.on('SIGINT', () => {});
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
