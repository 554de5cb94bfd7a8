import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { FIXTURES, json } from '../npy';
import { suite } from '../suite';

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');

/** What a program prints that imports convlens as a cell does, in a process where no TensorFlow runs yet. */
function printed(backend: string, program: string): unknown {
  const script = `const c = require(${JSON.stringify(join(__dirname, '..', '..', 'src', 'index.js'))});
(async () => { ${program} })().then((value) => console.log(JSON.stringify(value)));`;
  const env = { ...process.env, CONVLENS_BACKEND: backend };
  const text = execFileSync(process.execPath, ['-e', script], { cwd: NOTEBOOKS, env, encoding: 'utf8' });
  return JSON.parse(text.trim());
}

suite('to-tensor', {
  ...Object.fromEntries(
    ['native', 'wasm', 'cpu'].map((backend) => [
      `a tensor that is made before TensorFlow runs gives Keras's prediction (${backend})`,
      () => {
        const [first, prediction, left] = printed(
          backend,
          `const t = c.toTensor(await c.loadImage('cat.jpg', { targetSize: [150, 150] }));
           const first = t.dataSync()[0];
           const model = await c.loadModel('dogcat_v1.h5');
           const y = model.predict(t);
           const prediction = y.dataSync()[0];
           const before = require('@tensorflow/tfjs-core').memory().numTensors;
           t.dispose(); y.dispose();
           return [first, prediction, before - require('@tensorflow/tfjs-core').memory().numTensors];`,
        ) as [number, number, number];
        assert.is(first, Math.fround(145 / 255));
        assert.ok(Math.abs(prediction - json<number>('prediction')) < 1e-5);
        assert.is(left, 2);
      },
    ]),
  ),
});
