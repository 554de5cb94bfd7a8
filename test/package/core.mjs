// Uses convlens/core, as a browser would, on the installed package; TensorFlow.js and h5wasm are the program's own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { gridFigure, hdf5With, loadModel, predict, useTensorFlow } from 'convlens/core';
import * as h5wasm from 'h5wasm';

const require = createRequire(import.meta.url);
const folder = `${dirname(require.resolve('convlens/package.json'))}/notebooks/`;
useTensorFlow({ tf, layers });
const model = await loadModel(readFileSync(`${folder}dogcat_v1.h5`), { openHdf5: hdf5With(h5wasm) });
const [map] = await predict(model, tf.ones([1, 150, 150, 3]), { layers: [0] });
const kinds = Object.keys(gridFigure(map).spec).includes('$schema');
for (const path of [
  'convlens/dist/src/index.js',
  'convlens/dist/src/keras/read.js',
  'convlens/src/index.ts',
]) {
  try {
    require(path);
    console.log(`${path} can be imported`);
  } catch (error) {
    if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
  }
}
console.log(map.shape.join(), kinds);
