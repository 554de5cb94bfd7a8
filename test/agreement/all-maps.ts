/**
 * Asks a model for all of its maps at once and prints, as a line of JSON, the memory that takes: the peak above that of
 * the process with TensorFlow running, the maps and the weights, in MB. The pages of TensorFlow's library, a file of
 * 0.5 GB of which Linux loads more or less, do not count.
 * usage: all-maps.js DESCRIPTION.json FILE
 */
import { readFileSync } from 'node:fs';
import type { Rank } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadModel } from '../../src/keras/load';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';

const MB = 1e6;

/** A line of /proc/self/status, in bytes: `VmHWM` is the peak, `RssFile` what is loaded of files. Needs Linux. */
function status(name: string): number {
  const text = readFileSync('/proc/self/status', 'utf8');
  return 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)![1]);
}

const product = (shape: readonly (number | null)[]) =>
  shape.reduce<number>((all, size) => all * (size ?? 1), 1);

async function main(description: string, file: string): Promise<void> {
  const { input } = JSON.parse(readFileSync(description, 'utf8')) as { input: number[] };
  await ready();
  // A first computation loads what any computation needs.
  const { conv2d, ones, tidy } = tf();
  tidy(() => conv2d(ones<Rank.R4>([1, 64, 64, 8]), ones<Rank.R4>([3, 3, 8, 8]), 1, 'same').dataSync());
  const before = status('RssAnon');
  const model = await loadModel(file);
  const values = new Float32Array(
    new Uint8Array(readFileSync(description.replace(/\.json$/, '.input.bin'))).buffer,
  );
  const activations = await predict(model, tf().tensor(values, input));
  const peak = (status('VmHWM') - status('RssFile') - before) / MB;
  const maps = activations.reduce((sum, { data }) => sum + data.byteLength, 0) / MB;
  const { weights: variables } = model as unknown as LayersModel;
  const weights = variables.reduce((sum, { shape }) => sum + 4 * product(shape), 0) / MB;
  console.log(JSON.stringify({ count: activations.length, maps, weights, peak }));
}

main(process.argv[2]!, process.argv[3]!).catch((error) => {
  console.log(JSON.stringify({ error: String(error.message) }));
  process.exitCode = 1;
});
