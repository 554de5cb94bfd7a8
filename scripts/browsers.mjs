import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { debian, step } from './setup/step.mjs';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FIREFOX = ['firefox-esr', 'firefox'];

const WHICH = process.platform === 'win32' ? 'where' : 'which';

/**
 * @param {string} variable of the environment that may name the program
 * @param {string[]} names of the program on the PATH
 */
function installed(variable, names) {
  const own = process.env[variable];
  if (own) {
    if (!existsSync(own))
      throw new Error(`Cannot find the browser: ${variable} is ${own}, which is not a file.`);
    return own;
  }
  for (const name of names) {
    const { stdout, status } = spawnSync(WHICH, [name], { encoding: 'utf8' });
    if (status === 0) return stdout.trim().split(/\r?\n/)[0];
  }
  return undefined;
}

async function find(variable, names) {
  const found = installed(variable, names);
  if (found) return found;
  await step(names[0], () => debian([names[0]]));
  const now = installed(variable, names);
  if (!now) throw new Error(`Cannot find the browser: ${names[0]} was installed and is not on the PATH.`);
  return now;
}

/**
 * A Chromium to test with: `CONVLENS_CHROMIUM`, else one on the PATH, else Debian's.
 *
 * @returns {Promise<string>} its path
 * @throws {Error} with the command that installs it, without permission to install it
 */
export const findChromium = () => find('CONVLENS_CHROMIUM', CHROMIUM);

/**
 * A Firefox to test with: `CONVLENS_FIREFOX`, else one on the PATH, else Debian's.
 *
 * @returns {Promise<string>} its path
 * @throws {Error} with the command that installs it, without permission to install it
 */
export const findFirefox = () => find('CONVLENS_FIREFOX', FIREFOX);
