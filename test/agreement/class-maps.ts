import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gradCam, loadModel, saliency, type Tensor } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';

/**
 * Compares class maps and gradients of a model with Keras's, and prints the differences as JSON.
 * usage: class-maps.js NAME FOLDER
 */

interface Explained {
  index: number;
  layer: string;
  shape: number[];
  map: number[];
  floor: number;
}

const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8'));
const floats = (file: string) => new Float32Array(new Uint8Array(readFileSync(file)).buffer);

/** The L2 norm of the difference, relative to that of what is expected. */
function distance(values: Float32Array, expected: Float32Array): number {
  const squares = (list: Float32Array) => list.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(values.map((value, i) => value - expected[i]!)) / squares(expected));
}

async function main(name: string, folder: string): Promise<void> {
  await ready();
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  const { input } = json<{ input: number[] }>(file('json'));
  const expected = json<Explained>(file('explained.json'));
  const model = await loadModel(file('keras'));
  const x = tf().tensor(floats(file('input.bin')), input) as Tensor;
  const before = tf().memory().numTensors;
  const found = await gradCam(model, x);
  if (found.layer !== expected.layer) throw new Error(`layer ${found.layer}, Keras's is ${expected.layer}`);
  if (found.explained[0]!.index !== expected.index) throw new Error('another class');
  const largest = expected.map.reduce((most, value) => Math.max(most, value), 0);
  const map =
    expected.map.reduce((most, value, i) => Math.max(most, Math.abs(value - found.data[i]!)), 0) / largest;
  const leaked = tf().memory().numTensors - before;
  const { data } = await saliency(model, x, { target: expected.index, reduce: 'none' });
  const gradient = distance(data, floats(file('gradient.bin')));
  console.log(JSON.stringify({ layer: found.layer, map, gradient, floor: expected.floor, leaked }));
}

main(process.argv[2]!, process.argv[3]!).catch((error: Error) => {
  console.log(JSON.stringify({ error: error.message }));
  process.exitCode = 1;
});
