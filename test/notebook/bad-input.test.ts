import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { type Cell, type Notebook, textOf } from '../../src/notebook/nbformat';
import { runNotebook } from '../../src/notebook/run';
import { FIXTURES } from '../npy';
import { suite } from '../suite';

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');
const fixture = (name: string) => JSON.stringify(join(FIXTURES, name));

/** What works, and must still work after everything below has failed. */
const START = `import { grid, loadImage, loadModel, matshow, predict, toTensor } from 'convlens';
const img = await loadImage('cat.jpg', { targetSize: [150, 150] });
const tensor = toTensor(img);
const model = await loadModel('dogcat_v1.h5');
const maps = await predict(model, tensor, { layers: ['conv2d_1'] });`;
const ALIVE = `maps[0].shape.join(' × ')`;

/** A cell that goes wrong, the error's class, and the words that name what, where and what to do. */
const MISTAKES: [source: string, ename: string, words: RegExp][] = [
  [
    `await loadImage('dog.jpg')`,
    'PictureError',
    /^Cannot load dog\.jpg: there is no such file \(looked in .*notebooks\)/,
  ],
  [`await loadImage('CARD.md')`, 'PictureError', /^Cannot load CARD\.md: it is not a picture/],
  [`await loadModel('nothing.h5')`, 'ModelError', /^Cannot load nothing\.h5: there is no such file/],
  [`await loadModel('cat.jpg')`, 'ModelError', /^Cannot load cat\.jpg: .*\.h5/],
  [
    `await loadModel(${fixture('dense.weights.h5')})`,
    'ModelError',
    /^Cannot load .*dense\.weights\.h5: it holds weights only.*model\.save\(\)/,
  ],
  [`matshow(maps[0], { channel: 99 })`, 'RangeError', /channel 99 of conv2d_1.* 0.*15/],
  [`grid(maps[0], { channels: [3, 16] })`, 'RangeError', /channel 16 of conv2d_1/],
  [`await predict(model, tensor, { layers: ['conv2d_11'] })`, 'RangeError', /"?conv2d_11"?.*"?conv2d_1"?/],
  [
    `await predict(model, toTensor(await loadImage('cat.jpg', { targetSize: [64, 64] })))`,
    'RangeError',
    /needs shape \[any, 150, 150, 3\].* \[1, 64, 64, 3\].*targetSize/,
  ],
  [`matshow(model as never)`, 'TypeError', /^Cannot read the activation/],
];

function code(source: string): Cell {
  return { cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null };
}

for (const kernel of ['tslab', 'convlens']) {
  suite(`mistakes in kernel ${kernel}`, {
    'each gives its error and what to do, and the kernel lives on with all it had': async () => {
      const cells = [code(START), ...MISTAKES.flatMap(([source]) => [code(source), code(ALIVE)])];
      const notebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
      const { errors } = await runNotebook(notebook, findKernel(kernel), {
        cwd: NOTEBOOKS,
        keepGoing: true,
        timeout: 600,
      });
      MISTAKES.forEach(([source, ename, words], i) => {
        const error = errors.get(1 + 2 * i);
        assert.ok(error, `nothing went wrong: ${source}`);
        assert.is(error!.ename, ename, `${source}: ${error!.ename}: ${error!.evalue}`);
        assert.match(error!.evalue, words);
        const alive = cells[2 + 2 * i]!.outputs!;
        assert.match(
          JSON.stringify(alive.map((o) => ('text' in o ? textOf(o.text) : o))),
          '1 × 148 × 148 × 16',
        );
      });
      assert.is(errors.size, MISTAKES.length);
    },
  });
}
