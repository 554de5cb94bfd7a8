import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newConnection } from '../../src/kernel/connection';
import { findKernel } from '../../src/notebook/kernelspec';
import { alive } from '../processes';
import { suite } from '../suite';
import { inKernel, start, until } from './cells';

suite('convlens kernel: deaths', {
  'an engine that is killed fails its cell, with what to do; the next cell runs in a new one': () =>
    inKernel('convlens', async (kernel) => {
      const pid = Number((await start(kernel, 'const kept = 1; console.log(process.pid)')).text());
      const running = start(kernel, 'await new Promise(() => {})');
      await new Promise((resolve) => setTimeout(resolve, 300));
      process.kill(pid, 'SIGKILL');
      const { reply, of } = await running;
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

  'a kernel that is killed is told of by its client, and its engine ends, though a cell never stops': () =>
    inKernel('convlens', async (kernel) => {
      const text = (await start(kernel, 'console.log(process.ppid, process.pid)')).text();
      const [parent, engine] = text.split(' ').map(Number) as [number, number];
      const running = start(kernel, 'for (;;) {}').then(
        () => undefined,
        (error: Error) => error,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(alive(engine));
      process.kill(parent, 'SIGKILL');
      const error = await running;
      assert.is(error?.name, 'KernelError');
      assert.match(error!.message, /^Cannot go on with kernel convlens: it ended with SIGKILL\./);
      await until(() => !alive(engine));
    }),

  'a port that is taken ends kernel and engine, and is named': async () => {
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
      const child = spawn(command!, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true });
      // Where Linux says so: the processes that it started.
      const children = new Set<number>();
      const look = setInterval(() => {
        try {
          const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
          for (const pid of text.split(' ').map(Number).filter(Boolean)) children.add(pid);
        } catch {}
      }, 5);
      let words = '';
      child.stderr!.on('data', (data) => (words += data));
      const code = await new Promise((resolve) => child.once('close', resolve));
      assert.is(code, 1);
      assert.match(
        words,
        new RegExp(
          `^Cannot start the kernel: port ${connection.control_port} of 127\\.0\\.0\\.1 cannot be had \\(address already in use`,
          'i',
        ),
      );
      clearInterval(look);
      if (process.platform === 'linux') assert.is(children.size, 1, 'there was an engine');
      await until(() => ![...children].some(alive));
    } finally {
      taken.close();
      rmSync(folder, { recursive: true });
    }
  },
});
