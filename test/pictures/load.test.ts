import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import * as assert from 'uvu/assert';
import { PictureError } from '../../src/errors';
import { loadImage } from '../../src/pictures/load';
import { nearestIndices } from '../../src/pictures/resample';
import { toTensor } from '../../src/pictures/to-tensor';
import { ready, tf, useNodeTensorFlow } from '../../src/tensorflow/backend';
import { FIXTURES, json } from '../npy';
import { suite } from '../suite';

useNodeTensorFlow();

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
        const picture = await loadImage(pathOf(file!), { colorMode, targetSize });
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

/** A test for each filter that weighs pixels, over pictures, modes and sizes. */
const interpolated = Object.fromEntries(
  (['bilinear', 'bicubic', 'hamming', 'box', 'lanczos'] as const).map((interpolation) => [
    `${interpolation} gives Pillow's bytes`,
    async () => {
      const expected = Object.entries(json<Record<string, string>>('interpolations'));
      const cases = expected.filter(([key]) => key.split(' ')[1] === interpolation);
      assert.is(cases.length, 48);
      const wrong = [];
      for (const [key, bytes] of cases) {
        const [file, , mode, size] = key.split(' ');
        const { data } = await loadImage(pathOf(file!), {
          colorMode: mode as 'rgb',
          targetSize: size!.split('x').map(Number) as [number, number],
          interpolation,
        });
        if (hash(data) !== bytes) wrong.push(key);
      }
      assert.equal(wrong, []);
    },
  ]),
);

suite('image', {
  ...golden,
  ...interpolated,
  'the golden data holds every picture of the fixtures, in three modes and three sizes': () => {
    const files = ['cat.jpg', ...readdirSync(join(FIXTURES, 'pictures')).sort()];
    assert.equal([...new Set(Object.keys(pictures).map((key) => key.split(' ')[0]))], files);
    assert.is(Object.keys(pictures).length, files.length * 9);
  },
  'bytes and a file: URL give the same picture as the path': async () => {
    const expected = pictures['cat.jpg rgb 150x150']!.bytes;
    for (const source of [readFileSync(CAT), pathToFileURL(CAT), pathToFileURL(CAT).href]) {
      const { data } = await loadImage(source, { targetSize: [150, 150] });
      assert.is(hash(data), expected);
    }
  },
  'nearest interpolation picks the same columns as Pillow, for 200 sizes': () => {
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
  'a picture with too many pixels is refused before memory is allocated': async () => {
    const png = readFileSync(join(FIXTURES, 'pictures', 'rgba.png'));
    png.writeUInt32BE(20_000, 16);
    png.writeUInt32BE(20_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    await refuses(png, /20000 × 20000 pixels, above the limit of 80000000\. Raise \{ maxPixels \}/);
    await refuses('notebooks/cat.jpg', /above the limit of 1000/, { maxPixels: 1000 });
  },
  'a file larger than any picture is refused before it is read': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-picture-'));
    const path = join(folder, 'large.png');
    try {
      writeFileSync(path, readFileSync(join(FIXTURES, 'pictures', 'rgba.png')));
      // The rest takes no room on the disk.
      truncateSync(path, 3e9);
      await refuses(path, /large\.png: it has 3000000000 bytes, more than a picture\. Give the path/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  'a second header behind the pixels changes nothing, as in Pillow': async () => {
    const png = readFileSync(join(FIXTURES, 'pictures', 'rgba.png'));
    const header = Buffer.from(png.subarray(8, 33));
    header.writeUInt32BE(png.readUInt32BE(20) + 1, 12);
    header.writeUInt32BE(crc32(header.subarray(4, 21)), 21);
    const picture = await loadImage(Buffer.concat([png.subarray(0, -12), header, png.subarray(-12)]));
    assert.is(hash(picture.data), pictures['rgba.png rgb']?.bytes);
  },
  'a missing file, a folder and an address on the network are refused by name': async () => {
    await refuses('nowhere.jpg', /^Cannot load nowhere\.jpg: there is no such file/);
    await refuses(FIXTURES, /^Cannot load .*fixtures: it is a folder/);
    await refuses('https://example.com/cat.jpg', /^Cannot load https:\/\/example\.com\/cat\.jpg: .*network/);
    await refuses(new URL('http://example.com/cat.jpg'), /^Cannot load http:\/\/example\.com\/cat\.jpg: /);
  },
  'files of text, of SVG and of half a JPEG are refused by name': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-image-'));
    const write = (name: string, bytes: string | Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    try {
      const text = write('notes.jpg', 'not a picture');
      await refuses(text, /^Cannot load .*notes\.jpg: it is not a picture/);
      const svg = write('logo.png', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
      await refuses(svg, /^Cannot load .*logo\.png: it is SVG/);
      const jpeg = readFileSync(CAT);
      const half = write('half.jpg', jpeg.subarray(0, jpeg.length / 2));
      await refuses(half, /^Cannot load .*half\.jpg: it is not a picture/);
      await refuses(write('empty.png', ''), /^Cannot load .*empty\.png: it is not a picture/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  'text, SVG and a truncated JPEG are refused as bytes': async () => {
    await refuses(Buffer.from('not a picture'), /not a picture that can be read/);
    await refuses(Buffer.from('P6\n1 1\n255\nabc'), /it is a Netpbm picture.*unsupported.*convert it/);
    await refuses(Buffer.from('\0\0\0\x20ftypavif\0\0\0\0', 'latin1'), /it is AVIF, which is unsupported/);
    await refuses(Buffer.from('\0\0\0\fjP  \r\n', 'latin1'), /it is JPEG 2000/);
    await refuses(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /it is SVG/);
    await refuses(
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /it is SVG, a program that draws, which is unsupported/,
    );
    await refuses(readFileSync(CAT).subarray(0, 9000), /not a picture that can be read/);
  },
  'wrong options are refused before anything is read': async () => {
    for (const [options, word] of [
      [{ targetSize: [0, 150] }, 'targetSize'],
      [{ targetSize: [150.5, 150] }, 'targetSize'],
      [{ targetSize: [150] }, 'targetSize'],
      [{ targetSize: [150, 16385] }, '[150,16385]'],
      [{ targetSize: [Number.NaN, 150] }, 'targetSize'],
      [{ colorMode: 'cmyk' }, "'cmyk': colorMode"],
      [{ colorMode: 'toString' }, "'toString': colorMode"],
      [{ interpolation: 'cubic' }, "'cubic': interpolation"],
    ] as const) {
      const error = await loadImage('nowhere.jpg', options as never).then(
        () => undefined,
        (e) => e,
      );
      assert.instance(error, RangeError);
      assert.ok(error.message.includes(word), error.message);
    }
  },
  'a wrong source and a wrong picture are TypeErrors': async () => {
    const error = await loadImage(5 as never).then(
      () => undefined,
      (e) => e,
    );
    assert.instance(error, TypeError);
    assert.match(error.message, /source is a number\. It is a path/);
    const picture = await loadImage(CAT);
    assert.throws(
      () => toTensor({ ...picture, height: picture.height + 1 }),
      (e: Error) => e instanceof TypeError && /not a picture/.test(e.message),
    );
  },
  'loading creates no tensor, toTensor exactly one': async () => {
    const picture = await loadImage(CAT);
    await ready();
    const before = tf().memory().numTensors;
    await loadImage(CAT, { targetSize: [150, 150] });
    assert.is(tf().memory().numTensors, before);
    const tensor = toTensor(picture);
    assert.is(tf().memory().numTensors, before + 1);
    tensor.dispose();
    assert.is(tf().memory().numTensors, before);
  },
});
