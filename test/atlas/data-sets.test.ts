import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openPictures } from '../../src/atlas/pictures/open';
import { AtlasError } from '../../src/index';
import type { Pixels } from '../../src/pictures/pixels';
import { FIXTURES, json, npy } from '../npy';
import { suite } from '../suite';
import { fresh } from './files';

const FOLDER = join(FIXTURES, 'data-sets');
const labels = json<Record<string, string[] | null>>('data-sets/labels');

/** Compares a set with the pictures and labels of numpy. */
async function check(file: string, name: string): Promise<void> {
  const set = await openPictures(join(FOLDER, file));
  const { shape, data } = npy(`data-sets/${name}`);
  const [count, height, width, channels = 1] = shape as [number, number, number, number?];
  assert.is(set.names.length, count);
  const size = height * width * channels;
  for (const [i, each] of set.names.entries()) {
    const pixels = (await set.read(each, i)) as Pixels;
    assert.equal([pixels.height, pixels.width, pixels.channels], [height, width, channels]);
    assert.equal([...pixels.data], [...data.subarray(i * size, (i + 1) * size)]);
  }
  const { classes } = set;
  assert.equal(classes ? classes.labels.map((label) => classes.names[label]!) : null, labels[name]);
}

/** A copy of a file's first bytes. */
function cut(file: string, bytes: number): string {
  const path = join(fresh(`cut-${bytes}`), file);
  writeFileSync(path, readFileSync(join(FOLDER, file)).subarray(0, bytes));
  return path;
}

suite('data sets in one file', {
  async 'gray pictures as MNIST has them, with the labels beside them'() {
    await check('gray-images-idx3-ubyte', 'gray');
    const { names, classes } = await openPictures(join(FOLDER, 'gray-images-idx3-ubyte'));
    assert.equal(names.slice(0, 2), ['00', '01']);
    assert.equal(classes!.names, ['0', '2', '3', '7', '10']);
  },
  'the same files packed by gzip': () => check('packed-images-idx3-ubyte.gz', 'gray'),
  'color pictures in IDX, without labels': () => check('color-images-idx4-ubyte', 'color'),
  'a binary of CIFAR-10, with the names of its classes': () => check('data_batch_1.bin', 'data_batch_1'),
  'a binary of CIFAR-100, with its fine labels': () => check('hundred/train.bin', 'hundred'),
  async 'one that is cut is refused, with the bytes that it should have'() {
    const path = cut('gray-images-idx3-ubyte', 200);
    const error = await openPictures(path).catch((thrown) => thrown);
    assert.instance(error, AtlasError);
    assert.is(
      error.message,
      `Cannot read ${path}: 12 pictures of 5 × 4 take 256 bytes, and it has 200. Download it again.`,
    );
    const cifar = await openPictures(cut('data_batch_1.bin', 9000)).catch((thrown) => thrown);
    assert.match(cifar.message, /it is no data set\. Give a folder, /);
    const packed = await openPictures(cut('packed-images-idx3-ubyte.gz', 150)).catch((thrown) => thrown);
    assert.match(packed.message, /its gzip is damaged/);
  },
  async 'labels that are fewer than the pictures, or no labels, are refused'() {
    for (const [bytes, message] of [
      [15, /has 12 pictures and 7 labels/],
      [3, /is no list of labels \(idx1-ubyte\)/],
    ] as const) {
      const folder = fresh(`labels-${bytes}`);
      mkdirSync(folder, { recursive: true });
      for (const [name, most] of [
        ['gray-images-idx3-ubyte', undefined],
        ['gray-labels-idx1-ubyte', bytes],
      ] as const)
        writeFileSync(join(folder, name), readFileSync(join(FOLDER, name)).subarray(0, most));
      const error = await openPictures(join(folder, 'gray-images-idx3-ubyte')).catch((thrown) => thrown);
      assert.instance(error, AtlasError);
      assert.match(error.message, message);
    }
  },
});
