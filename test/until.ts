import * as assert from 'uvu/assert';

/** Far more than the slowest machine needs: no test may fail because others use the machine. In ms. */
export const PATIENCE = 120_000;

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Waits until something holds.
 *
 * @param holds is asked again and again
 * @param what the message when it never holds
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = `this never held: ${holds}`,
): Promise<void> {
  for (const end = performance.now() + PATIENCE; !(await holds()); await wait(10))
    assert.ok(performance.now() < end, what);
}
