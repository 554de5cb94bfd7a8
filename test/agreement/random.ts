/**
 * Compares the models in a folder that random_models.py wrote with what Keras made of them, layer by layer; prints what
 * differs, what is refused by name, and the sums. usage: random.js FOLDER
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../src/keras/load';
import type { Model, Tensor } from '../../src/keras/model';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { differenceOf } from './difference';

interface Description {
  input: number[];
  layers: { name: string; shape: number[] }[];
  files: string[];
}

const LARGEST_ERROR = 1e-4;
/** Inputs and weights are about 1, so that a difference below this is the rounding of what has cancelled out. */
const SMALLEST = 1e-6;

const sums = { models: 0, layers: 0, refused: 0, wrong: 0 };

/** @returns what is wrong about a layer, if anything is */
async function compare(
  model: Model,
  x: Tensor,
  { name, shape }: Description['layers'][number],
  expected: Float32Array,
): Promise<string | undefined> {
  const [activation] = await predict(model, x, { layers: [name] });
  const { data } = activation!;
  if (activation!.shape.join() !== shape.join()) return `shape [${activation!.shape}], Keras has [${shape}]`;
  const { difference, largest } = differenceOf(expected, data);
  if (difference <= LARGEST_ERROR * largest || difference <= SMALLEST) return undefined;
  return `off by ${difference}, largest ${largest}`;
}

async function check(folder: string, file: string, { input, layers }: Description, numbers: Float32Array) {
  let at = 0;
  const take = (shape: number[]) => {
    const start = at;
    at += shape.reduce((product, size) => product * size, 1);
    return numbers.subarray(start, at);
  };
  let model: Model;
  try {
    model = await loadModel(join(folder, file));
  } catch (error) {
    const { message } = error as Error;
    const known = /which is not supported/.test(message);
    sums[known ? 'refused' : 'wrong']++;
    console.log(`${known ? '–' : '✗'} ${message}`);
    return;
  }
  const x = tf().tensor(take(input), input);
  sums.models++;
  try {
    for (const layer of layers) {
      const wrong = await compare(model, x as unknown as Tensor, layer, take(layer.shape)).catch(String);
      sums.layers++;
      if (!wrong) continue;
      sums.wrong++;
      console.log(`✗ ${file}: layer "${layer.name}": ${wrong}`);
      // What follows is made of it.
      return;
    }
  } finally {
    x.dispose();
    model.dispose();
  }
}

async function main(folder: string): Promise<void> {
  const { name } = await ready();
  const described = readdirSync(folder).filter((file) => file.endsWith('.json'));
  for (const file of described) {
    const path = join(folder, file);
    const description = JSON.parse(readFileSync(path, 'utf8')) as Description;
    const bytes = new Uint8Array(readFileSync(path.replace(/json$/, 'bin')));
    for (const one of description.files)
      await check(folder, one, description, new Float32Array(bytes.buffer));
  }
  const { models, layers, refused, wrong } = sums;
  console.log(
    `${name}: ${models} files, ${layers} layers compared, ${refused} files refused, ${wrong} wrong`,
  );
  process.exitCode = wrong === 0 && models > 0 ? 0 : 1;
}

main(process.argv[2]!).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
