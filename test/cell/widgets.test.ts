import { resolve } from 'node:path';
import * as assert from 'uvu/assert';
import type { Content, Message } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { inKernel, start, until, wait } from '../kernel/cells';
import { suite } from '../suite';

const IMPORT = `const { slider, dropdown, checkbox, interact, output } = require(${JSON.stringify(resolve('dist/src/cell/widgets.js'))});`;
const contents = (messages: Message[], type: string) =>
  messages.filter((message) => message.header.msg_type === type).map(({ content }) => content);

async function inCells(name: string, test: (kernel: KernelClient, cell: Cell) => Promise<void>) {
  await inKernel(name, async (kernel) => {
    const all: Message[] = [];
    await test(kernel, async (code) => {
      const { reply, messages } = await start(kernel, code);
      assert.is(reply['status'], 'ok', JSON.stringify(messages.map(({ content }) => content)));
      all.push(...messages);
      return all;
    });
  });
}

type Cell = (code: string) => Promise<Message[]>;

/** The model behind what a control showed. */
const modelOf = (shown: Content) =>
  (shown['application/vnd.jupyter.widget-view+json'] as Content)['model_id'] as string;

/** What a front end sends when its reader moves a control. */
function post(kernel: KernelClient, control: Content, state: Content, onMessage: (message: Message) => void) {
  const data = { method: 'update', state, buffer_paths: [] };
  kernel.post('shell', 'comm_msg', { comm_id: modelOf(control), data }, {}, onMessage);
}

/** Moves a control and waits for the drawing that comes of it. */
async function move(kernel: KernelClient, control: Content, state: Content): Promise<Content> {
  const updates: Message[] = [];
  post(kernel, control, state, (message) => updates.push(message));
  await until(() => contents(updates, 'update_display_data').length === 1);
  return contents(updates, 'update_display_data')[0];
}

const plainOf = (content: Content) => String((content['data'] as Content)['text/plain']);

suite('widgets', {
  'interact opens models and redraws in place': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell(
        'await interact({ channel: slider(0, 15), map: dropdown(["a", "b"]), flip: checkbox() }, (v) => console.log(JSON.stringify(v)))',
      );
      const opened = contents(all, 'comm_open');
      const models = opened.map(
        (content) => ((content['data'] as Content)['state'] as Content)['_model_name'],
      );
      assert.ok(
        ['IntSliderModel', 'DropdownModel', 'CheckboxModel'].every((name) => models.includes(name)),
        models.join(),
      );
      const shown = contents(all, 'display_data');
      assert.is(shown.length, 4);
      assert.match(String((shown[0]['data'] as Content)['text/plain']), 'pip install ipywidgets');
      const drawing = shown[3];
      assert.equal(drawing['data'], { 'text/plain': '{"channel":0,"map":"a","flip":false}' });

      const update = await move(kernel, shown[0]['data'] as Content, { value: 7 });
      assert.equal(update['data'], { 'text/plain': '{"channel":7,"map":"a","flip":false}' });
      assert.equal(update['transient'], drawing['transient']);

      const info = await kernel.request('shell', 'comm_info_request', { target_name: 'jupyter.widget' });
      assert.is(Object.keys(info.content['comms'] as Content).length, opened.length);
    }),

  'interact draws a figure, and its next state in its place': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(`import { interact, matshow, slider } from 'convlens';
const map = { layer: 'made', shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) };`);
      const all = await cell(
        'await interact({ channel: slider(0, 1) }, ({ channel }) => matshow(map, { channel: channel }))',
      );
      const [control, drawing] = contents(all, 'display_data').map(({ data }) => data as Content);
      assert.match(String(drawing['text/plain']), 'made · channel 0; 1 × 2; 1 to 3');
      const update = await move(kernel, control, { value: 1 });
      assert.match(plainOf(update), 'made · channel 1; 1 × 2; 2 to 4');
    }),

  'a live explorer asks the kernel for each map': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(`import { explore } from 'convlens';
const map = (layer: string, n: number) => ({ layer, shape: [1, 1, 2, n], data: Float32Array.from({ length: 2 * n }, (_, i) => i) });`);
      const all = await cell(
        `await explore([map('a', 2), map('b', 5)], { live: true, layer: 'b', channel: 3 });`,
      );
      const [layer, channel, drawing] = contents(all, 'display_data').map(({ data }) => data as Content);
      assert.match(String(drawing['text/plain']), 'shown b, channel 3: 1 × 2 · 3 to 8');
      assert.match(plainOf(await move(kernel, channel, { value: 4 })), 'shown b, channel 4: 1 × 2 · 4 to 9');
      assert.match(plainOf(await move(kernel, layer, { index: 0 })), 'shown a, channel 1: 1 × 2 · 1 to 3');
    }),

  'a control that moves while a cell runs, or before one that fails, is followed between cells': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell('await interact({ x: slider(0, 9) }, ({ x }) => console.log("x is", x))');
      const [shown] = contents(all, 'display_data');
      const order: string[] = [];
      const moveTo = (value: number) =>
        post(kernel, shown['data'] as Content, { value }, ({ header, content }) => {
          if (header.msg_type === 'update_display_data') order.push(plainOf(content));
        });
      // The order is that of one channel: a reply comes by another, and either may be read first.
      const busy = kernel.execute(
        'for (let i = 0; i < 5; i++) { await new Promise((r) => setTimeout(r, 60)); } throw new Error("end")',
        { onMessage: ({ header }) => header.msg_type === 'error' && order.push('error') },
      );
      moveTo(3);
      const queued = start(kernel, '1').then(({ reply }) => order.push(String(reply['status'])));
      moveTo(4);
      await Promise.all([busy, queued]);
      await until(() => order.length === 4);
      assert.is(order[0], 'error');
      assert.equal([...order].sort(), ['aborted', 'error', 'x is 3', 'x is 4']);
      assert.ok(order.indexOf('x is 3') < order.indexOf('x is 4'));
    }),

  'a callback that throws is told, one that never ends is interrupted': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell(
        'const knob = slider(0, 9); await interact({ knob }, ({ knob }) => { if (knob === 1) throw new RangeError("no such"); while (knob === 2) {} })',
      );
      const [shown] = contents(all, 'display_data');
      const told: Message[] = [];
      const turn = (value: number) =>
        post(kernel, shown['data'] as Content, { value }, (message) => told.push(message));
      const text = () => JSON.stringify([...contents(told, 'stream'), ...contents(all, 'stream')]);
      turn(1);
      await until(() => /RangeError: no such/.test(text()));
      turn(2);
      const next = start(kernel, 'console.log("alive")');
      await wait(300);
      const asked = performance.now();
      await kernel.interrupt();
      assert.is((await next).text(), 'alive\n');
      assert.ok(performance.now() - asked < 6000);
    }),

  'an output is filled again': () =>
    inCells('convlens', async (_, cell) => {
      await cell(`${IMPORT} const place = output();`);
      await cell('place');
      const all = await cell('await place.draw(() => console.log("drawn"))');
      const [message] = contents(all, 'comm_msg');
      const { state } = message['data'] as { state: Content };
      assert.equal(state['outputs'], [
        { output_type: 'display_data', data: { 'text/plain': 'drawn' }, metadata: {} },
      ]);
    }),

  'in stock tslab the first drawing stands alone': () =>
    inCells('tslab', async (_, cell) => {
      const all = await cell(
        `${IMPORT} await interact({ x: slider(2, 4) }, ({ x }) => console.log("x is", x))`,
      );
      const text = contents(all, 'stream')
        .map((content) => content['text'])
        .join('');
      assert.match(text, 'npx convlens install');
      assert.match(text, 'x is 2');
    }),
});
