import { spawn, spawnSync } from 'node:child_process';

/**
 * Runs a step and shows its name and the seconds so far on the terminal (elsewhere one line at its start and one at its
 * end).
 *
 * @param {string} title
 * @param {() => Promise<void>} work
 */
export async function step(title, work) {
  const started = performance.now();
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const live = process.stdout.isTTY;
  if (!live) console.log(`${title} …`);
  const timer = live && setInterval(() => process.stdout.write(`\r${title} … ${elapsed()} `), 200);
  try {
    await work();
    console.log(`${live ? '\r' : ''}${title}: done, ${elapsed()}   `);
  } catch (error) {
    console.log(`${live ? '\r' : ''}${title}: failed, ${elapsed()}   `);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Runs a program to its end and keeps its output for the error message.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object, seconds?: number }} options
 * @throws {Error} with its last lines of output if it fails, is missing or takes too long
 */
export function run(command, args, { cwd, env, seconds = 1800 } = {}) {
  return new Promise((resolve, reject) => {
    let output = '';
    const shell = process.platform === 'win32';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    const keep = (data) => {
      output = (output + data).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) return resolve();
      const last = output.trim().split('\n').slice(-12).join('\n');
      reject(
        new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${code ?? 'a signal'}:\n${last}`),
      );
    });
  });
}

/** @returns {boolean} whether a program can be started */
export function exists(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** npm: the one that runs this script, else the one on the PATH. */
export function npm(args, options) {
  const { npm_execpath: cli } = process.env;
  if (cli && /\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args], options);
  return run('npm', args, options);
}

/**
 * Installs Debian packages as root on Debian. Elsewhere the error has the command to type.
 *
 * @throws {Error} with the command when not root, or not on Debian
 */
export async function debian(packages) {
  const command = `apt-get install -y ${packages.join(' ')}`;
  if (process.platform !== 'linux' || !exists('apt-get')) {
    throw new Error(
      `These are missing (Debian's names): ${packages.join(' ')}. Install them with your system's package manager.`,
    );
  }
  if (process.getuid() !== 0) throw new Error(`Debian packages are missing. Run: sudo ${command}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env });
}
