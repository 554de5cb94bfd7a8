import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { architectureFigure, gridFigure, kernelsFigure, loadModel, saveFigures } from '../../src/index';
import { architectureOf } from '../../src/keras/architecture';
import { kernelsOf, kernelsOfInput } from '../../src/keras/convolution-kernels';
import { FIXTURES, kerasActivation, npy } from '../npy';
import { suite } from '../suite';

const TUTORIAL = join(FIXTURES, '..', '..', 'notebooks', 'dogcat_v1.h5');

suite('architecture, kernels, saving', {
  'each layer of a model is a box with its class, and its shape stands beside the arrow': async () => {
    const model = await loadModel(TUTORIAL);
    const { nodes, edges } = architectureOf(model);
    assert.equal(
      nodes.map(({ name }) => name),
      model.layers.map(({ name }) => name),
    );
    assert.equal(edges[0], ['conv2d_1', 'max_pooling2d_1']);
    assert.is(edges.length, 8);
    const figure = architectureFigure(model);
    assert.match(figure.text, '9 layers\n25,697 parameters');
    assert.match(figure.text, 'conv2d_3 (Conv2D): 34 × 34 × 64');
    const words = JSON.stringify(figure.spec);
    for (const text of ['global_average_pooling2d_1', 'GlobalAveragePooling2D', '148 × 148 × 16']) {
      assert.ok(words.includes(text), text);
    }
    model.dispose();
  },
  'what is no model and no layer is refused': async () => {
    assert.throws(() => architectureFigure({} as never), TypeError);
    assert.throws(() => kernelsFigure('conv2d_1' as never), TypeError);
    const model = await loadModel(TUTORIAL);
    assert.throws(() => kernelsFigure(model.layers[1]!), /it is MaxPooling2D/);
    assert.throws(() => kernelsFigure(model.layers[2]!, { channel: 16 }), /no input channel 16.*0 to 15/);
    model.dispose();
  },
  "kernels are Keras's numbers, by input channel and in colours": async () => {
    const model = await loadModel(TUTORIAL);
    for (const [at, name] of [
      [0, 'conv2d_1'],
      [2, 'conv2d_2'],
    ] as const) {
      const golden = npy(`kernel-${name}`);
      const all = kernelsOf(model.layers[at]!);
      assert.equal(all.shape, golden.shape);
      assert.equal(all.data, golden.data);
      const [height, width, inputs, filters] = all.shape;
      const maps = kernelsOfInput(all, inputs - 1);
      assert.equal(maps.shape, [1, height, width, filters]);
      assert.is(maps.data[5], golden.data[(inputs - 1) * filters + 5]);
    }
    assert.match(kernelsFigure(model.layers[0]!).text, 'kernels of conv2d_1; 16 pictures of 3 × 3');
    assert.match(
      kernelsFigure(model.layers[0]!, { channel: 2 }).text,
      'kernels of conv2d_1 · input channel 2 of 3; 16 channels of 3 × 3',
    );
    model.dispose();
  },
  'figures are saved under their names, none over another': async () => {
    const home = mkdtempSync(join(tmpdir(), 'convlens-figures-'));
    try {
      const folder = join(home, 'a', 'b');
      const figure = gridFigure(kerasActivation('max_pooling2d_2'));
      const paths = await saveFigures([figure, figure], folder);
      assert.equal(readdirSync(folder).sort(), ['max_pooling2d_2-2.png', 'max_pooling2d_2.png']);
      assert.is(paths.length, 2);
      await saveFigures({ 'a/b: ü': figure }, folder, { format: 'json' });
      assert.ok(readdirSync(folder).includes('a-b-ü.json'));
      const names = { ['層'.repeat(120)]: figure, con: figure, '..': figure, 'A/B': figure, 'a-b': figure };
      await saveFigures(names, join(home, 'odd'));
      assert.equal(
        readdirSync(join(home, 'odd')).sort(),
        ['A-B.png', 'a-b-2.png', 'figure-con.png', 'figure.png', `${'層'.repeat(66)}.png`].sort(),
      );
      writeFileSync(join(home, 'file'), '');
      await figure.save(7 as never).then(
        () => assert.unreachable(),
        (error) => assert.match(error.message, /the path is a number/),
      );
      await saveFigures([figure], folder, { format: '.png' as 'png' }).then(
        () => assert.unreachable(),
        (error) => assert.match(error.message, /Choose from png, svg, json, html/),
      );
      for (const [given, where, words] of [
        [figure, folder, /this is a figure/],
        [new Map([['a', figure]]), folder, /Pass a list, or an object/],
        [[figure], '', /the folder is ""/],
        [[figure], undefined, /the folder is undefined/],
        [[figure], 'file:///tmp/a', /Give its path/],
        [[], folder, /there are none/],
        [[{}], folder, /one is/],
        [[figure], join(home, 'file'), /cannot be made/],
      ] as const) {
        let message = '';
        await saveFigures(given as never, where as string).catch((error: Error) => (message = error.message));
        assert.match(message, words);
      }
    } finally {
      rmSync(home, { recursive: true });
    }
  },
});
