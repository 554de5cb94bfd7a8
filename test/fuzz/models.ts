import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import type { Model, Shape, Tensor } from '../../src/keras/model';
import { type Step, stepsOf } from '../../src/keras/run/plan';
import { predict } from '../../src/keras/run/predict';
import { ready, tf } from '../../src/tensorflow/backend';
import { storedEntries, zip } from '../keras/file/zip-writer';
import { type Case, choose, type Edit, edited, editField } from './edit';
import { type Structure, structureOf, sum } from './hdf5';
import { editedJson } from './json';

/** Numbers in an output, or between an attention's places, above which a layer is not run: the time would be the model’s own. */
const MOST_NUMBERS = 2e5;

const structures = new Map<Buffer, Structure>();

/** An HDF5 file with numbers of its structure changed, its checksums right again but for every fourth. */
export function damagedHdf5(bases: readonly Buffer[], { base, edits }: Case): Buffer {
  const source = choose(bases, base);
  if (!structures.has(source)) structures.set(source, structureOf(source));
  const { fields, sums } = structures.get(source)!;
  const file = edited(source, edits, (bytes, edit) => {
    editField(bytes, fields, edit);
    return bytes;
  });
  if (edits[0]!.value % 4) sum(file, sums);
  return file;
}

/** A Keras archive with another configuration, packed anew. */
export function damagedConfiguration(bases: readonly Buffer[], { base, edits }: Case): Buffer {
  const entries = storedEntries(choose(bases, base)).map(({ name, data }) => ({
    name,
    data: name === 'config.json' ? Buffer.from(editedJson(data.toString(), edits)) : data,
  }));
  return zip(entries);
}

const layer = (class_name: string, config: object) => ({ class_name, config });
const TFJS = {
  modelTopology: layer('Sequential', {
    name: 'm',
    layers: [
      layer('Conv2D', { name: 'c', filters: 2, kernel_size: [2, 2], batch_input_shape: [null, 4, 4, 1] }),
      layer('Flatten', { name: 'f' }),
      layer('Dense', { name: 'd', units: 3, activation: 'softmax' }),
    ],
  }),
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'c/kernel', shape: [2, 2, 1, 2], dtype: 'float32' },
        { name: 'c/bias', shape: [2], dtype: 'float32' },
        { name: 'd/kernel', shape: [18, 3], dtype: 'float32' },
        { name: 'd/bias', shape: [3], dtype: 'float32' },
      ],
    },
  ],
};

/** A layers model of TensorFlow.js on the disk, changed in any part of its JSON. */
export async function checkTfjsModel(folder: string, edits: readonly Edit[]): Promise<void> {
  writeFileSync(join(folder, 'weights.bin'), Buffer.alloc(4 * (8 + 2 + 54 + 3), 'convlens'));
  const path = join(folder, 'model.json');
  writeFileSync(path, editedJson(JSON.stringify(TFJS), edits));
  await checkModel(path);
}

/** The model gives what it declares, the same each time, and keeps no tensor, also when it is refused. */
export async function checkModel(source: Buffer | string): Promise<void> {
  await checkSource(() => loadModel(source));
}

/** The same of a model that is loaded in another way. */
export async function checkSource(load: () => Promise<Model>): Promise<void> {
  await ready();
  const before = tf().memory().numTensors;
  let first: Float32Array[] | undefined;
  try {
    first = await outputsOf(load);
  } finally {
    const left = tf().memory().numTensors - before;
    assert.is(left, 0, `${left} tensors are left`);
  }
  if (!first) return;
  const second = await outputsOf(load);
  assert.ok(sameNumbers(first, second!), 'loaded again, it gives other numbers');
}

/** The model gives what the undamaged one gave: its archive vouches for every byte. */
export async function checkAgainst(source: Buffer, original: Buffer): Promise<void> {
  const outputs = await outputsOf(() => loadModel(source));
  assert.ok(sameNumbers(outputs!, (await originalOutputs(original))!), 'damaged, it gives other numbers');
}

const originals = new Map<Buffer, ReturnType<typeof outputsOf>>();

function originalOutputs(original: Buffer): ReturnType<typeof outputsOf> {
  if (!originals.has(original))
    originals.set(
      original,
      outputsOf(() => loadModel(original)),
    );
  return originals.get(original)!;
}

function sameNumbers(a: Float32Array[], b: Float32Array[]): boolean {
  return (
    a.length === b.length && a.every((values, i) => Buffer.compare(bytesOf(values), bytesOf(b[i]!)) === 0)
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** What each layer makes of an input of one half; nothing when that is too much to compute. */
async function outputsOf(load: () => Promise<Model>): Promise<Float32Array[] | undefined> {
  const model = await load();
  try {
    const steps = stepsOf(model as never);
    const fits =
      [...model.inputs, ...steps].every(({ shape }) => sizeOf(shape) <= MOST_NUMBERS) &&
      steps.every((step) => productsOf(step) <= MOST_NUMBERS);
    return fits ? await run(model, steps) : undefined;
  } finally {
    model.dispose();
  }
}

/** How many places of its keys each place of an attention's queries is compared with, for all of these. */
function productsOf({ layer }: Step): number {
  if (!/Attention$/.test(layer.getClassName())) return 0;
  const [node] = layer.inboundNodes as unknown as { inputTensors: { shape: Shape }[] }[];
  const places = node!.inputTensors.map(({ shape }) => sizeOf(shape.slice(0, -1)));
  return Math.max(...places) ** 2;
}

const sizesOf = (shape: Shape) => shape.map((size, axis) => size ?? (axis ? 8 : 1));
const sizeOf = (shape: Shape) => sizesOf(shape).reduce((product, size) => product * size, 1);

/**
 * Whether an axis goes that is declared, as in Keras: a one_hot of as many numbers as there are, which are one, and a
 * squeeze of all axes where there is one picture.
 */
function losesAxis(steps: Step[], layer: string, shape: readonly number[]): boolean {
  return steps.some(
    (step) =>
      step.name === layer &&
      step.shape.length === shape.length + 1 &&
      ((step.layer.getClassName() === 'CategoryEncoding' && step.shape.at(-2) === null) ||
        (/squeeze/i.test(layer) && step.shape[0] === null)),
  );
}

async function run(model: Model, steps: Step[]): Promise<Float32Array[]> {
  const inputs = model.inputs.map(({ shape }) => tf().fill(sizesOf(shape), 0.5));
  try {
    const layers = [...new Set(steps.map(({ name }) => name))];
    const outputs = await predict(model, inputs as unknown as Tensor[], { layers });
    for (const { layer, shape, data } of outputs) {
      assert.is(data.length, sizeOf([...shape]));
      const declared = steps.filter(({ name }) => name === layer).map((step) => step.shape);
      // A nested model declares the sizes of its own input, and may be given others.
      const nested = layer.includes('/');
      const fits = declared.some(
        (sizes) =>
          sizes.length === shape.length &&
          sizes.every((size, i) => nested || size === null || size === shape[i]),
      );
      if (losesAxis(steps, layer, shape)) continue;
      // Of a layer with several outputs the first one's shape is known.
      assert.ok(
        fits || outputs.filter((other) => other.layer === layer).length > declared.length,
        `${layer} gives [${shape}] and declares ${JSON.stringify(declared)}`,
      );
    }
    return outputs.map(({ data }) => data);
  } finally {
    for (const input of inputs) input.dispose();
  }
}
