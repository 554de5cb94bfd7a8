import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Milliseconds that a first cell may come within. */
const FIRST_MS = 500;

/**
 * Loads the modules that a cell which imports this package will need: first the package, then, after the first cell,
 * what its functions load when they are called; that would make the first cell wait. In a folder that has another
 * convlens nothing is loaded; `CONVLENS_PRELOAD=0` turns it off.
 *
 * @param ran resolves when a cell has run
 */
export function preload(ran: Promise<void>): void {
  if (process.env['CONVLENS_PRELOAD'] === '0') return;
  const own = require.resolve('../../index');
  try {
    if (createRequire(join(process.cwd(), 'cell.js')).resolve('convlens') !== own) return;
  } catch {
    return;
  }
  const late = new Promise<void>((resolve) => setTimeout(resolve, FIRST_MS).unref());
  // The package in parts, since a cell can only run between two of them.
  const parts = ['../../keras/load', own];
  void inSteps(parts.map((part) => () => require(part)))
    .then(() => Promise.race([ran, late]))
    .then(() =>
      inSteps([
        () => (require('../../tensorflow/backend') as typeof import('../../tensorflow/backend')).preload(),
        () => (require('../../keras/load') as typeof import('../../keras/load')).preload(),
        () =>
          (require('../../../renderers/png/draw') as typeof import('../../../renderers/png/draw')).preload(),
        () => (require('../../pictures/decode') as typeof import('../../pictures/decode')).preload(),
      ]),
    );
}

/** Takes steps one after the other; a waiting cell goes first. */
async function inSteps(steps: (() => unknown)[]): Promise<void> {
  for (const step of steps) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      step();
    } catch {
      // The cell that needs the module gets the error.
    }
  }
}
