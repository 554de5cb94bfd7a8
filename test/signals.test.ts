import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { suite } from './suite';

/** Runs two models again and again for three seconds, as a process that hears signals. */
const PREDICTS = `
  process.on('SIGUSR2', () => {});
  const { tf, ready } = require('./dist/src/tensorflow/backend');
  const { loadModel } = require('./dist/src/keras/load');
  const { predict } = require('./dist/src/keras/run/predict');
  (async () => {
    await ready();
    const pictures = await loadModel('notebooks/dogcat_v1.h5');
    const nested = await loadModel('test/fixtures/keras/functional.keras');
    const [x, y] = [tf().ones([1, 150, 150, 3]), tf().ones([8, 8, 8, 3])];
    console.log('started');
    for (const end = performance.now() + 3000; performance.now() < end; ) {
      await predict(pictures, x, { layers: [-1] });
      await predict(nested, [y, y], { layers: [-1] });
    }
    console.log('done');
    process.exit();
  })();`;

suite('signals', {
  async 'signals during a TensorFlow computation, such as interrupts, do no harm'() {
    const child = spawn(process.execPath, ['-e', PREDICTS], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
    const ended = once(child, 'exit');
    while (!said.includes('started') && child.exitCode === null) await sleep(20);
    for (const end = performance.now() + 2500; performance.now() < end; await sleep(0)) {
      for (let i = 0; i < 5; i++) child.kill('SIGUSR2');
    }
    assert.equal(await ended, [0, null]);
    assert.is(said.at(-1), 'done');
  },
});
