import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { storedEntries, zip } from '../file/zip-writer';

/** The tutorial's model as Keras 3 and Keras 2 save it. */
export const KERAS = readFileSync('test/fixtures/dogcat_v1.keras');
export const H5 = readFileSync('notebooks/dogcat_v1.h5');

/** Replaces text by other text of the same length, wherever it is: lengths and offsets stay right. */
export function replaced(source: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(source);
  const target = to.padEnd(from.length);
  assert.is(target.length, from.length);
  let at = copy.indexOf(from);
  assert.ok(at >= 0, `${from} is in the file`);
  for (; at >= 0; at = copy.indexOf(from, at + 1)) copy.write(target, at, 'latin1');
  return copy;
}

/** A .keras file with this configuration and, unless given, the weights of the tutorial's. */
export function keras(config: unknown, weights = Buffer.from('')): Buffer {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return zip([
    { name: 'metadata.json', data: Buffer.from('{"keras_version": "3.15.1"}') },
    { name: 'config.json', data: Buffer.from(text) },
    { name: 'model.weights.h5', data: weights.length ? weights : weightsOf(KERAS) },
  ]);
}

/** The weights of the tutorial's .keras, which Keras stores uncompressed and last. */
function weightsOf(file: Buffer): Buffer {
  const start = file.indexOf('\x89HDF\r\n\x1a\n', 0, 'latin1');
  return file.subarray(start, start + Number(file.readBigUInt64LE(start + 40)));
}

/** A model that Keras saved, with its configuration's text changed. */
export function edited(name: string, from: string | RegExp, to: string): Buffer {
  const entries = storedEntries(readFileSync(`test/fixtures/keras/${name}.keras`));
  return zip(
    entries.map((entry) => {
      if (entry.name !== 'config.json') return entry;
      const text = entry.data.toString().replace(from, to);
      assert.is.not(text, entry.data.toString(), 'nothing was changed');
      return { ...entry, data: Buffer.from(text) };
    }),
  );
}
