/**
 * The suites that need no kernel, no browser and no native TensorFlow, on wasm, to run while typing. test/fast.json
 * names them: each list of `runs` shares one process, and the lists take about the same time. There are few processes,
 * since each loads TensorFlow.js or Vega and has V8 compile it anew.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { filesOf, runProcesses, suiteOf } from './run-tests.mjs';

const { runs, leavesOut } = JSON.parse(readFileSync(new URL('../test/fast.json', import.meta.url), 'utf8'));
const names = runs.flat();
/** Whether a suite runs by this name: it is not left out, and no longer name of the list covers it. */
const isRun = (suite, name) =>
  !Object.hasOwn(leavesOut, suite) &&
  !names.some((other) => other.length > name.length && `${suite}/`.startsWith(`${other}/`));
process.env.CONVLENS_BACKEND = 'wasm';
// Node 22 and later start faster with V8's compile cache.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../dist/.compile-cache', import.meta.url));
const started = performance.now();
try {
  build();
  const processes = runs.map((group) => ({
    title: group.join(' '),
    files: group.flatMap((name) => filesOf(name).filter((file) => isRun(suiteOf(file), name))),
  }));
  // Three on two cores: some suites wait for a thread or a process.
  const passed = await runProcesses(processes, { lanes: processes.length });
  console.log(`in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
