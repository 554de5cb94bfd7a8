import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { debian, step } from './setup/step.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const WHICH = process.platform === 'win32' ? 'where' : 'which';

function installed() {
  const { CONVLENS_CHROMIUM: own } = process.env;
  if (own) {
    if (!existsSync(own))
      throw new Error(`Cannot find the browser: CONVLENS_CHROMIUM is ${own}, which is not a file.`);
    return own;
  }
  for (const name of PROGRAMS) {
    const { stdout, status } = spawnSync(WHICH, [name], { encoding: 'utf8' });
    if (status === 0) return stdout.trim().split(/\r?\n/)[0];
  }
  return undefined;
}

/**
 * A Chromium to test with: `CONVLENS_CHROMIUM`, else one on the PATH, else Debian's.
 *
 * @returns {Promise<string>} its path
 * @throws {Error} with the command that installs it, without permission to install it
 */
export async function findChromium() {
  const found = installed();
  if (found) return found;
  await step('chromium', () => debian(['chromium']));
  const now = installed();
  if (!now) throw new Error('Cannot find the browser: chromium was installed and is not on the PATH.');
  return now;
}
