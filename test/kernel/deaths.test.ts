import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newConnection } from '../../src/jupyter/connection';
import { findKernel } from '../../src/jupyter/kernelspec';
import { alive, below, marked } from '../processes';
import { suite } from '../suite';
import { until } from '../until';
import { begin, inKernel, start } from './cells';

suite('convlens kernel: deaths', {
  'a killed engine fails its cell with advice; the next cell runs in a new engine': () =>
    inKernel('convlens', async (kernel) => {
      const pid = Number((await start(kernel, 'const kept = 1; console.log(process.pid)')).text());
      const { ended } = await begin(kernel, 'await new Promise(() => {})');
      process.kill(pid, 'SIGKILL');
      const { reply, of } = await ended;
      assert.is(reply['ename'], 'EngineGone');
      assert.match(
        String(of('error')[0]?.['evalue']),
        /it ended with SIGKILL\. All variables are lost.*run the cells from the top/,
      );
      const next = await start(kernel, 'console.log(process.pid, typeof kept)', { stop_on_error: false });
      assert.is(next.reply['status'], 'error', 'TypeScript knows no variable of before');
      const [now] = (await start(kernel, 'console.log(process.pid)')).text().split(' ').map(Number);
      assert.ok(now! > 0 && now !== pid);
      assert.not.ok(alive(pid));
    }),

  'the client reports a killed kernel, and its processes end even if a cell never stops': () =>
    inKernel('convlens', async (kernel) => {
      const parent = Number((await start(kernel, 'console.log(process.ppid)')).text());
      const started = below(parent);
      assert.is(started.length, 2, 'an engine and a type checker');
      const { ended } = await begin(kernel, 'for (;;) {}');
      const running = ended.then(
        () => undefined,
        (error: Error) => error,
      );
      assert.ok(started.every(alive));
      process.kill(parent, 'SIGKILL');
      const error = await running;
      assert.is(error?.name, 'KernelError');
      assert.match(error!.message, /^Cannot continue with kernel convlens: it ended with SIGKILL\./);
      await until(() => !started.some(alive));
    }),

  'what a cell has started ends with its engine, and with the kernel': () =>
    inKernel('convlens', async (kernel) => {
      const sleeper = "console.log(require('child_process').spawn('sleep', ['3000']).pid)";
      for (const end of ['process.exit(2)', 'process.abort()', 'process.disconnect()']) {
        const pid = Number((await start(kernel, sleeper)).text());
        assert.ok(alive(pid));
        await start(kernel, end);
        await until(() => !alive(pid), end);
      }
      // One that has left the engine's group stays, as asked for, but nobody waits for it.
      const free = Number(
        (
          await start(kernel, sleeper.replace("['3000']", "['3000'], { detached: true, stdio: 'inherit' }"))
        ).text(),
      );
      try {
        assert.is((await start(kernel, 'process.exit(2)')).reply['ename'], 'EngineGone');
        assert.ok(alive(free));
      } finally {
        process.kill(free);
      }
      const last = Number((await start(kernel, sleeper)).text());
      process.kill(Number((await start(kernel, 'console.log(process.ppid)')).text()), 'SIGKILL');
      await until(() => !alive(last));
    }),

  "folders of the checker are removed: a kernel's own, and those of kernels that were killed": async () => {
    const ended = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => ended.once('close', resolve));
    const left = mkdtempSync(join(tmpdir(), `convlens-cells-${ended.pid}-`));
    let own: string[] = [];
    await inKernel('convlens', async (kernel) => {
      const parent = Number((await start(kernel, 'console.log(process.ppid)')).text());
      own = readdirSync(tmpdir()).filter((name) => name.startsWith(`convlens-cells-${parent}-`));
      assert.is(own.length, 1);
      await until(() => !existsSync(left));
    });
    await until(() => !existsSync(join(tmpdir(), own[0]!)));
  },

  'a port in use ends kernel and engine, and the error names it': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-ports-'));
    const taken = createServer();
    try {
      const connection = await newConnection('convlens');
      await new Promise<void>((resolve) => taken.listen(connection.control_port, '127.0.0.1', resolve));
      const file = join(folder, 'connection.json');
      writeFileSync(file, JSON.stringify(connection));
      const [command, ...args] = findKernel('convlens').argv.map((word) =>
        word.replace('{connection_file}', file),
      );
      const env = { ...process.env, CONVLENS_MARK: folder };
      const child = spawn(command!, args, {
        env,
        stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
        detached: true,
      });
      await until(() => marked(folder).length > 0);
      let words = '';
      child.stderr!.on('data', (data) => (words += data));
      const code = await new Promise((resolve) => child.once('close', resolve));
      assert.is(code, 1);
      assert.match(
        words,
        new RegExp(
          `^Cannot start the kernel: port ${connection.control_port} of 127\\.0\\.0\\.1 is unavailable \\(address already in use`,
          'i',
        ),
      );
      await until(() => marked(folder).length === 0);
    } finally {
      taken.close();
      rmSync(folder, { recursive: true });
    }
  },
});
