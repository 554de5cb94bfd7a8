/**
 * The type checker runs either in a process started from a snapshot or in a thread. Its answers must be the same, and a
 * kernel must work with both.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { Checkers } from '../../src/kernel/checker/checker';
import { ModuleLoader } from '../../src/kernel/checker/module-loader';
import { ParsedFiles } from '../../src/kernel/checker/parsed-files';
import type { CheckedCell, Question } from '../../src/kernel/checker/protocol';
import { startSnapshot, tslabFolder } from '../../src/kernel/checker/snapshot';
import { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { inKernel, start } from './cells';

const DECLARED = 'export declare const count: number;\n';
const check = (declared: string, code: string): Question => ({ method: 'check', ask: { declared, code } });
const QUESTIONS: Question[] = [
  check('', 'const count: number = 1; count'),
  check(DECLARED, 'const text: string = count;'),
  check(DECLARED, "import { grid } from 'convlens'; await grid; ({ count })"),
  check('', "import fs from 'node:fs'; fs.readFileSync(1, 'x', 3)"),
  { method: 'complete', ask: { declared: DECLARED, code: 'coun', cursor: 4 } },
  { method: 'inspect', ask: { declared: DECLARED, code: 'Math.max(count)', cursor: 8 } },
  { method: 'isComplete', ask: { code: 'if (count) {' } },
  check('', "import { gone } from './not-there';"),
];

/** Cells of one notebook, in their order; of those that await ours differs by what it puts before them. */
const CELLS = [
  'const a = 1, [b, { c = 2 }] = [3, {}]; let d: number',
  'function f<T>(x: T) { return [x, a] }',
  'class K { static n = a; m() { return new K() } }\nnew K().m()',
  'enum E { A, B = 4 } namespace N { export const x = E.A }',
  'interface I { i: number } type T = I["i"]; let t: T = a;',
  'declare const later: string;',
  'import * as fs from "node:fs"; import { join as j } from "node:path"; fs.existsSync(j("a", "b"))',
  'import type { Stats } from "node:fs"; let stats: Stats | undefined',
  'a',
  '',
  'const a = "again"; f(a)',
  'const wrong: string = t;',
  'const syntax = ;',
  'let x = 1',
  'let x = 1',
  'x',
  'x',
  'export { x }',
  'var v = () => v, w = function g() { return g }',
  'if (x) { const inner = 1; var outer = inner }',
  'import { gone } from "./not-there"',
  'import { gone } from "./not-there"',
  'const same = x;\nexport { same }',
];

suite('test/kernel/checker', {
  async 'a checker from the snapshot answers like a freshly started one'() {
    const process = startSnapshot();
    assert.ok(process, 'there is no snapshot: run `npm run build`');
    process.stdin!.end(`${QUESTIONS.map((question) => JSON.stringify(question)).join('\n')}\n`);
    const lines: string[] = [];
    for await (const line of createInterface({ input: process.stdout! })) lines.push(line);
    const fresh = new Checkers(new ModuleLoader(), tslabFolder(), new ParsedFiles()).start();
    const answers = QUESTIONS.map((question) => JSON.parse(JSON.stringify(fresh.answer(question))));
    fresh.close();
    assert.equal(
      lines.map((line) => JSON.parse(line)),
      answers,
    );
    assert.equal(
      answers.map(({ value }) => value?.diagnostics?.map(({ code }: { code: number }) => code)),
      [[], [2322], [], [2554], undefined, undefined, undefined, [2307]],
    );
  },

  "a cell converts to the same code as in tslab's own converter"() {
    const checker = new Checkers(new ModuleLoader(), tslabFolder(), new ParsedFiles()).start();
    const tslab = require(join(tslabFolder(), 'converter')).createConverter({});
    const plain = ({ output, ...rest }: NonNullable<CheckedCell['converted']>) =>
      JSON.parse(
        JSON.stringify({ ...rest, output: output?.replace(/\/\/# sourceMappingURL.*/, '').trimEnd() }),
      );
    let declared = '';
    try {
      for (const code of CELLS) {
        // A completion of the same code may have been asked before.
        if (code.includes('again')) checker.complete({ declared, code, cursor: 3 });
        const expected = tslab.convert(declared, code);
        const { converted } = (checker.answer(check(declared, code)) as { value: CheckedCell }).value;
        assert.equal(plain(converted!), plain(expected), code);
        declared = expected.declOutput ?? declared;
      }
    } finally {
      checker.close();
      tslab.close();
    }
    assert.match(declared, 'declare let x: number;');
  },

  'asked the same again, it answers the same, until what it is about has changed'() {
    const checker = new Checkers(new ModuleLoader(), tslabFolder(), new ParsedFiles()).start();
    const ask = (question: Question) => JSON.parse(JSON.stringify(checker.answer(question))).value;
    const half = (type: string) => ask(check('', `/** @module half */ export const half: ${type} = null!;`));
    const use = check('', "import { half } from './half'; const n: number = half;");
    half('number');
    const first = ask(use);
    assert.ok(first.converted.sideOutputs, 'the module is emitted with the first cell that imports it');
    const second = ask(use);
    assert.equal([second.diagnostics, second.converted.sideOutputs], [[], undefined]);
    assert.equal(ask(use), second);
    half('string');
    assert.is(ask(use).diagnostics[0].code, 2322);
    half('number');
    assert.equal(ask(use).diagnostics, []);
    checker.close();
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

  async 'a checker that dies is replaced, and the variables stay'() {
    // On Linux /proc tells its number.
    const kill = `import { readdirSync, readFileSync } from 'node:fs';
      let killed = 0;
      for (const id of readdirSync('/proc').filter(Number)) {
        try {
          const parent = Number(readFileSync('/proc/' + id + '/stat', 'utf8').split(') ')[1].split(' ')[1]);
          const checks = readFileSync('/proc/' + id + '/cmdline', 'utf8').includes('convlens-checker');
          if (checks && parent === process.ppid && process.kill(Number(id), 'SIGKILL')) killed++;
        } catch {}
      }
      console.log(killed)`;
    await inKernel('convlens', async (kernel) => {
      await start(kernel, 'const kept = 41;');
      assert.is((await start(kernel, kill)).text(), '1\n');
      assert.is((await start(kernel, 'console.log(kept + 1)')).text(), '42\n');
    });
  },
});
