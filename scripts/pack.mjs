import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { npm, step } from './setup/step.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Sets up, builds and packs the package.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} the tarball's path
 */
export async function pack(folder) {
  await setup();
  await build();
  await step('packing', () => npm(['pack', '--pack-destination', folder], { cwd: root }));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(folder, `convlens-${version}.tgz`);
}
