import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Request } from 'zeromq';
import { address, type Connection } from '../../src/jupyter/connection';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { until, wait } from '../until';
import { inKernel, start } from './cells';

const connectionOf = (kernel: KernelClient) => kernel['connection'] as Connection;
const pidOf = (kernel: KernelClient) => kernel['child'].pid as number;

/** Beats until `done`. @returns how often the kernel answered */
async function beatUntil(kernel: KernelClient, done: Promise<unknown>) {
  const heart = new Request({ linger: 0, receiveTimeout: 120_000 });
  heart.connect(address(connectionOf(kernel), 'hb_port'));
  let over = false;
  void done.finally(() => (over = true));
  let beats = 0;
  while (!over) {
    await heart.send('ping');
    assert.is(String(await heart.receive()), 'ping');
    beats++;
    await wait(20);
  }
  heart.close();
  return beats;
}

function megabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
}

suite('convlens kernel: lifetime', {
  'the heartbeat answers while a cell loops and while one prints 100 MB': () =>
    inKernel('convlens', async (kernel) => {
      await start(kernel, '1');
      const before = megabytes(pidOf(kernel));
      // Each takes a second or more, however fast the machine is: time enough for the beats that are counted.
      for (const code of [
        'for (const end = Date.now() + 1500; Date.now() < end; );',
        'for (let i = 0, end = Date.now() + 1500; i < 1e6 || Date.now() < end; i++) process.stdout.write("x".repeat(99) + "\\n")',
        'await import("node:child_process").then((m) => m.spawnSync("sh", ["-c", "head -c 100000000 /dev/zero | tr \'\\\\0\' x; sleep 1"], { stdio: "inherit" }))',
      ]) {
        const running = start(kernel, code);
        const beats = await beatUntil(kernel, running);
        const ran = await running;
        assert.is(ran.reply['status'], 'ok', JSON.stringify(ran.reply));
        await until(() => ran.text('stderr').includes('dropped') || !code.includes('x'));
        assert.ok(ran.text().length <= 10_000_000);
        assert.ok(beats > 5, `${beats} beats: ${code}`);
      }
      // What was printed past the limit is nowhere.
      await until(() => megabytes(pidOf(kernel)) - before < 150);
    }),

  'a kernel that is asked to end does so with exit code 0 and without a word': async () => {
    for (const signal of [undefined, 'SIGTERM', 'SIGHUP'] as const)
      for (const milliseconds of [0, 320, 600])
        await inKernel('convlens', async (kernel) => {
          const child = kernel['child'];
          let words = '';
          child.stderr!.on('data', (data) => (words += data));
          await wait(milliseconds);
          const closed = new Promise((resolve) => child.once('close', (code, by) => resolve([code, by])));
          if (signal) child.kill(signal);
          else kernel.post('control', 'shutdown_request', { restart: false });
          assert.equal(await closed, [0, null], `${signal} ${milliseconds} ${words}`);
          assert.is(words, '');
        });
  },

  'a cell imports the same copy of convlens that the engine preloaded, also through the link': () => {
    const test = async (kernel: KernelClient) => {
      const own = realpathSync(join(__dirname, '..', '..', 'src', 'index.js'));
      assert.is((await start(kernel, 'console.log(require.resolve("convlens"))')).text(), `${own}\n`);
      const loaded = async () => {
        // The engine loads it in a pause between cells.
        await wait(300);
        const ran = await start(kernel, `console.log(${JSON.stringify(own)} in require.cache)`);
        return ran.text() === 'true\n';
      };
      await until(loaded);
    };
    return inKernel('convlens', test, { preload: true });
  },

  'an interrupt while the engine starts ends the cell, and the next one runs': async () => {
    for (const milliseconds of [0, 50, 200]) {
      await inKernel('convlens', async (kernel) => {
        const looping = start(kernel, 'for (;;) {}');
        await wait(milliseconds);
        await kernel.interrupt();
        const { reply } = await looping;
        assert.is(reply['ename'], 'KeyboardInterrupt');
        assert.is((await start(kernel, 'console.log("next")')).text(), 'next\n');
      });
    }
  },
});
