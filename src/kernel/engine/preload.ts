import { createRequire } from 'node:module';
import { join } from 'node:path';
import { keepCompiled } from '../compile-cache';
import { Pause } from '../pause';

/** Milliseconds after which a client that runs cell after cell would have asked again. */
const IDLE_MS = 200;

/**
 * Loads the modules that a cell which imports this package will need: first the package, then what its functions load
 * when they are called. It waits for pauses, since a cell has to wait for what loads. In a folder that has another
 * convlens nothing is loaded; `CONVLENS_PRELOAD=0` turns it off.
 */
export class Preload {
  private readonly package = wanted() ? [...PACKAGE] : [];
  private readonly functions = this.package.length > 0 ? [...FUNCTIONS] : [];
  private done = false;
  private readonly pause = new Pause(IDLE_MS, () => this.next());

  /** Answers a question, during which nothing is loaded. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.pause.during(work);
  }

  /** Loads what is next if nothing is asked for a while. */
  wait(): void {
    this.pause.wait();
  }

  private next() {
    if (this.done) return;
    const steps = this.package.length > 0 ? this.package : this.functions;
    if (steps.length > 0) {
      take(steps);
      this.pause.wait();
    } else {
      keepCompiled();
      this.done = true;
    }
  }

  /** Loads the package once this turn is over: a cell that imports it is being checked in another process. */
  now(): void {
    setImmediate(() => {
      while (this.package.length > 0) take(this.package);
    });
  }
}

function wanted(): boolean {
  if (process.env['CONVLENS_PRELOAD'] === '0') return false;
  try {
    return createRequire(join(process.cwd(), 'cell.js')).resolve('convlens') === OWN;
  } catch {
    return false;
  }
}

function take(steps: (() => unknown)[]): void {
  try {
    steps.shift()!();
  } catch {
    // The cell that needs the module gets the error.
  }
}

const OWN = require.resolve('../../index');

/** In parts, since a cell can only run between two of them. */
const PACKAGE: readonly (() => unknown)[] = [() => require('../../keras/load'), () => require(OWN)];

const FUNCTIONS: readonly (() => unknown)[] = [
  () => (require('../../tensorflow/backend') as typeof import('../../tensorflow/backend')).preload(),
  () => (require('../../keras/load') as typeof import('../../keras/load')).preload(),
  () => (require('../../../renderers/png/draw') as typeof import('../../../renderers/png/draw')).preload(),
  () => (require('../../pictures/decode') as typeof import('../../pictures/decode')).preload(),
];
