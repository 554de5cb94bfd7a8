import * as uvu from 'uvu';

/** The test that runs, so that one that never ends has a name when the runner loses patience. */
let running = '';
process.once('SIGTERM', () => {
  console.log(`\n   FAIL  ${running}: no end`);
  process.exit(1);
});

/**
 * Declares a suite and runs it: uvu skips a suite without `.run()` in silence, so no test file
 * calls uvu itself.
 *
 * @param name printed before the suite's results
 * @param tests each test under a sentence that says what holds
 */
export function suite(name: string, tests: Record<string, () => void | Promise<void>>): void {
  // Where files share a process, scripts/run-tests.mjs says which one this is.
  const { suiteFile } = globalThis as { suiteFile?: string };
  const full = suiteFile ? `${suiteFile}: ${name}` : name;
  const declared = uvu.suite(full);
  for (const [title, test] of Object.entries(tests)) {
    declared(title, () => {
      running = `${full}  "${title}"`;
      return test();
    });
  }
  declared.run();
}
