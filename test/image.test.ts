import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { tf } from '../src/backend';
import { PictureError } from '../src/errors';
import { loadImage, toTensor } from '../src/image';
import { nearestIndices } from '../src/resample';
import { FIXTURES, json } from './npy';
import { suite } from './suite';

const CAT = join(FIXTURES, '..', '..', 'notebooks', 'cat.jpg');
const pictures = json<Record<string, { shape: number[]; bytes: string; tensor: string }>>('pictures');
const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const pathOf = (file: string) => (file === 'cat.jpg' ? CAT : join(FIXTURES, 'pictures', file));

/** Whether loading fails with a PictureError that says what. */
async function refuses(source: string | URL | Uint8Array, words: RegExp, options = {}): Promise<void> {
  const error = await loadImage(source, options).then(
    () => undefined,
    (e) => e,
  );
  assert.instance(error, PictureError);
  assert.match(error.message, words);
}

/** A test for each picture of the golden data, in all modes and sizes. */
const golden = Object.fromEntries(
  [...new Set(Object.keys(pictures).map((key) => key.split(' ')[0]))].map((file) => [
    `${file} gives Keras's bytes and tensor`,
    async () => {
      for (const [key, expected] of Object.entries(pictures).filter(([k]) => k.startsWith(`${file} `))) {
        const [, mode, size] = key.split(' ');
        const colorMode = mode as 'rgb' | 'grayscale' | 'rgba';
        const targetSize = size?.split('x').map(Number) as [number, number] | undefined;
        if (file === 'gray16.png' && colorMode === 'grayscale') {
          await refuses(pathOf(file), /gray16\.png.*16-bit/, { colorMode });
          continue;
        }
        const picture = await loadImage(pathOf(file), { colorMode, targetSize });
        assert.equal([picture.height, picture.width, picture.channels], expected.shape, key);
        assert.is(hash(picture.data), expected.bytes, key);
        const tensor = toTensor(picture);
        assert.equal(tensor.shape, [1, ...expected.shape], key);
        assert.is(hash(new Uint8Array((tensor.dataSync() as Float32Array).buffer)), expected.tensor, key);
        tensor.dispose();
      }
    },
  ]),
);

suite('image', {
  ...golden,
  'the nearest rule takes the columns that Pillow takes, for 200 sizes': () => {
    const rows = json<[number, number, number[]][]>('nearest');
    assert.is(rows.length, 200);
    for (const [source, target, steps] of rows) {
      let column = 0;
      const expected = steps.map((step) => {
        column += step;
        return column;
      });
      assert.equal([...nearestIndices(source, target)], expected, `${source} to ${target}`);
    }
  },
  'a missing file, a folder and an address on the network are refused by name': async () => {
    await refuses('nowhere.jpg', /^Cannot load nowhere\.jpg: there is no such file/);
    await refuses(FIXTURES, /it is a folder/);
    await refuses('https://example.com/cat.jpg', /nothing from the network/);
  },
  'text, SVG and a truncated JPEG are no pictures': async () => {
    await refuses(Buffer.from('not a picture'), /not a picture that can be read/);
    await refuses(
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /format svg/,
    );
    await refuses(readFileSync(CAT).subarray(0, 9000), /not a picture that can be read/);
  },
  'wrong options are refused before anything is read': async () => {
    for (const [options, word] of [
      [{ targetSize: [0, 150] }, 'targetSize'],
      [{ targetSize: [150.5, 150] }, 'targetSize'],
      [{ colorMode: 'cmyk' }, 'colorMode'],
      [{ interpolation: 'cubic' }, 'interpolation'],
    ] as const) {
      const error = await loadImage('nowhere.jpg', options as never).then(
        () => undefined,
        (e) => e,
      );
      assert.instance(error, RangeError);
      assert.match(error.message, word);
    }
  },
  'loading leaves no tensor, toTensor exactly one': async () => {
    const picture = await loadImage(CAT);
    const before = tf().memory().numTensors;
    await loadImage(CAT, { targetSize: [150, 150] });
    assert.is(tf().memory().numTensors, before);
    const tensor = toTensor(picture);
    assert.is(tf().memory().numTensors, before + 1);
    tensor.dispose();
  },
});
