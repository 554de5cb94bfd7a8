import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './packages.mjs';
import { step } from './step.mjs';

/**
 * Keeps a V8 snapshot of the started type checker, so that the kernel starts a second sooner. Everything works without
 * it: a failure is reported once, and tried again only with `--force`.
 *
 * @param {boolean} force try again what failed before
 */
export async function keepChecker(force) {
  const { buildSnapshot, snapshotFile } = createRequire(import.meta.url)(
    join(root, 'dist', 'src', 'kernel', 'checker', 'snapshot.js'),
  );
  const file = snapshotFile();
  const failed = `${file}.failed`;
  if (existsSync(file)) return;
  if (existsSync(failed) && !force) {
    console.log(readFileSync(failed, 'utf8'));
    return;
  }
  try {
    await step('type checker of the kernel', buildSnapshot);
  } catch (error) {
    const line = `The kernel will start a second later than it could: ${error.message.trim().split('\n').at(-1)}`;
    console.log(line);
    mkdirSync(dirname(failed), { recursive: true });
    writeFileSync(failed, line);
  }
}
