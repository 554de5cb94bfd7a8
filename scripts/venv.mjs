/**
 * Virtual environments of Python for the tests and for JupyterLab, one folder each below .venv, made from a file of
 * pinned requirements. A changed file makes a new environment.
 *
 * usage: node scripts/venv.mjs NAME REQUIREMENTS
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run as runAside } from './setup/step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, args, failure) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) throw new Error(failure);
}

/**
 * @param {string} name of the folder below .venv
 * @param {string} requirements path of the requirements, relative to the package
 * @returns {string} the environment's folder of programs (python, jupyter …)
 * @throws {Error} when there is no Python with venv, or pip fails
 */
export function ensureVenv(name, requirements) {
  const folder = join(root, '.venv', name);
  const programs = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const file = join(root, requirements);
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  const stamp = join(folder, '.requirements');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return programs;
  console.log(`making .venv/${name} from ${requirements} …`);
  rmSync(folder, { recursive: true, force: true });
  const python = process.platform === 'win32' ? 'python' : 'python3';
  run(
    python,
    ['-m', 'venv', folder],
    'Cannot make a virtual environment: Python 3 or its venv module is missing. On Debian: apt-get install python3-venv',
  );
  run(
    join(programs, 'python'),
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file],
    `Cannot install ${requirements}: pip failed as shown above.`,
  );
  writeFileSync(stamp, hash);
  return programs;
}

/** What is being made, by its name. */
const making = new Map();

/** As `ensureVenv`, in a process of its own: others can be made, and tests can run, at the same time. */
export async function makeVenv(name, requirements) {
  const args = [fileURLToPath(import.meta.url), name, requirements];
  if (!making.has(name)) making.set(name, runAside(process.execPath, args));
  await making.get(name);
  return ensureVenv(name, requirements);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureVenv(process.argv[2], process.argv[3]));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
