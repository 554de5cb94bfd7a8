/**
 * `npm run test:jupyter`: the kernel and the runner under Python's Jupyter, in the tools around it, and an atlas's tables
 * in pandas and DuckDB, each in a virtual environment of its own.
 */
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { setup } from './setup.mjs';
import { makeVenv } from './venv.mjs';

/** Makes the environments at the same time, and tells the suites by the environment. */
export async function prepareJupyter() {
  const [jupyter, pipelines, tables] = await Promise.all([
    makeVenv('jupyter', 'test/jupyter/requirements.txt'),
    makeVenv('pipelines', 'test/jupyter/pipelines.txt'),
    makeVenv('tables', 'test/jupyter/tables.txt'),
  ]);
  process.env.CONVLENS_VENV = jupyter;
  process.env.CONVLENS_PIPELINES = pipelines;
  process.env.CONVLENS_TABLES = tables;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup();
    await build();
    await prepareJupyter();
    process.exitCode = (await runTests(['test/jupyter'])) ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
