/**
 * `npm run test:jupyter`: the kernel and the runner under Python's Jupyter, in the tools around it, and an atlas's tables
 * in pandas and DuckDB, each in a virtual environment of its own.
 */
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { run } from './setup/step.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const venv = fileURLToPath(new URL('venv.mjs', import.meta.url));
const pipelines = ['pipelines', 'test/jupyter/pipelines.txt'];
const tables = ['tables', 'test/jupyter/tables.txt'];

try {
  await setup();
  await build();
  // The environments are made at the same time.
  const making = Promise.all([pipelines, tables].map((one) => run(process.execPath, [venv, ...one])));
  // Its error is shown below, after the first environment.
  making.catch(() => {});
  process.env.CONVLENS_VENV = ensureVenv('jupyter', 'test/jupyter/requirements.txt');
  await making;
  process.env.CONVLENS_PIPELINES = ensureVenv(...pipelines);
  process.env.CONVLENS_TABLES = ensureVenv(...tables);
  process.exitCode = (await runTests(['test/jupyter'])) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
