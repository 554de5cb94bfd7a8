/**
 * Sets up what `npm ci` alone does not: canvas, TensorFlow, and the link by which cells import convlens. Plain Node,
 * since it runs before anything is installed; finished steps are skipped.
 *
 * usage: node scripts/setup.mjs [--backend native|wasm] [--force]
 */
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installCanvas } from './setup/canvas.mjs';
import { installPackages, linkSelf, root } from './setup/packages.mjs';
import { installTensorFlow } from './setup/tensorflow.mjs';

/**
 * @param {{ backend?: string, force?: boolean }} options `backend: 'wasm'` leaves native TensorFlow out
 * @throws {Error} when something without a fallback cannot be installed; the message says what to do
 */
export async function setup({ backend, force = false } = {}) {
  mayWrite();
  await installPackages();
  linkSelf();
  await installCanvas();
  if (backend !== 'wasm' && backend !== 'cpu') await installTensorFlow(force);
}

/** What is set up lies beside the package. */
function mayWrite() {
  try {
    accessSync(root, constants.W_OK);
  } catch {
    throw new Error(
      `Cannot set up convlens: this user may not write to ${root}. Run convlens setup as the user who installed it.`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { backend: { type: 'string' }, force: { type: 'boolean' } } });
  try {
    await setup(values);
    console.log('set up: run `npm run tutorial`');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
