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
    require(own);
  } catch {
    // The cell that needs it gets the error.
    return;
  }
  const steps = [
    () => (require('../../tensorflow/backend') as typeof import('../../tensorflow/backend')).preload(),
    () => (require('../../keras/load') as typeof import('../../keras/load')).preload(),
    () => (require('../../../renderers/png/draw') as typeof import('../../../renderers/png/draw')).preload(),
    () => (require('../../pictures/decode') as typeof import('../../pictures/decode')).preload(),
  ];
  const next = () => {
    try {
      steps.shift()?.();
    } catch {
      // The cell that needs the module gets the error.
    }
    // A waiting cell goes first.
    if (steps.length) setImmediate(next);
  };
  const late = new Promise((resolve) => setTimeout(resolve, FIRST_MS).unref());
  void Promise.race([ran, late]).then(() => setImmediate(next));
}
