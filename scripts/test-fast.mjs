/**
 * The suites that need no kernel, no browser and no native TensorFlow, on wasm, each folder in one process, to run
 * while typing. test/fast.json names them.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './build.mjs';
import { filesOf, runProcesses, suiteOf } from './run-tests.mjs';

const { runs, leavesOut } = JSON.parse(readFileSync(new URL('../test/fast.json', import.meta.url), 'utf8'));
process.env.CONVLENS_BACKEND = 'wasm';
// Node 22 and later start faster with V8's compile cache.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../dist/.compile-cache', import.meta.url));
const started = performance.now();
try {
  compile();
  const folders = runs.map((title) => ({
    title,
    files: filesOf(title).filter((file) => !Object.hasOwn(leavesOut, suiteOf(file))),
  }));
  // Single suites share a process: starting one takes longer than running most of them.
  const single = folders.filter(({ files }) => files.length === 1);
  const together = {
    title: single.map(({ title }) => title).join(' '),
    files: single.flatMap(({ files }) => files),
  };
  const passed = await runProcesses([...folders.filter(({ files }) => files.length > 1), together]);
  console.log(`in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
