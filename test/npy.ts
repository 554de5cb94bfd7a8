import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The folder of the golden data. Tests run from dist, the data stays where its generator is. */
export const FIXTURES = join(__dirname, '..', '..', 'test', 'fixtures');

/** Reads golden JSON that test/fixtures/make.py wrote. */
export function json<T>(name: string): T {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'));
}

const unpacked = new Map<string, Buffer>();

/** Reads a golden array (numpy's .npy, version 1, gzipped) of float32 or uint8: a copy each time. */
export function npy(name: string): { shape: number[]; data: Float32Array | Uint8Array } {
  const file = unpacked.get(name) ?? gunzipSync(readFileSync(join(FIXTURES, `${name}.npy.gz`)));
  unpacked.set(name, file);
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, start);
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((n) => n.trim())
    .map(Number);
  const bytes = new Uint8Array(file.subarray(start)).buffer;
  if (header.includes("'<f4'")) return { shape, data: new Float32Array(bytes) };
  if (header.includes("'|u1'")) return { shape, data: new Uint8Array(bytes) };
  throw new Error(`${name}: neither float32 nor uint8: ${header}`);
}

/** One of the tutorial's five activations on the cat, as Keras computed it. */
export function kerasActivation(layer: string): { layer: string; shape: number[]; data: Float32Array } {
  const { shape, data } = npy(`activation-${layer}`);
  return { layer, shape, data: data as Float32Array };
}
