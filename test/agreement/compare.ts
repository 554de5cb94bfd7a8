/**
 * Compares one model file with what Keras computed from it, layer by layer. Prints lines of JSON: how long it took to
 * load, for each line of its input how long one predict took, and at the input's end how well the layers agree.
 * usage: compare.js DESCRIPTION.json FILE
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { loadModel } from '../../src/keras/load';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { differenceOf } from './difference';
import './own-layers';

interface Description {
  input: number[];
  layers: { name: string; shape: number[]; offset: number }[];
}

/** Values of the layers that are asked for at once: all of a large model's would need gigabytes. */
const AT_ONCE = 3e8;

/** Layers in sequence, as many at a time as have that many values; a larger one is alone. */
function* parts<T extends { shape: number[] }>(layers: readonly T[]): Generator<T[]> {
  let part: T[] = [];
  let values = 0;
  for (const layer of layers) {
    const size = layer.shape.reduce((product, axis) => product * axis, 1);
    if (part.length && values + size > AT_ONCE) {
      yield part;
      [part, values] = [[], 0];
    }
    part.push(layer);
    values += size;
  }
  if (part.length) yield part;
}

function floats(fd: number, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  readSync(fd, new Uint8Array(values.buffer), 0, count * 4, offset);
  return values;
}

const say = (answer: object) => console.log(JSON.stringify(answer));

async function main(description: string, file: string): Promise<void> {
  const { input, layers } = JSON.parse(readFileSync(description, 'utf8')) as Description;
  const base = description.replace(/\.json$/, '');
  await ready();
  let started = performance.now();
  const model = await loadModel(file);
  const load = (performance.now() - started) / 1000;
  say({ load, loadedMB: process.resourceUsage().maxRSS / 1024 });
  const x = tf().tensor(new Float32Array(new Uint8Array(readFileSync(`${base}.input.bin`)).buffer), input);
  await predict(model, x, { layers: [-1] });
  for await (const _ of createInterface({ input: process.stdin })) {
    started = performance.now();
    await predict(model, x, { layers: [-1] });
    say({ predict: (performance.now() - started) / 1000 });
  }
  const fd = openSync(`${base}.bin`, 'r');
  let worst = { layer: '', error: 0 };
  const before = tf().memory().numTensors;
  for (const part of parts(layers)) {
    const ask = () => predict(model, x, { layers: part.map((layer) => layer.name) });
    // The fourth time native TensorFlow runs it as a graph.
    if (tf().getBackend() === 'tensorflow') for (let time = 1; time < 4; time++) await ask();
    const activations = await ask();
    part.forEach(({ name: layer, shape, offset }) => {
      // A layer with several outputs has an activation for each; the first is compared.
      const activation = activations.find((one) => one.layer === layer);
      if (activation?.shape.join() !== shape.join()) {
        throw new Error(`${layer}: shape [${activation?.shape}], Keras has [${shape}]`);
      }
      const expected = floats(fd, offset, activation!.data.length);
      const { difference, largest } = differenceOf(expected, activation!.data);
      const error = difference === 0 ? 0 : difference / largest;
      if (error > worst.error) worst = { layer, error };
    });
  }
  closeSync(fd);
  const leaked = tf().memory().numTensors - before;
  say({ layers: layers.length, worst, leaked });
}

main(process.argv[2]!, process.argv[3]!).catch((error) => {
  say({ error: String(error.message) });
  process.exitCode = 1;
});
