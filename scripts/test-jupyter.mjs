/** `npm run test:jupyter`: the kernel and the runner under Python's Jupyter, in a virtual environment of their own. */
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

try {
  await setup();
  await build();
  process.env.CONVLENS_VENV = ensureVenv('jupyter', 'test/jupyter/requirements.txt');
  process.env.CONVLENS_PIPELINES = ensureVenv('pipelines', 'test/jupyter/pipelines.txt');
  process.exitCode = (await runTests(['test/jupyter'], { serial: true })) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
