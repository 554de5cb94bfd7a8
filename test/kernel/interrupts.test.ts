import * as assert from 'uvu/assert';
import { encode, newHeader } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { until, wait } from '../until';
import { begin, inKernel, start } from './cells';

const withKernel = (test: (kernel: KernelClient) => Promise<void>) => inKernel('convlens', test);

/** Its check alone takes minutes: each line has a type of 10,000 texts. */
const SLOW_TO_CHECK = `type D = 0|1|2|3|4|5|6|7|8|9; type F<A extends string> = \`\${A}\${D}\${D}\${D}\${D}\`;
${Array.from({ length: 6000 }, (_, i) => `const v${i}: F<'a${i}'> = 'a${i}1234';`).join('\n')}`;

/** Interrupts the kernel while it does nothing, by a message that was sent so many ms after now. */
async function interruptSent(kernel: KernelClient, lead: number) {
  const header = newHeader('interrupt_request', kernel['session']);
  header.date = new Date(Date.now() + lead).toISOString();
  const message = { identities: [], header, parent: {}, metadata: {}, content: {}, buffers: [] };
  await kernel['sockets'].control.send(encode(message, kernel['connection'].key));
  // What is asked on the same socket is answered after it.
  await kernel.request('control', 'kernel_info_request', {});
}

suite('convlens kernel: interrupts and deaths', {
  'an interrupt ends every kind of busy cell': () =>
    withKernel(async (kernel) => {
      for (const [code, keeps] of [
        ['await new Promise(() => {})', true],
        ['while (true) {}', true],
        [SLOW_TO_CHECK, true],
        ['await 1; while (true) {}', false],
        ['setTimeout(() => { while (true) {} }, 10); await new Promise(() => {})', false],
        ['require("child_process").execSync("sleep 3000")', false],
      ] as const) {
        await start(kernel, 'globalThis["kept"] = 1;');
        // What is checked for minutes does not run.
        const { ended } = code === SLOW_TO_CHECK ? { ended: start(kernel, code) } : await begin(kernel, code);
        await wait(400);
        await kernel.interrupt();
        const { reply } = await ended;
        assert.is(reply['status'], 'error', code);
        assert.is(reply['ename'], 'KeyboardInterrupt', code);
        assert.is(/variables are lost/.test(String(reply['evalue'])), !keeps, code);
        const after = await start(kernel, 'console.log(globalThis["kept"])');
        assert.is(after.text(), keeps ? '1\n' : 'undefined\n', code);
      }
    }),

  'interrupts end a loop in a timer that outlives its cell, and a wait for input': () =>
    withKernel(async (kernel) => {
      await start(kernel, '1');
      let isAsked = false;
      const asks = start(kernel, 'await input("who? ")', { allow_stdin: true }, ({ header }) => {
        isAsked ||= header.msg_type === 'input_request';
      });
      await until(() => isAsked);
      await kernel.interrupt();
      assert.is((await asks).reply['ename'], 'KeyboardInterrupt');
      await start(kernel, 'setTimeout(() => { while (true) {} }, 50)');
      await wait(300);
      await kernel.interrupt();
      await wait(1700);
      assert.is((await start(kernel, 'console.log("again")')).text(), 'again\n');
      // Nothing runs: nothing is lost.
      await start(kernel, 'const kept = 5;');
      await kernel.interrupt();
      await wait(1700);
      assert.is((await start(kernel, 'console.log(kept)')).text(), '5\n');
    }),

  'code that awaits ends with its cell: loops, functions of earlier cells, what the cell has started': () =>
    withKernel(async (kernel) => {
      await start(
        kernel,
        'const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms)); let runs = 0; const tick = () => { if (++runs === 1) console.log("ran") }; const poll = async () => { for (;;) { await sleep(5); tick() } };',
      );
      for (const code of [
        'for (;;) { await sleep(5); tick() }',
        'await poll()',
        'void poll(); await new Promise(() => {})',
        'async function* ticks() { for (;;) yield await sleep(5) } for await (const _ of ticks()) tick()',
      ]) {
        let ran = false;
        const running = start(kernel, code, {}, ({ header }) => (ran ||= header.msg_type === 'stream'));
        await until(() => ran);
        await kernel.interrupt();
        const { reply, text } = await running;
        assert.is(reply['ename'], 'KeyboardInterrupt', code);
        const still =
          'const before = runs; await sleep(100); console.log(before > 0, runs - before); runs = 0;';
        assert.is((await start(kernel, still)).text(), 'true 0\n', code);
        assert.is(text('stderr'), '', code);
      }
      // A `finally` of the interrupted code runs.
      const { ended } = await begin(kernel, 'try { for (;;) await sleep(5) } finally { runs = 77 }');
      await kernel.interrupt();
      await ended;
      await until(async () => (await start(kernel, 'console.log(runs)')).text() === '77\n');
    }),

  'an interrupt that arrives before its cell ends that cell, and no earlier or later one': () =>
    withKernel(async (kernel) => {
      for (const [lead, ename] of [
        [1000, 'KeyboardInterrupt'],
        [-1000, undefined],
      ] as const) {
        await interruptSent(kernel, lead);
        const { reply } = await start(kernel, '1');
        assert.is(reply['ename'], ename);
        assert.is((await start(kernel, 'console.log("next")')).text(), 'next\n');
      }
    }),

  'process.exit, a crash and too much memory end the engine, not the kernel': () =>
    withKernel(async (kernel) => {
      for (const [code, how] of [
        ['console.log("last words"); process.exit(3)', 'exit code 3'],
        ['process.kill(process.pid, "SIGSEGV"); await new Promise(() => {})', 'SIGSEGV'],
        [
          'require("v8").setFlagsFromString("--max-old-space-size=200"); const all: number[][] = []; while (true) all.push(new Array(1e6).fill(1.5))',
          'ran out of memory',
        ],
      ]) {
        const { reply } = await start(kernel, code!);
        assert.is(reply['status'], 'error');
        assert.match(String(reply['evalue']), how!);
        assert.match(String(reply['evalue']), 'All variables are lost');
        assert.is((await start(kernel, 'console.log("again")')).text(), 'again\n');
      }
    }),
});
