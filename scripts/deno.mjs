import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, step } from './setup/step.mjs';

const VERSION = '2.9.6';
const folder = fileURLToPath(new URL(`../.venv/deno-${VERSION}`, import.meta.url));

/**
 * Deno as npm brings it, for tests only.
 *
 * @returns {Promise<string>} its path
 * @throws {Error} when npm cannot install it
 */
export async function ensureDeno() {
  const packages = join(folder, 'node_modules', '@deno');
  if (!existsSync(packages)) {
    mkdirSync(folder, { recursive: true });
    const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
    await step(`Deno ${VERSION}`, () => npm(['install', ...options, `deno@${VERSION}`]));
  }
  // npm installs the package of this machine's platform only.
  const [platform] = readdirSync(packages);
  return join(packages, platform, process.platform === 'win32' ? 'deno.exe' : 'deno');
}
