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

  /** Loads the package until the next question: this process waits while another one checks the cell. */
  meanwhile(): void {
    setImmediate(() => {
      if (this.pause.busy) return;
      if (this.package.length === 0) return this.pause.wait();
      take(this.package);
      this.meanwhile();
    });
  }

  private next() {
    if (this.done) return;
    if (this.package.length > 0) return this.meanwhile();
    if (this.functions.length > 0) {
      take(this.functions);
      this.pause.wait();
    } else {
      keepCompiled();
      this.done = true;
    }
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

/** In parts, since a cell can only run between two of them: first what importing the package needs, then the layers. */
const PACKAGE: readonly (() => unknown)[] = [
  () => require('../../tensorflow/backend'),
  () => require('../../pictures/load'),
  () => require('../../../renderers/node'),
  () => require('../../atlas/figures'),
  () => require('../../explain/filter-patterns'),
  () => require('../../everywhere'),
  () => require('../../cell/faces'),
  () => require(OWN),
  () => require('../../keras/file/hdf5/reader'),
  () => require('../../keras/operations/operation'),
  () => require('../../keras/layers/registry'),
  () => require('../../keras/build/model'),
  () => require('../../keras/load'),
];

const FUNCTIONS: readonly (() => unknown)[] = [
  () => (require('../../tensorflow/backend') as typeof import('../../tensorflow/backend')).preload(),
  () => (require('../../keras/load') as typeof import('../../keras/load')).preload(),
  () => (require('../../../renderers/png/draw') as typeof import('../../../renderers/png/draw')).preload(),
  () => (require('../../pictures/decode') as typeof import('../../pictures/decode')).preload(),
];
