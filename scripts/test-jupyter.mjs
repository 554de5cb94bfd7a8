/**
 * `npm run test:jupyter`: the kernel and the runner under Python's Jupyter, and in the tools around it, each in a virtual
 * environment of its own.
 */
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { run } from './setup/step.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const venv = fileURLToPath(new URL('venv.mjs', import.meta.url));
const pipelines = ['pipelines', 'test/jupyter/pipelines.txt'];

try {
  await setup();
  await build();
  // The two environments are made at the same time.
  const making = run(process.execPath, [venv, ...pipelines]);
  // Its error is shown below, after the first environment.
  making.catch(() => {});
  process.env.CONVLENS_VENV = ensureVenv('jupyter', 'test/jupyter/requirements.txt');
  await making;
  process.env.CONVLENS_PIPELINES = ensureVenv(...pipelines);
  process.exitCode = (await runTests(['test/jupyter'])) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
