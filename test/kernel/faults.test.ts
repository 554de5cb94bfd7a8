import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { Content } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { wait } from '../until';
import { inKernel, start } from './cells';

/** Each thing that a kernel may get wrong on the wire, and how to see whether this one gets it right. */
const CHECKS: Record<string, (kernel: KernelClient) => Promise<boolean>> = {
  'kernel_info_reply has a status': async (kernel) => kernel.info['status'] === 'ok',
  'execute_input is published': async (kernel) => (await start(kernel, '1')).of('execute_input').length === 1,
  'the last value is an execute_result': async (kernel) =>
    (await start(kernel, '6 * 7')).of('execute_result').length === 1,
  'a thrown error is an error message': async (kernel) => {
    const ran = await start(kernel, 'throw new RangeError("far")');
    await wait(300);
    return ran.of('error')[0]?.['ename'] === 'RangeError' && ran.reply['evalue'] === 'far';
  },
  'a type error is an error message': async (kernel) => {
    const ran = await start(kernel, 'const s: string = 1');
    await wait(300);
    return /TS2322/.test(String(ran.of('error')[0]?.['evalue']));
  },
  'comm_info is answered as such': async (kernel) => {
    const reply = kernel.request('shell', 'comm_info_request', {});
    return (await reply).header.msg_type === 'comm_info_reply';
  },
  'history is answered': async (kernel) => {
    const asked = kernel.request('shell', 'history_request', { hist_access_type: 'tail', n: 1 });
    return (await Promise.race([asked, wait(1000)])) !== undefined;
  },
  'a silent cell shows no value': async (kernel) => {
    const ran = await start(kernel, '5', { silent: true });
    return [...ran.of('stream'), ...ran.of('execute_result'), ...ran.of('execute_input')].length === 0;
  },
  'stop_on_error: false lets the next cell run': async (kernel) => {
    const first = start(kernel, 'throw new Error("x")', { stop_on_error: false });
    const { reply } = await start(kernel, '1');
    await first;
    await wait(300);
    return reply['status'] === 'ok';
  },
  'queued cells are "aborted"': async (kernel) => {
    const first = start(kernel, 'throw new Error("x")');
    const { reply } = await start(kernel, '1');
    await first;
    await wait(300);
    return reply['status'] === 'aborted';
  },
  'a cell sent after the error runs': async (kernel) => {
    await start(kernel, 'throw new Error("x")');
    const { reply } = await start(kernel, '1');
    await wait(300);
    return reply['status'] === 'ok';
  },
  "a timer's output goes to its own cell": async (kernel) => {
    const first = await start(kernel, 'setTimeout(() => console.log("late"), 100)');
    await start(kernel, '1');
    await wait(300);
    return first.text().includes('late');
  },
  'cursor positions count code points': async (kernel) => {
    const code = '"😀😀😀😀"; Math.ma';
    const cursor_pos = [...code].length;
    const { content } = await kernel.request('shell', 'complete_request', { code, cursor_pos });
    return content['cursor_start'] === cursor_pos - 2 && (content['matches'] as string[]).includes('max');
  },
  'UTF-8 split across writes is joined': async (kernel) => {
    const ran = await start(
      kernel,
      'for (const b of Buffer.from("€")) process.stdout.write(Uint8Array.of(b));',
    );
    return ran.text().includes('€');
  },
  'await (…) is awaited': async (kernel) => {
    await start(kernel, 'const soon = async () => 5;');
    const ran = await start(kernel, 'await (soon())');
    await wait(300);
    return (
      ran.reply['status'] === 'ok' &&
      /^5\n?$/.test(ran.text() || String((ran.of('execute_result')[0]?.['data'] as Content)?.['text/plain']))
    );
  },
  'an open template is incomplete': async (kernel) => {
    const { content } = await kernel.request('shell', 'is_complete_request', { code: 'const a = `x' });
    return content['status'] === 'incomplete';
  },
  'invalid code is recognized': async (kernel) => {
    const { content } = await kernel.request('shell', 'is_complete_request', { code: 'f(1))' });
    return content['status'] === 'invalid';
  },
  'await of a call is awaited, redeclaring works': async (kernel) => {
    // Both do: a kernel that had fallen silent by now would fail here too.
    const ran = await start(kernel, 'const soon = async () => 7; console.log(await soon())');
    return ran.text() === '7\n';
  },
  'an interrupt ends a loop that follows an await': async (kernel) => {
    const running = start(kernel, 'await 1; while (true) {}').catch(() => undefined);
    await wait(300);
    await kernel.interrupt();
    const ended = await Promise.race([running, wait(2500)]);
    return ended !== undefined;
  },
};

async function resultsOf(name: string): Promise<Record<string, boolean>> {
  return inKernel(name, async (kernel) => {
    const results: Record<string, boolean> = {};
    for (const [title, check] of Object.entries(CHECKS)) results[title] = await check(kernel);
    return results;
  });
}

suite("tslab's faults on the wire", {
  'the convlens kernel has none of them, and docs/kernel.md describes both kernels correctly': async () => {
    const ours = await resultsOf('convlens');
    const theirs = await resultsOf('tslab');
    assert.equal(
      Object.keys(ours).filter((title) => !ours[title]),
      [],
    );
    const mark = (right: boolean) => (right ? 'yes' : 'no');
    const rows = Object.keys(CHECKS).map(
      (title) => `| ${title} | ${mark(ours[title]!)} | ${mark(theirs[title]!)} |`,
    );
    // The formatter pads the columns of the document.
    const documented = readFileSync('docs/kernel.md', 'utf8')
      .split('\n')
      .map((line) => line.replace(/\s+\|/g, ' |'))
      .filter((line) => / (yes|no) \|$/.test(line));
    assert.equal(documented, rows, `the table should be:\n${rows.join('\n')}`);
  },
});
