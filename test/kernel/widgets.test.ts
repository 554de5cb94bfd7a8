import { resolve } from 'node:path';
import * as assert from 'uvu/assert';
import type { Content, Message } from '../../src/kernel/wire';
import { KernelClient } from '../../src/notebook/client';
import { findKernel } from '../../src/notebook/kernelspec';
import { suite } from '../suite';

const IMPORT = `const { slider, dropdown, checkbox, interact, output } = require(${JSON.stringify(resolve('dist/src/kernel/widgets.js'))});`;
const contents = (messages: Message[], type: string) =>
  messages.filter((message) => message.header.msg_type === type).map(({ content }) => content);

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 3000; performance.now() < end && !holds(); ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(holds(), 'it did not happen in time');
}

async function inKernel(name: string, test: (kernel: KernelClient, cell: Cell) => Promise<void>) {
  const kernel = await KernelClient.start(findKernel(name), { cwd: process.cwd() });
  const all: Message[] = [];
  try {
    await test(kernel, async (code) => {
      const { reply } = await kernel.execute(code, { onMessage: (message) => all.push(message) });
      assert.is(reply['status'], 'ok', JSON.stringify(all.map(({ content }) => content)));
      return all;
    });
  } finally {
    await kernel.shutdown();
  }
}

type Cell = (code: string) => Promise<Message[]>;

suite('widgets', {
  'interact opens models and redraws in place': () =>
    inKernel('convlens', async (kernel, cell) => {
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
      const view = (shown[0]['data'] as Content)['application/vnd.jupyter.widget-view+json'] as Content;
      assert.match(String((shown[0]['data'] as Content)['text/plain']), 'pip install ipywidgets');
      const drawing = shown[3];
      assert.equal(drawing['data'], { 'text/plain': '{"channel":0,"map":"a","flip":false}' });

      const updates: Message[] = [];
      const comm = {
        comm_id: view['model_id'],
        data: { method: 'update', state: { value: 7 }, buffer_paths: [] },
      };
      kernel.post('shell', 'comm_msg', comm, {}, (message) => updates.push(message));
      await until(() => contents(updates, 'update_display_data').length === 1);
      const [update] = contents(updates, 'update_display_data');
      assert.equal(update['data'], { 'text/plain': '{"channel":7,"map":"a","flip":false}' });
      assert.equal(update['transient'], drawing['transient']);

      const info = await kernel.request('shell', 'comm_info_request', { target_name: 'jupyter.widget' });
      assert.is(Object.keys(info.content['comms'] as Content).length, opened.length);
    }),

  'an output is filled again': () =>
    inKernel('convlens', async (_, cell) => {
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
    inKernel('tslab', async (_, cell) => {
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
