import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { until } from '../until';

/**
 * Starts a server of the virtual environment's and waits until it answers.
 *
 * @param program of the environment
 * @param url which answers once the server is ready
 * @returns what ends it
 */
export async function serve(
  program: string,
  args: string[],
  url: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<() => Promise<void>> {
  const programs = process.env['CONVLENS_JUPYTER'];
  if (!programs) throw new Error('Run this by npm run test:lab, which makes the virtual environment.');
  let log = '';
  const child: ChildProcess = spawn(join(programs, program), args, {
    cwd,
    env: { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH']}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdout?.on('data', (data) => (log += data));
  child.stderr?.on('data', (data) => (log += data));
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  process.once('exit', () => child.kill('SIGKILL'));
  try {
    await answers(url, child, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function answers(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await until(async () => child.exitCode !== null || (await isUp()), 'the server does not answer');
  if (child.exitCode !== null) throw new Error(`The server did not start:\n${log().slice(-2000)}`);
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
