import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { loadModel, type Model, type Target, type Tensor } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import { FIXTURES } from '../npy';

export interface Values {
  shape: number[];
  data: number[];
}

/** What Keras computed for one target and layer. */
export interface GoldenCase {
  target: Target;
  layer: string;
  score: number;
  maps: Record<string, Values>;
  gradient: Values;
}

interface Golden {
  inputs: Values[];
  cases: GoldenCase[];
  /** By method of `saliency`, for the target of the first case. */
  saliency: Record<string, Values>;
  /** Scores by layer, and the rollout. */
  attention: Record<string, Values>;
}

/** A file of test/fixtures/explain, which make_explanations.py wrote. */
export function golden(name: string): Golden {
  return JSON.parse(gunzipSync(readFileSync(join(FIXTURES, 'explain', `${name}.json.gz`))).toString());
}

/** The largest difference, relative to the largest magnitude that is expected. */
export function worst(data: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [largest, difference] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    // NaN fails each comparison, so it must not pass as no difference.
    const off = Math.abs(data[i]! - expected[i]!);
    difference = off <= difference ? difference : off;
  }
  return difference / largest;
}

/** A model of test/fixtures/explain with its input, both freed at the end. */
export async function withModel(
  name: string,
  run: (model: Model, x: Tensor) => Promise<void>,
): Promise<void> {
  await ready();
  const model = await loadModel(`test/fixtures/explain/${name}.keras`);
  const [{ shape, data }] = golden(name).inputs as [Values];
  const x = tf().tensor(data, shape, 'float32') as Tensor;
  const before = tf().memory().numTensors;
  await run(model, x);
  assert.is(tf().memory().numTensors, before, 'tensors are left behind');
  assert.equal(Array.from(x.dataSync()), data.map(Math.fround), 'the input has changed');
  x.dispose();
  model.dispose();
}

export async function fails(
  run: () => Promise<unknown>,
  type: new (...words: never[]) => Error,
  words: RegExp,
) {
  const error = await run().then(
    () => assert.unreachable('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  assert.instance(error, type);
  assert.match((error as Error).message, words);
}

export function agrees(
  { data, shape }: { data: ArrayLike<number>; shape: readonly number[] },
  expected: Values,
  where: string,
  most = 1e-5,
): void {
  assert.equal([...shape], expected.shape, where);
  const off = worst(data, expected.data);
  assert.ok(off <= most, `${where}: off by ${off}`);
}
