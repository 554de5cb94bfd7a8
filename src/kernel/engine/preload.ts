import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads the modules that a cell which imports this package will need, while the type checker starts in parallel. That
 * saves the first cell a second. In a folder that has another convlens nothing is loaded;
 * `CONVLENS_PRELOAD=0` turns it off.
 */
export function preload(): void {
  if (process.env['CONVLENS_PRELOAD'] === '0') return;
  const own = require.resolve('../../index');
  try {
    if (createRequire(join(process.cwd(), 'cell.js')).resolve('convlens') !== own) return;
  } catch {
    return;
  }
  const steps = [
    () => require(own),
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
  next();
}
