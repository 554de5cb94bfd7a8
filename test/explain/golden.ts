import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import type { Target } from '../../src/explain/target';
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

/** A file of test/fixtures/explain, which make_explanations.py wrote. */
export function golden(name: string): { inputs: Values[]; cases: GoldenCase[]; default?: number } {
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

/** The L2 norm of the difference, relative to that of what is expected. */
export function distance(data: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [sum, all] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    sum += (data[i]! - expected[i]!) ** 2;
    all += expected[i]! ** 2;
  }
  return Math.sqrt(sum / all);
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
