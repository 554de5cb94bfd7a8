import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadImage, loadModel, predict, toTensor } from '../src/index';
import { FIXTURES, json, kerasActivation } from './npy';
import { suite } from './suite';

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');
const LAYERS = ['conv2d_1', 'max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3'];
const FILES = [
  join(NOTEBOOKS, 'dogcat_v1.h5'),
  join(FIXTURES, 'dogcat_v1_keras3.h5'),
  join(FIXTURES, 'dogcat_v1.keras'),
];

/** Runs in a process of its own for each backend: this one, and test/tutorial-wasm. */
export function tutorialSuite(backend: 'native' | 'wasm', tolerance: number): void {
  process.env['CONVLENS_BACKEND'] = backend;
  suite(`the tutorial's numbers on ${backend}`, {
    [`the five activations equal Keras's within ${tolerance}, from each of the model's files`]: async () => {
      const tensor = toTensor(await loadImage(join(NOTEBOOKS, 'cat.jpg'), { targetSize: [150, 150] }));
      for (const file of FILES) {
        const model = await loadModel(file);
        const activations = await predict(model, tensor, { layers: model.layers.slice(0, 5) });
        assert.is(activations.length, 5);
        activations.forEach(({ shape, data }, i) => {
          const expected = kerasActivation(LAYERS[i]!);
          assert.equal(shape, expected.shape);
          const worst = data.reduce(
            (most, value, at) => Math.max(most, Math.abs(value - expected.data[at]!)),
            0,
          );
          assert.ok(worst <= tolerance, `${file} ${LAYERS[i]}: ${worst}`);
        });
        const output = await predict(model, tensor, { layers: [model.layers.length - 1] });
        assert.ok(Math.abs(output[0]!.data[0]! - json<number>('prediction')) <= tolerance);
        model.dispose();
      }
      tensor.dispose();
    },
  });
}

if (require.main === module) tutorialSuite('native', 1e-6);
