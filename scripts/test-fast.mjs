/**
 * The suites that need no kernel, no browser and no native TensorFlow, on wasm, each folder in one process, to run
 * while typing. test/fast.json names them.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { filesOf, runProcesses, suiteOf } from './run-tests.mjs';

const { runs, leavesOut } = JSON.parse(readFileSync(new URL('../test/fast.json', import.meta.url), 'utf8'));
/** Whether a suite runs with this folder: it is not left out, nor in a folder below that runs by itself. */
const isRun = (suite, folder) =>
  !Object.hasOwn(leavesOut, suite) &&
  !runs.some((other) => other.startsWith(`${folder}/`) && suite.startsWith(`${other}/`));
process.env.CONVLENS_BACKEND = 'wasm';
// Node 22 and later start faster with V8's compile cache.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../dist/.compile-cache', import.meta.url));
const started = performance.now();
try {
  build();
  const folders = runs.map((title) => ({
    title,
    files: filesOf(title).filter((file) => isRun(suiteOf(file), title)),
  }));
  // Single suites share a process: starting one takes longer than running most of them.
  const single = folders.filter(({ files }) => files.length === 1);
  const together = {
    title: single.map(({ title }) => title).join(' '),
    files: single.flatMap(({ files }) => files),
  };
  // Three on two cores: some suites wait for a worker.
  const passed = await runProcesses([...folders.filter(({ files }) => files.length > 1), together], {
    lanes: 3,
  });
  console.log(`in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
