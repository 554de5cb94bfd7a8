import * as uvu from 'uvu';

/**
 * Declares a suite and runs it: uvu skips a suite without `.run()` in silence, so no test file
 * calls uvu itself.
 *
 * @param name printed before the suite's results
 * @param tests each test under a sentence that says what holds
 */
export function suite(name: string, tests: Record<string, () => void | Promise<void>>): void {
  const declared = uvu.suite(name);
  for (const [title, test] of Object.entries(tests)) declared(title, test);
  declared.run();
}
