import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newConnection } from '../../src/jupyter/connection';
import { alive, marked } from '../processes';
import { suite } from '../suite';
import { until, wait } from '../until';

const MAIN = join(__dirname, '..', '..', 'src', 'kernel', 'main.js');
/** Starts a kernel as a client does, from argv[2] on, and waits to be killed. */
const CLIENT = `
const { spawn } = require('node:child_process');
const [named, ...args] = process.argv.slice(1);
const env = { ...process.env };
if (named === 'own') env.JPY_PARENT_PID = String(process.pid);
else if (named !== 'none') env.JPY_PARENT_PID = named;
spawn(process.execPath, args, { env, stdio: 'ignore', detached: true });
setInterval(() => {}, 1000);`;

/**
 * A kernel below a client that is then killed.
 *
 * @param named what `JPY_PARENT_PID` says: `own` process of the client, `none`, or a number
 * @param test gets the client, and the processes of kernel, engine and checker
 */
async function below(
  named: string,
  test: (client: ChildProcess, kernels: () => number[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convlens-parents-'));
  const file = join(folder, 'connection.json');
  writeFileSync(file, JSON.stringify(await newConnection('convlens')));
  const env = { ...process.env, CONVLENS_MARK: folder, JPY_PARENT_PID: undefined };
  const client = spawn(process.execPath, ['-e', CLIENT, named, MAIN, file], { env, stdio: 'ignore' });
  const kernels = () => marked(folder).filter((pid) => pid !== client.pid);
  try {
    await until(() => kernels().length >= 3);
    await test(client, kernels);
  } finally {
    for (const pid of [client.pid!, ...kernels()]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    rmSync(folder, { recursive: true });
  }
}

suite('convlens kernel: parent process', {
  'a kernel whose client is killed ends, with its engine and its checker': () =>
    below('own', async (client, kernels) => {
      // Long enough for a kernel that took its parent for gone to end.
      await wait(2500);
      assert.is(kernels().length, 3, 'the kernel must stay while its client lives');
      client.kill('SIGKILL');
      await until(() => kernels().length === 0);
    }),

  'it also ends when the client is not the process that started it': async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await below(String(other.pid), async (client, kernels) => {
      await wait(1500);
      assert.is(kernels().length, 3);
      other.kill('SIGKILL');
      await until(() => kernels().length === 0);
      assert.ok(alive(client.pid!));
    });
  },

  'a client that gives no process id leaves its kernel running': () =>
    below('none', async (client, kernels) => {
      client.kill('SIGKILL');
      await wait(3000);
      assert.is(kernels().length, 3);
    }),

  'a process id from another machine or container is ignored': () =>
    below(String(2 ** 22 - 3), async (_, kernels) => {
      await wait(2500);
      assert.is(kernels().length, 3);
    }),
});
