/**
 * Runs the suites of test/queue, which start and end a Redis of their own: redis-server or valkey-server of the PATH,
 * else Debian's, which is installed. Without permission to install it, this fails and says what to install.
 *
 * usage: npm run test:queue
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { debian, step } from './setup/step.mjs';
import { setup } from './setup.mjs';

const PROGRAMS = ['redis-server', 'valkey-server'];
const installed = () => PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);

/** Finds or installs Redis, and tells the suites by the environment. */
export async function prepareQueue() {
  if (!installed()) await step('redis-server', () => debian(['redis-server']));
  process.env.CONVLENS_REDIS = installed();
  if (!process.env.CONVLENS_REDIS) {
    throw new Error(
      'Cannot test the queue: there is no redis-server. On Debian: apt-get install redis-server',
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup();
    await build();
    await prepareQueue();
    process.exitCode = (await runTests(['test/queue'], { serial: true })) ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
