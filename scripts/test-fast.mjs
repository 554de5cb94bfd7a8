/**
 * The suites that need no kernel, no browser and no native TensorFlow, on wasm, to run while typing. test/fast.json
 * names them.
 */
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { fastSuites, runProcesses } from './run-tests.mjs';

process.env.CONVLENS_BACKEND = 'wasm';
// Node 22 and later start faster with V8's compile cache.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../dist/.compile-cache', import.meta.url));
const started = performance.now();
try {
  build();
  const processes = fastSuites();
  // Three on two cores: some suites wait for a thread or a process.
  const passed = await runProcesses(processes, { lanes: processes.length });
  console.log(`in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
