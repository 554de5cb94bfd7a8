import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { Zip, ZipPassThrough } from 'fflate';
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

/** Zeros that follow where a file should have ended: 400 MB, of which each MB takes 1 kB. */
const MANY = 400;
const MB = new Uint8Array(1 << 20);

/** Blocks of Deflate that may follow each other. */
const packed = (bytes: Uint8Array) => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const PACKED_MB = packed(MB);
const LAST = deflateRawSync(new Uint8Array(0));

/** An entry whose zeros are packed once. */
class Deflated extends ZipPassThrough {
  override compression = 8;

  protected override process(bytes: Uint8Array, final: boolean) {
    const part = bytes === MB ? PACKED_MB : packed(bytes);
    this.ondata(null, final ? Buffer.concat([part, LAST]) : part, final);
  }
}

/** A .npz of arrays that begin so, with many zeros behind one of them. */
function npzWithTail(name: string, arrays: Record<string, Uint8Array>, long: string): string {
  const parts: Uint8Array[] = [];
  const zip = new Zip((_, part) => parts.push(part));
  for (const [array, begin] of Object.entries(arrays)) {
    const entry = new Deflated(`${array}.npy`);
    zip.add(entry);
    entry.push(begin, array !== long);
    for (let i = 1; array === long && i <= MANY; i++) entry.push(MB, i === MANY);
  }
  zip.end();
  const path = join(fresh(name), `${name}.npz`);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

/** The beginning of an array of numpy, and its first values. */
function npyBytes(descr: string, shape: string, values = 0): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
  const bytes = Buffer.alloc(128 + values);
  bytes.write(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1');
  return bytes;
}

suite('data sets in one file', {
  async 'a file that unpacks to more than it declares is refused before it takes memory'() {
    const pictures = npyBytes('|u1', '2, 4, 4', 32);
    const idx = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]);
    const gzip = join(fresh('bomb'), 'bomb-images-idx3-ubyte.gz');
    // Deflate's streams may follow each other.
    const tail = gzipSync(MB);
    writeFileSync(gzip, Buffer.concat([gzipSync(idx), ...Array.from({ length: MANY }, () => tail)]));
    const huge = join(fresh('huge'), 'huge-images-idx3-ubyte.gz');
    writeFileSync(huge, gzipSync(Buffer.from([0, 0, 8, 3, 0, 64, 0, 0, 0, 0, 0, 16, 0, 0, 0, 16])));
    const cases: [string, RegExp][] = [
      [npzWithTail('tail', { x: pictures }, 'x'), /x is damaged \(its values do not fill its shape\)/],
      [
        npzWithTail('floats', { x: npyBytes('<f4', `${MANY}, 512, 512`) }, 'x'),
        /x is an array of <f4 of shape \[400, 512, 512\]\. Save pictures as uint8/,
      ],
      [
        npzWithTail('labels', { x: pictures, y: npyBytes('|u1', `${MANY << 20},`) }, 'y'),
        /it has 2 pictures and 419430400 labels/,
      ],
      [npzWithTail('other', { other: MB }, 'other'), /it has no array called x, images/],
      [gzip, /its gzip is damaged \(it holds too much\)/],
      [huge, /bytes of gzip cannot hold the 1073741840 that it declares/],
    ];
    const before = process.resourceUsage().maxRSS;
    for (const [path, message] of cases) {
      const error = await openPictures(path).catch((thrown) => thrown);
      assert.instance(error, AtlasError, path);
      assert.match(error.message, message);
    }
    const taken = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(taken < 200, `${taken} MB`);
  },

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
