import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { type Atlas, atlasChannel } from '../../src/index';
import { FIXTURES } from '../npy';

/** What numpy computed of notebooks/drawn.npz and notebooks/detectors.keras; test/fixtures/make_atlas.py wrote it. */
export const expected = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, 'atlas', 'expected.json.gz'))).toString(),
) as Expected;

interface Expected {
  classes: string[];
  labels: number[];
  confusion: number[][];
  layers: Record<string, { height: number; width: number; channels: ExpectedChannel[] }>;
}

interface ExpectedChannel {
  count: number;
  mean: number;
  std: number;
  min: number;
  max: number;
  zeros: number;
  fires: number;
  exponent: number;
  bins: number[];
  top: [value: number, picture: number, position: number][];
  auc: number[];
  together: [channel: number, correlation: number][];
}

/** Relative to the wanted number, or to 1. */
const close = (value: number, wanted: number, what: string) =>
  assert.ok(
    Math.abs(value - wanted) <= 1e-6 * Math.max(1e-6, Math.abs(wanted)),
    `${what}: ${value}, not ${wanted}`,
  );

/** Compares an atlas of all layers with numpy: counts, extremes and lists exactly, moments within 1e-6. */
export function compareWithNumpy(atlas: Atlas): void {
  assert.equal(atlas.layers.map(({ layer }) => layer).sort(), Object.keys(expected.layers).sort());
  assert.equal([...atlas.classes!.labels], expected.labels);
  assert.equal(atlas.classes!.names, expected.classes);
  assert.equal(atlas.classes!.answers, expected.classes);
  assert.equal([...atlas.classes!.confusion], expected.confusion.flat());
  for (const layer of atlas.layers) {
    const wanted = expected.layers[layer.layer]!;
    assert.equal([layer.height, layer.width], [wanted.height, wanted.width]);
    assert.is(layer.channels, wanted.channels.length);
    for (const [c, channel] of wanted.channels.entries()) {
      const what = `${layer.layer} ${c}`;
      for (const name of ['count', 'min', 'max', 'zeros', 'fires'] as const) {
        assert.is(layer[name][c], channel[name], `${what}: ${name}`);
      }
      assert.is(layer.exponents[c], channel.exponent, what);
      assert.equal([...layer.bins.subarray(64 * c, 64 * c + 64)], channel.bins, what);
      close(layer.mean[c]!, channel.mean, `${what}: mean`);
      close(layer.std[c]!, channel.std, `${what}: std`);
      const found = atlasChannel(atlas, layer.layer, c);
      assert.equal(
        found.patches.map(({ value, picture, row, column }) => [value, picture, row * layer.width + column]),
        channel.top,
        what,
      );
      for (const [k, area] of channel.auc.entries()) close(found.auc[k]!.auc, area, `${what}: auc ${k}`);
      assert.is(found.together.length, channel.together.length, what);
      for (const [i, [, correlation]] of channel.together.entries()) {
        close(found.together[i]!.correlation, correlation, `${what}: correlation ${i}`);
      }
    }
  }
}
