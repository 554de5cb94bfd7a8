import * as assert from 'uvu/assert';
import type { Content } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { until, wait } from '../until';
import { begin, inKernel, start } from './cells';

const withKernel = (test: (kernel: KernelClient) => Promise<void>) => inKernel('convlens', test);

suite('convlens kernel: what a cell shows', {
  'results, errors and counts': () =>
    withKernel(async (kernel) => {
      const value = await start(kernel, 'const a: number = 6; a * 7');
      assert.equal(value.of('execute_input'), [{ code: 'const a: number = 6; a * 7', execution_count: 1 }]);
      assert.equal(value.of('execute_result'), [
        { execution_count: 1, data: { 'text/plain': '42' }, metadata: {} },
      ]);
      assert.is(value.reply['status'], 'ok');

      await start(
        kernel,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell's template, not ours
        'interface Unused { x: number }\nfunction deep(x: number) {\n  throw new RangeError(`bad ${x}`);\n}',
      );
      const thrown = await start(kernel, '// a line\ndeep(a);');
      const error = thrown.of('error')[0];
      assert.is(error!['ename'], 'RangeError');
      assert.is(error!['evalue'], 'bad 6');
      assert.equal(error!['traceback'], [
        'RangeError: bad 6',
        '    at deep (cell[2]:3:9)',
        '    at cell[3]:2:1',
      ]);
      assert.is(thrown.reply['status'], 'error');
      assert.is(thrown.reply['ename'], 'RangeError');
      assert.is(thrown.text('stderr'), '');

      const later = await start(kernel, 'await 1;\ndeep(7)');
      assert.equal((later.of('error')[0]!['traceback'] as string[]).slice(1), [
        '    at deep (cell[2]:3:9)',
        '    at cell[4]:2:1',
      ]);

      const checked = await start(kernel, 'const ok = 1;\nlet wrong: string = ok;');
      const found = checked.of('error')[0];
      assert.is(found!['evalue'], "TS2322: Type 'number' is not assignable to type 'string'.");
      assert.equal((found!['traceback'] as string[]).slice(1), [
        '    let wrong: string = ok;',
        '        ~~~~~',
      ]);
    }),

  'MIME types of a value': () =>
    withKernel(async (kernel) => {
      const result = async (code: string) =>
        (await start(kernel, code)).of('execute_result')[0]?.['data'] as Content;
      assert.equal(await result('({ a: [1, "b"] })'), { 'text/plain': "{ a: [ 1, 'b' ] }" });
      assert.is(await result('undefined'), undefined);
      assert.equal(
        await result('({ [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<b>x</b>" }) })'),
        {
          'text/html': '<b>x</b>',
        },
      );
      const table = await result('[{ a: 1, b: "<i>" }, { a: 2, b: "y" }]');
      assert.match(String(table['text/html']), '<th align="right">a</th><th>b</th>');
      assert.match(String(table['text/html']), '<td align="right">1</td><td>&#60;i&#62;</td>');
      const shown = await start(kernel, 'import * as tslab from "tslab"; tslab.display.html("<p>hi</p>")');
      assert.equal((shown.of('display_data')[0]!['data'] as Content)['text/html'], '<p>hi</p>');
      const updated = await start(
        kernel,
        'const d = tslab.newDisplay(); d.text("1"); d.text("2"); clearOutput(true)',
      );
      assert.is(updated.of('display_data').length, 1);
      assert.is(updated.of('update_display_data').length, 1);
      const id = (content: Content) => (content['transient'] as Content)['display_id'];
      assert.is(id(updated.of('display_data')[0]!), id(updated.of('update_display_data')[0]!));
      assert.equal(updated.of('clear_output'), [{ wait: true }]);
    }),

  'a loop that never waits shows what it prints while it runs': () =>
    withKernel(async (kernel) => {
      await start(kernel, 'console.log("just before")');
      const { ended } = await begin(kernel, 'for (;;) {}');
      await kernel.interrupt();
      assert.is((await ended).text(), 'begun\n');
      let texts = '';
      const counts =
        'for (let i = 0; ; i++) { console.log(i); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60); }';
      const running = start(kernel, counts, {}, ({ header, content }) => {
        if (header.msg_type === 'stream') texts += content['text'];
      });
      await until(() => texts.startsWith('0\n1\n2\n'));
      await kernel.interrupt();
      assert.is((await running).reply['ename'], 'KeyboardInterrupt');
    }),

  'output of timers and promises goes to the cell that started them': () =>
    withKernel(async (kernel) => {
      const first = await start(kernel, 'setTimeout(() => console.log("late"), 150); console.log("now")');
      const second = await start(
        kernel,
        'await new Promise((r) => setTimeout(r, 400)); console.log("second")',
      );
      await until(() => first.text() === 'now\nlate\n');
      assert.is(second.text(), 'second\n');
      const rejected = await start(kernel, 'void Promise.reject(new Error("nobody waits")); 1');
      const thrower = await start(kernel, 'setTimeout(() => { throw new Error("in a timer") }, 50); 1');
      const after = await start(kernel, 'await new Promise((r) => setTimeout(r, 200)); console.log("alive")');
      await until(() => /nobody waits/.test(rejected.text('stderr')));
      await until(() => /in a timer/.test(thrower.text('stderr')));
      assert.is(after.text(), 'alive\n');
    }),

  'UTF-8 split across writes is joined': () =>
    withKernel(async (kernel) => {
      const ran = await start(
        kernel,
        'const b = Buffer.from("ä€😀"); for (const byte of b) process.stdout.write(Uint8Array.of(byte));',
      );
      assert.is(ran.text(), 'ä€😀');
    }),

  'every form of await at the top level is awaited': () =>
    withKernel(async (kernel) => {
      await start(
        kernel,
        'const later = async (x: unknown) => { await new Promise((r) => setTimeout(r, 20)); return x; };',
      );
      for (const [code, plain] of [
        ['await (later(5))', '5'],
        ['for await (const x of [later(1)]) console.log(x)', ''],
        ['(await later([3]) as number[])[0]', '3'],
        ['await `x`', "'x'"],
      ]) {
        const ran = await start(kernel, code!);
        assert.is(ran.reply['status'], 'ok', `${code}: ${JSON.stringify(ran.reply)}`);
        const data = ran.of('execute_result')[0]?.['data'] as Content | undefined;
        assert.is(data?.['text/plain'] ?? '', plain, code);
      }
    }),

  'too much output is cut off, and the cell says so': () =>
    withKernel(async (kernel) => {
      const ran = await start(kernel, 'for (let i = 0; i < 1e6; i++) console.log("x".repeat(99))');
      assert.is(ran.reply['status'], 'ok');
      assert.is(ran.text().length, 10_000_000);
      assert.match(ran.text('stderr'), '90.0 MB more were dropped');
      assert.is((await start(kernel, 'console.log("next")')).text(), 'next\n');
    }),
});

suite('convlens kernel: requests', {
  'history by tail, range and search': () =>
    withKernel(async (kernel) => {
      for (const code of ['1 + 1', 'const a = 2', '1 + 2', '1 + 1']) await start(kernel, code);
      const ask = async (how: Content) => {
        const { content } = await kernel.request('shell', 'history_request', how);
        assert.is(content['status'], 'ok');
        return (content['history'] as unknown[][]).map((entry) => entry.slice(1));
      };
      assert.equal(await ask({ hist_access_type: 'tail', n: 2 }), [
        [3, '1 + 2'],
        [4, '1 + 1'],
      ]);
      assert.equal(await ask({ hist_access_type: 'range', session: 0, start: 2, stop: 4 }), [
        [2, 'const a = 2'],
        [3, '1 + 2'],
      ]);
      assert.equal(await ask({ hist_access_type: 'search', pattern: '1 + ?', n: 10, unique: true }), [
        [3, '1 + 2'],
        [4, '1 + 1'],
      ]);
      assert.equal(await ask({ hist_access_type: 'search', pattern: 'const*', n: 10 }), [[2, 'const a = 2']]);
      assert.equal(await ask({ hist_access_type: 'range', session: 0, start: 3, stop: 4, output: true }), [
        [3, ['1 + 2', '3']],
      ]);
    }),

  'silent, store_history and user_expressions': () =>
    withKernel(async (kernel) => {
      const silent = await start(kernel, 'let s = 1; s', { silent: true });
      assert.equal(silent.of('execute_input'), []);
      assert.equal(silent.of('execute_result'), []);
      const unstored = await start(kernel, 's', { store_history: false });
      assert.is(unstored.reply['execution_count'], 0);
      const asked = await start(kernel, 's = 5', { user_expressions: { twice: 's * 2', bad: 'nowhere' } });
      const answers = asked.reply['user_expressions'] as Record<string, Content>;
      assert.equal(answers['twice'], { status: 'ok', data: { 'text/plain': '10' }, metadata: {} });
      assert.is(answers['bad']!['status'], 'error');
      const history = await kernel.request('shell', 'history_request', { hist_access_type: 'tail', n: 5 });
      assert.equal(
        (history.content['history'] as unknown[][]).map((entry) => entry.slice(1)),
        [[1, 's = 5']],
      );
    }),

  'an error aborts the waiting cells, and only those': () =>
    withKernel(async (kernel) => {
      const ran = await Promise.all([
        start(kernel, 'await new Promise((r) => setTimeout(r, 200)); throw new Error("first")'),
        start(kernel, '"second"'),
        start(kernel, '"third"'),
      ]);
      assert.equal(
        ran.map(({ reply }) => reply['status']),
        ['error', 'aborted', 'aborted'],
      );
      assert.is((await start(kernel, '"after"')).reply['status'], 'ok');
      const going = await Promise.all([
        start(kernel, 'throw new Error("first")', { stop_on_error: false }),
        start(kernel, '"second"'),
      ]);
      assert.equal(
        going.map(({ reply }) => reply['status']),
        ['error', 'ok'],
      );
    }),

  'complete, incomplete and invalid code are distinguished': () =>
    withKernel(async (kernel) => {
      for (const [code, status] of [
        ['1 + 1', 'complete'],
        ['await (x)', 'complete'],
        ['const a = `x', 'incomplete'],
        ['/* open', 'incomplete'],
        ['function f() {', 'incomplete'],
        ['f(1,', 'incomplete'],
        ['f(1))', 'invalid'],
        ['const = 3', 'invalid'],
        ["const s = 'open", 'invalid'],
        ['const e = <b>x</b>', 'complete'],
        ['<b>\n<i/>', 'incomplete'],
        ['<b></i>', 'invalid'],
        ['!echo a b\n1 + 1', 'complete'],
        ['!echo a b\nf(', 'incomplete'],
      ]) {
        const { content } = await kernel.request('shell', 'is_complete_request', { code });
        assert.is(content['status'], status, code);
      }
    }),

  'comm_info, debug and a comm without a target are answered': () =>
    withKernel(async (kernel) => {
      const comms = await kernel.request('shell', 'comm_info_request', {});
      assert.is(comms.header.msg_type, 'comm_info_reply');
      assert.equal(comms.content, { status: 'ok', comms: {} });
      const debug = await kernel.request('control', 'debug_request', {
        type: 'request',
        command: 'initialize',
        seq: 1,
      });
      assert.is(debug.content['success'], false);
    }),

  'a cell asks for input': () =>
    withKernel(async (kernel) => {
      const ran = await new Promise<string>((resolve, reject) => {
        let text = '';
        kernel
          .execute('const name = await input("who? "); console.log("hello " + name)', {
            allow_stdin: true,
            onMessage(message) {
              if (message.header.msg_type === 'input_request') {
                assert.equal(message.content, { prompt: 'who? ', password: false });
                kernel.post('stdin', 'input_reply', { value: 'Ada' }, message.header);
              }
              if (message.header.msg_type === 'stream') text += message.content['text'];
            },
          })
          .then(() => resolve(text), reject);
      });
      assert.is(ran, 'hello Ada\n');
      const refused = await start(kernel, 'await input("who? ")');
      assert.match(String(refused.reply['evalue']), 'this front end takes none');
    }),

  "an interrupt during type checking stops the cell's loop and keeps all variables": () =>
    withKernel(async (kernel) => {
      await start(kernel, 'const kept = 41 + 1');
      for (const milliseconds of [0, 3, 10]) {
        const looping = start(kernel, 'for (;;) {}');
        setTimeout(() => kernel.interrupt(), milliseconds);
        assert.is((await looping).reply['ename'], 'KeyboardInterrupt');
      }
      const [result] = (await start(kernel, 'kept')).of('execute_result');
      assert.equal(result?.['data'], { 'text/plain': '42' });
    }),

  'a signed message whose content is not an object is dropped, and the next one is answered': () =>
    inKernel('convlens', async (kernel) => {
      for (const content of [null, 5, 'x', []]) {
        kernel.post('shell', 'history_request', content as never);
        const { reply } = await start(kernel, '1');
        assert.is(reply['status'], 'ok', JSON.stringify(content));
      }
    }),

  'a message with a wrong signature gets no answer': () =>
    withKernel(async (kernel) => {
      const stranger = Object.assign(Object.create(kernel), {
        connection: { key: 'guessed' },
      }) as KernelClient;
      const answer = await Promise.race([stranger.request('shell', 'kernel_info_request', {}), wait(500)]);
      assert.is(answer, undefined);
      assert.is((await kernel.request('shell', 'kernel_info_request', {})).content['status'], 'ok');
    }),
});
