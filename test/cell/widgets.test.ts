import { resolve } from 'node:path';
import * as assert from 'uvu/assert';
import type { Content, Message } from '../../src/jupyter/wire';
import type { KernelClient } from '../../src/notebook/client';
import { inKernel, start } from '../kernel/cells';
import { suite } from '../suite';
import { until, wait } from '../until';

const IMPORT = `const { slider, dropdown, checkbox, interact, output } = require(${JSON.stringify(resolve('dist/src/index.js'))});`;
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

/** The state in which a model was opened. */
const openedAs = (opened: Content) => (opened['data'] as Content)['state'] as Content;

/** The model of the control of that name. */
function modelOf(all: Message[], name: string): string {
  const found = contents(all, 'comm_open').find((opened) => openedAs(opened)['description'] === name);
  return found!['comm_id'] as string;
}

/** What a front end sends when its reader moves a control. */
function post(kernel: KernelClient, model: string, state: Content, onMessage: (message: Message) => void) {
  const data = { method: 'update', state, buffer_paths: [] };
  kernel.post('shell', 'comm_msg', { comm_id: model, data }, {}, onMessage);
}

/** Moves a control and waits for the drawing that comes of it. */
const move = (kernel: KernelClient, model: string, state: Content) =>
  drawn((onMessage) => post(kernel, model, state, onMessage));

/** Clicks a button and waits for the drawing that comes of it. */
const click = (kernel: KernelClient, model: string) =>
  drawn((onMessage) => {
    const data = { method: 'custom', content: { event: 'click' } };
    kernel.post('shell', 'comm_msg', { comm_id: model, data }, {}, onMessage);
  });

async function drawn(send: (onMessage: (message: Message) => void) => void): Promise<Content> {
  const updates: Message[] = [];
  send((message) => updates.push(message));
  await until(() => contents(updates, 'update_display_data').length === 1);
  return contents(updates, 'update_display_data')[0]!;
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
      const models = opened.map((content) => openedAs(content)['_model_name']);
      assert.ok(
        ['IntSliderModel', 'DropdownModel', 'CheckboxModel'].every((name) => models.includes(name)),
        models.join(),
      );
      const shown = contents(all, 'display_data');
      assert.is(shown.length, 2);
      assert.match(plainOf(shown[0]!), 'pip install ipywidgets');
      const drawing = shown[1];
      assert.equal(drawing!['data'], { 'text/plain': '{"channel":0,"map":"a","flip":false}' });

      const update = await move(kernel, modelOf(all, 'channel'), { value: 7 });
      assert.equal(update['data'], { 'text/plain': '{"channel":7,"map":"a","flip":false}' });
      assert.equal(update['transient'], drawing!['transient']);

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
      const [, drawing] = contents(all, 'display_data').map(({ data }) => data as Content);
      assert.match(String(drawing!['text/plain']), 'made · channel 0; 1 × 2; 1 to 3');
      const update = await move(kernel, modelOf(all, 'channel'), { value: 1 });
      assert.match(plainOf(update), 'made · channel 1; 1 × 2; 2 to 4');
    }),

  'a live explorer asks the kernel for each map': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(`import { explore } from 'convlens';
const map = (layer: string, n: number) => ({ layer, shape: [1, 1, 2, n], data: Float32Array.from({ length: 2 * n }, (_, i) => i) });`);
      const all = await cell(
        `await explore([map('a.b: "1" [é]', 2), map('b', 5)], { live: true, layer: 'b', channel: 3 });`,
      );
      const [, drawing] = contents(all, 'display_data').map(({ data }) => data as Content);
      const [layer, channel] = ['layer', 'channel'].map((name) => modelOf(all, name));
      assert.match(String(drawing!['text/plain']), 'shown b, channel 3: 1 × 2 · 3 to 8');
      assert.match(plainOf(await move(kernel, channel!, { value: 4 })), 'shown b, channel 4: 1 × 2 · 4 to 9');
      assert.match(
        plainOf(await move(kernel, layer!, { index: 0 })),
        'shown a.b: "1" [é], channel 1: 1 × 2 · 1 to 3',
      );
      // The buttons beside the slider go as far as the layer does.
      const [back, next] = ['◀', '▶'].map((name) => modelOf(all, name));
      assert.match(plainOf(await click(kernel, back!)), 'channel 0: 1 × 2 · 0 to 2');
      assert.match(plainOf(await click(kernel, next!)), 'channel 1: 1 × 2 · 1 to 3');
      const data = { method: 'custom', content: { event: 'click' } };
      kernel.post('shell', 'comm_msg', { comm_id: next!, data }, {}, () => {});
      assert.match(plainOf(await click(kernel, back!)), 'channel 0: 1 × 2 · 0 to 2');
    }),

  'a control that moves while a cell runs, or before one that fails, is followed between cells': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell('await interact({ x: slider(0, 9) }, ({ x }) => console.log("x is", x))');
      const order: string[] = [];
      const moveTo = (value: number) =>
        post(kernel, modelOf(all, 'x'), { value }, ({ header, content }) => {
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

  'a callback that throws is reported, one that never ends is interrupted': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell(
        'const knob = slider(0, 9); await interact({ knob }, ({ knob }) => { if (knob === 1) throw new RangeError("no such"); while (knob === 2) {} })',
      );
      const told: Message[] = [];
      const turn = (value: number) =>
        post(kernel, modelOf(all, 'knob'), { value }, (message) => told.push(message));
      const text = () => JSON.stringify([...contents(told, 'stream'), ...contents(all, 'stream')]);
      turn(1);
      await until(() => /RangeError: no such/.test(text()));
      turn(2);
      const next = start(kernel, 'console.log("alive")');
      await wait(300);
      await kernel.interrupt();
      assert.is((await next).text(), 'alive\n');
    }),

  'an output is filled again': () =>
    inCells('convlens', async (_, cell) => {
      await cell(`${IMPORT} const place = output();`);
      await cell('place');
      const all = await cell('await place.draw(() => console.log("drawn"))');
      const [message] = contents(all, 'comm_msg');
      const { state } = message!['data'] as { state: Content };
      assert.equal(state['outputs'], [
        { output_type: 'display_data', data: { 'text/plain': 'drawn' }, metadata: {} },
      ]);
    }),

  'a reloaded page gets every model with its current state, in one round trip': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell(
        `const place = output(); place
await interact({ channel: slider(0, 15), map: dropdown(['a', 'b']), flip: checkbox() }, ({ channel }) => console.log('channel', channel))`,
      );
      await move(kernel, modelOf(all, 'channel'), { value: 7 });
      const heard: Message[] = [];
      const hear = (message: Message) => void heard.push(message);
      const open = { comm_id: 'control-1', target_name: 'jupyter.widget.control', data: {} };
      kernel.post('shell', 'comm_open', open, {}, hear);
      kernel.post(
        'shell',
        'comm_msg',
        { comm_id: 'control-1', data: { method: 'request_states' } },
        {},
        hear,
      );
      await until(() => contents(heard, 'comm_msg').length === 1);
      assert.equal(contents(heard, 'comm_close'), [], 'the target is known');
      const { comm_id, data } = contents(heard, 'comm_msg')[0] as { comm_id: string; data: Content };
      assert.is(comm_id, 'control-1');
      assert.is(data['method'], 'update_states');
      assert.equal(data['buffer_paths'], []);
      const states = data['states'] as Record<string, Content & { state: Content }>;
      const opened = contents(all, 'comm_open');
      // Styles and layouts too: a control whose layout lacks is not shown.
      assert.equal(Object.keys(states).sort(), opened.map((content) => content['comm_id']).sort());
      for (const content of opened) {
        const { state, ...model } = states[content['comm_id'] as string]!;
        const was = openedAs(content);
        assert.equal(model, {
          model_name: was['_model_name'],
          model_module: was['_model_module'],
          model_module_version: was['_model_module_version'],
        });
        const moved = content['comm_id'] === modelOf(all, 'channel') ? { value: 7 } : {};
        assert.equal(state, { ...was, ...moved });
      }
    }),

  'request_state is answered for every model with its full state': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell(
        'await interact({ pick: dropdown(["a", "b"]) }, ({ pick }) => console.log(pick))',
      );
      await move(kernel, modelOf(all, 'pick'), { index: 1 });
      for (const content of contents(all, 'comm_open')) {
        const heard: Message[] = [];
        const comm_id = content['comm_id'];
        const asked = { comm_id, data: { method: 'request_state' } };
        kernel.post('shell', 'comm_msg', asked, {}, (message) => heard.push(message));
        await until(() => contents(heard, 'comm_msg').length === 1);
        const [answer] = contents(heard, 'comm_msg');
        const moved = comm_id === modelOf(all, 'pick') ? { index: 1 } : {};
        assert.equal(answer, {
          comm_id,
          data: { method: 'update', state: { ...openedAs(content), ...moved }, buffer_paths: [] },
        });
      }
    }),

  'a page that did not see the cell run gets its drawings in a widget': () =>
    inCells('convlens', async (kernel, cell) => {
      await cell(IMPORT);
      const all = await cell('await interact({ x: slider(0, 9) }, ({ x }) => console.log("x is", x))');
      const later: Message[] = [];
      await move(kernel, modelOf(all, 'x'), { value: 3 });
      const outputs = () =>
        contents(later, 'comm_msg').map(
          ({ data }) => ((data as Content)['state'] as Content)['outputs'] as unknown,
        );
      const asAnotherPage = Object.assign(Object.create(kernel) as KernelClient, { session: 'another page' });
      post(asAnotherPage, modelOf(all, 'x'), { value: 4 }, (message) => later.push(message));
      await until(() => outputs().length === 1);
      const shown = { output_type: 'display_data', data: { 'text/plain': 'x is 4' }, metadata: {} };
      assert.equal(outputs(), [[shown]]);
    }),

  'in Voilà the drawing itself is in the widget': async () => {
    process.env['SERVER_SOFTWARE'] = 'voila/0.5.13';
    try {
      await inCells('convlens', async (_, cell) => {
        await cell(IMPORT);
        const all = await cell('await interact({ x: slider(2, 9) }, ({ x }) => console.log("x is", x))');
        assert.is(contents(all, 'display_data').length, 1);
        assert.match(JSON.stringify(contents(all, 'comm_msg')), '"text/plain":"x is 2"');
      });
    } finally {
      delete process.env['SERVER_SOFTWARE'];
    }
  },

  'in stock tslab only the first drawing is shown': () =>
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
