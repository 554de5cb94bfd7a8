/** What the protocol asks of a kernel beside running cells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Request } from 'zeromq';
import { address, type Connection } from '../../src/jupyter/connection';
import { encode, type Message, newHeader } from '../../src/jupyter/wire';
import { EngineProcess } from '../../src/kernel/engine-process';
import { History } from '../../src/kernel/history';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { until, wait } from '../until';
import { inKernel, start } from './cells';

const withKernel = (test: (kernel: KernelClient) => Promise<void>) => inKernel('convlens', test);

/** Runs a cell, and answers its questions by `answer`. */
async function answering(
  kernel: KernelClient,
  code: string,
  answer: (prompt: string, request: Message) => void,
) {
  let text = '';
  const { reply } = await kernel.execute(code, {
    allow_stdin: true,
    onMessage(message) {
      const { content, header } = message;
      if (header.msg_type === 'input_request') answer(String(content['prompt']), message as Message);
      if (header.msg_type === 'stream') text += content['text'];
    },
  });
  return { reply, text };
}

suite('convlens kernel: protocol', {
  'two questions at once each get their own answer': () =>
    withKernel(async (kernel) => {
      const code = 'const both = await Promise.all([input("a"), input("b")]); console.log(both.join())';
      for (const named of [true, false]) {
        const asked: string[] = [];
        const { text } = await answering(kernel, code, (prompt, { header }) => {
          asked.push(prompt);
          // Jupyter's own client does not say which question it answers.
          kernel.post('stdin', 'input_reply', { value: `to ${prompt}` }, named ? header : undefined);
        });
        assert.is(text, 'to a,to b\n');
        assert.equal(asked, ['a', 'b']);
      }
    }),

  "an interrupt rejects what waits for input, and a late answer is nobody else's": () =>
    withKernel(async (kernel) => {
      let late: Message | undefined;
      const code =
        'const first = input("a").catch((e) => console.log("caught", e.name)); await input("b"); 1';
      const running = answering(kernel, code, (_, request) => (late = request));
      await until(() => late !== undefined);
      await kernel.interrupt();
      const { reply, text } = await running;
      assert.is(reply['ename'], 'KeyboardInterrupt');
      kernel.post('stdin', 'input_reply', { value: 'late' }, late!.header);
      const next = await answering(kernel, 'console.log(await input("c"))', (prompt, { header }) =>
        kernel.post('stdin', 'input_reply', { value: `to ${prompt}` }, header),
      );
      assert.match(text + next.text, /caught KeyboardInterrupt\n/);
      assert.match(next.text, /to c\n/);
    }),

  'a question of a timer is rejected by an interrupt while no cell runs': () =>
    withKernel(async (kernel) => {
      let asked = false;
      const ran: string[] = [];
      await kernel.execute(
        'setTimeout(() => input("late?").catch((e) => console.log("caught", e.name)), 50); const kept = 4',
        {
          allow_stdin: true,
          onMessage({ header, content }) {
            asked ||= header.msg_type === 'input_request';
            if (header.msg_type === 'stream') ran.push(String(content['text']));
          },
        },
      );
      await until(() => asked);
      await kernel.interrupt();
      await until(() => ran.join('') === 'caught KeyboardInterrupt\n');
      assert.is((await start(kernel, 'console.log(kept)')).text(), '4\n');
    }),

  'a message that is sent again is dropped': () =>
    withKernel(async (kernel) => {
      await start(kernel, 'let times = 0;');
      const content = { code: 'times += 1', silent: false, store_history: true, allow_stdin: false };
      const header = newHeader('execute_request', kernel['session']);
      const message = { identities: [], header, parent: {}, metadata: {}, content, buffers: [] };
      const frames = encode(message as Message, (kernel['connection'] as Connection).key);
      for (let i = 0; i < 3; i++) await kernel['sockets'].shell.send(frames);
      await kernel.request('shell', 'kernel_info_request', {});
      assert.is((await start(kernel, 'console.log(times)')).text(), '1\n');
    }),

  'kernel_info says protocol 5.5 and no features; a request for a subshell is refused': () =>
    withKernel(async (kernel) => {
      assert.equal([kernel.info['protocol_version'], kernel.info['supported_features']], ['5.5', []]);
      const { content } = await kernel.request('control', 'create_subshell_request', {});
      assert.equal(
        [content['status'], content['evalue']],
        ['error', 'Cannot make a subshell: this kernel runs one cell at a time.'],
      );
    }),

  'widgets of a cell that runs again, or was deleted, are closed': () =>
    withKernel(async (kernel) => {
      const open = async () =>
        Object.keys((await kernel.request('shell', 'comm_info_request', {})).content['comms'] as object);
      const run = async (cellId: string | undefined, code: string, deletedCells: string[] = []) => {
        const closed: string[] = [];
        const header = newHeader('execute_request', kernel['session']);
        const content = { code, silent: false, store_history: true, allow_stdin: false };
        const message = {
          identities: [],
          header,
          parent: {},
          metadata: { cellId, deletedCells },
          content,
          buffers: [],
        };
        await kernel['sockets'].shell.send(
          encode(message as Message, (kernel['connection'] as Connection).key),
        );
        await kernel.request('shell', 'kernel_info_request', {});
        return closed;
      };
      const slider = (name: string) =>
        `import { interact, slider } from 'convlens'; await interact({ ${name}: slider(0, 9) }, () => {});`;
      await run('one', slider('a'));
      const first = await open();
      await run('two', slider('b'));
      const both = await open();
      assert.ok(first.length > 0 && both.length === 2 * first.length, `${first} ${both}`);
      await run('one', slider('a'));
      const again = await open();
      assert.is(again.length, both.length);
      assert.equal(
        again.filter((id) => first.includes(id)),
        [],
      );
      await run('three', '1', ['one', 'two']);
      assert.equal(await open(), []);
      await run(undefined, slider('c'));
      await run(undefined, slider('d'));
      assert.is((await open()).length, both.length);
    }),

  'a rejected promise that nobody awaits is shown once': () =>
    withKernel(async (kernel) => {
      const ran = await start(
        kernel,
        'const failing = (async () => { throw new Error("only once") })(); failing.then(() => 1); failing.then(() => 2); void 0',
      );
      const thrown = await start(
        kernel,
        'const e = new Error("thrown"); void Promise.reject(e); void Promise.reject(e); throw e',
      );
      await start(kernel, 'await new Promise((r) => setTimeout(r, 100))');
      assert.is(ran.text('stderr').split('only once').length, 2, ran.text('stderr'));
      assert.is(thrown.text('stderr'), '');
      assert.is(thrown.of('error').length, 1);
    }),

  "the heartbeat answers while the kernel's own thread is busy": () =>
    withKernel(async (kernel) => {
      const connection = kernel['connection'] as Connection;
      const heart = new Request({ linger: 0, receiveTimeout: 10_000 });
      heart.connect(address(connection, 'hb_port'));
      await heart.send('first');
      await heart.receive();
      // The kernel must check the signature of it all and parse it before it can answer.
      const began = performance.now();
      const busy = kernel.request('shell', 'history_request', {
        hist_access_type: 'search',
        pattern: 'x'.repeat(6e7),
      });
      let over = false;
      void busy.finally(() => (over = true));
      let longest = 0;
      while (!over) {
        const asked = performance.now();
        await heart.send('beat');
        await heart.receive();
        longest = Math.max(longest, performance.now() - asked);
        await wait(5);
      }
      heart.close();
      assert.is((await busy).content['status'], 'ok');
      assert.ok(longest < (performance.now() - began) / 2, `${longest} of ${performance.now() - began} ms`);
    }),

  'an engine that does not start is tried three times, then later, and says so': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-engine-'));
    const script = join(folder, 'engine.js');
    writeFileSync(script, 'console.error("no such library"); process.exit(4);');
    const died: string[] = [];
    const engine = new EngineProcess(script);
    engine.events = { publish() {}, input() {}, died: ({ message }) => died.push(message) };
    try {
      await until(() => died.length >= 3);
      await wait(200);
      assert.is(died.length, 3);
      const said =
        /^The engine does not start: it ended with exit code 4, 3 times in sequence\. .* in 1 s or later\..*no such library$/;
      assert.match(died[2]!, said);
      assert.match(await engine.ask('ping', '', null).then(String, ({ message }: Error) => message), said);
      await wait(1000);
      assert.match(
        await engine.ask('ping', '', null).then(String, ({ message }: Error) => message),
        /4 times in sequence.* in 2 s/,
      );
    } finally {
      engine.stop();
      rmSync(folder, { recursive: true });
    }
  },

  'a pattern of the history fits as in a shell, in a time that does not explode': () => {
    const history = new History();
    const inputs = ['abc', 'a\nc', 'ac', 'abcabc', `${'a'.repeat(20_000)}!`, 'x*y', ''];
    for (const [i, input] of inputs.entries()) history.add(i, input, null);
    const found = (pattern: string) =>
      (history.answer({ hist_access_type: 'search', pattern })['history'] as [number, number, string][]).map(
        ([, , input]) => inputs.indexOf(input),
      );
    for (const [pattern, which] of [
      ['abc', [0]],
      ['a?c', [0, 1]],
      ['a*c', [0, 1, 2, 3]],
      ['*', [0, 1, 2, 3, 4, 5, 6]],
      ['*b*b*', [3]],
      ['?', []],
      ['a*abc*', [3]],
      ['abc*abc', [3]],
      ['abca*cabc', []],
      ['*!', [4]],
      ['', [6]],
      [`${'*a'.repeat(200)}*b`, []],
    ] as const)
      assert.equal(found(pattern), which, pattern);
  },
});
