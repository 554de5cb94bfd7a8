/**
 * The type checker has two roads, a process that goes on from a snapshot and a thread. What it answers must not
 * depend on the road, and a kernel must live with either.
 */
import { createInterface } from 'node:readline';
import * as assert from 'uvu/assert';
import { Checkers, type Question } from '../../src/kernel/engine/checker';
import { ModuleLoader } from '../../src/kernel/engine/module-loader';
import { ParsedFiles } from '../../src/kernel/engine/parsed-files';
import { startSnapshot, tslabFolder } from '../../src/kernel/engine/snapshot';
import { KernelClient } from '../../src/notebook/client';
import { findKernel } from '../../src/notebook/kernelspec';
import { suite } from '../suite';
import { inKernel, start } from './cells';

const DECLARED = 'export declare const count: number;\n';
const QUESTIONS: Question[] = [
  { method: 'convert', args: ['', 'const count: number = 1; count'] },
  { method: 'convert', args: [DECLARED, 'const text: string = count;'] },
  { method: 'convert', args: [DECLARED, "import { grid } from 'convlens'; await grid; ({ count })"] },
  { method: 'convert', args: ['', "import fs from 'node:fs'; fs.readFileSync(1, 'x', 3)"] },
  { method: 'complete', args: [DECLARED, 'coun', 4] },
  { method: 'inspect', args: [DECLARED, 'Math.max(count)', 6] },
  { method: 'convert', args: ['', "import { gone } from './not-there';"] },
];

suite('test/kernel/checker', {
  async 'a checker from the snapshot answers as one that started anew'() {
    const process = startSnapshot();
    assert.ok(process, 'there is no snapshot: run `npm run build`');
    process.stdin!.end(`${QUESTIONS.map((question) => JSON.stringify(question)).join('\n')}\n`);
    const lines: string[] = [];
    for await (const line of createInterface({ input: process.stdout! })) lines.push(line);
    const fresh = new Checkers(new ModuleLoader(), tslabFolder(), new ParsedFiles()).start();
    const answers = QUESTIONS.map((question) => JSON.parse(JSON.stringify(fresh.answer(question))));
    fresh.close();
    assert.equal(lines.map((line) => JSON.parse(line)).slice(1), answers);
    assert.equal(
      answers.map(({ value }) => value?.diagnostics?.map(({ code }: { code: number }) => code)),
      [[], [2322], [], [2554], undefined, undefined, [2307]],
    );
  },

  async 'without a snapshot the kernel checks cells in a thread'() {
    const spec = findKernel('convlens');
    const env = { CONVLENS_CHECKER: 'thread' };
    const kernel = await KernelClient.start({ ...spec, env }, { cwd: process.cwd() });
    try {
      const wrong = await start(kernel, 'const n: number = "text"');
      assert.is(wrong.reply['status'], 'error');
      assert.is((await start(kernel, 'console.log(1 + 1)')).text(), '2\n');
    } finally {
      await kernel.shutdown();
    }
  },

  async 'a checker that dies is replaced, and no variable is lost'() {
    // The checker is the engine's child; on Linux /proc tells its number.
    const kill = `import { readdirSync, readFileSync } from 'node:fs';
      for (const id of readdirSync('/proc').filter(Number)) {
        try {
          const parent = Number(readFileSync('/proc/' + id + '/stat', 'utf8').split(') ')[1].split(' ')[1]);
          if (parent === process.pid) process.kill(Number(id), 'SIGKILL');
        } catch {}
      }`;
    await inKernel('convlens', async (kernel) => {
      await start(kernel, 'const kept = 41;');
      assert.is((await start(kernel, kill)).reply['status'], 'ok');
      const next = await start(kernel, 'console.log(kept + 1)');
      assert.is(next.text() || (await start(kernel, 'console.log(kept + 1)')).text(), '42\n');
    });
  },
});
