import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { AtlasError } from '../../errors';
import { numberedSet } from './numbered';
import type { PictureSet } from './picture-set';

/** Bytes of an array. */
const MOST = 2e9;

/** An array of a .npz. */
interface Npy {
  descr: string;
  shape: number[];
  data: Uint8Array;
}

/** Names of pictures, and of their labels, in the order in which they are looked for. */
const NAMES = [
  ['x', 'y'],
  ['images', 'labels'],
  ['x_train', 'y_train'],
  ['train_images', 'train_labels'],
  ['x_test', 'y_test'],
  ['test_images', 'test_labels'],
  ['arr_0', 'arr_1'],
] as const;

/**
 * The pictures of a .npz of numpy: an array of uint8 of [pictures, height, width] or [pictures, height, width, channels],
 * called x, images, x_train, arr_0 and the like, or by the name behind a #, as in `mnist.npz#x_test`; with the labels of the
 * array beside it (y, labels …).
 *
 * @throws {AtlasError} when there is no such array
 */
export function picturesOfNpz(file: string, wanted?: string): PictureSet {
  const bytes = readFileSync(file);
  const names = listOf(file, bytes);
  const pair = wanted
    ? [
        wanted,
        NAMES.find(([x]) => x === wanted)?.[1] ?? wanted.replace(/^x/, 'y').replace('images', 'labels'),
      ]
    : NAMES.find(([x]) => names.includes(x));
  const [x, y] = pair ?? [];
  if (x === undefined || !names.includes(x)) {
    throw new AtlasError(
      `Cannot read ${file}: it has no array ${wanted ?? 'called x, images, x_train or arr_0'}. Its arrays: ${names.join(', ')}. Name one, as in ${file}#${names[0] ?? 'x'}.`,
    );
  }
  const { descr, shape, data } = arrayOf(file, bytes, x);
  const [count, height, width, channels = 1] = shape as [number, number, number, number?];
  if (descr !== '|u1' || shape.length < 3 || shape.length > 4) {
    throw new AtlasError(
      `Cannot read ${file}: ${x} is an array of ${descr} of shape [${shape.join(', ')}]. Save pictures as uint8 of [pictures, height, width, channels].`,
    );
  }
  const size = height * width * channels;
  return numberedSet(file, {
    ...{ count, height, width, channels },
    pixels: (index) => data.subarray(index * size, (index + 1) * size),
    ...(y !== undefined &&
      y !== x &&
      names.includes(y) && { labels: labelsOf(file, arrayOf(file, bytes, y)) }),
  });
}

function unpack(file: string, bytes: Uint8Array, filter: (name: string, size: number) => boolean) {
  try {
    return unzipSync(bytes, { filter: ({ name, originalSize }) => filter(name, originalSize) });
  } catch (cause) {
    throw new AtlasError(`Cannot read ${file}: it is no .npz of numpy (${(cause as Error).message}).`, {
      cause,
    });
  }
}

function listOf(file: string, bytes: Uint8Array): string[] {
  const names: string[] = [];
  unpack(file, bytes, (name) => {
    if (name.endsWith('.npy')) names.push(name.slice(0, -4));
    return false;
  });
  return names;
}

function arrayOf(file: string, bytes: Uint8Array, name: string): Npy {
  const files = unpack(file, bytes, (entry, size) => {
    if (entry !== `${name}.npy`) return false;
    if (size > MOST) throw new Error(`${name} has ${size} bytes; at most ${MOST} are read`);
    return true;
  });
  const npy = files[`${name}.npy`]!;
  const damaged = (why: string) => new AtlasError(`Cannot read ${file}: ${name} is damaged (${why}).`);
  if (npy[0] !== 0x93 || npy.length < 12) throw damaged('it does not begin as an array of numpy');
  const view = new DataView(npy.buffer, npy.byteOffset);
  const [start, length] = npy[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = new TextDecoder('latin1').decode(npy.subarray(start, start + length));
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]?.match(/\d+/g)?.map(Number);
  if (descr === undefined || !shape) throw damaged('its header has no shape');
  if (/'fortran_order':\s*True/.test(header) && shape.length > 1)
    throw damaged('its axes are in the order of Fortran; save it with numpy.ascontiguousarray');
  const bytesPerItem = Number(/\d+$/.exec(descr)?.[0] ?? 1) * (descr[1] === 'U' ? 4 : 1);
  const data = npy.subarray(start + length);
  if (data.length !== shape.reduce((product, n) => product * n, bytesPerItem))
    throw damaged('its values do not fill its shape');
  return { descr, shape, data };
}

/** Labels as text: of whole numbers, or of text. */
function labelsOf(file: string, { descr, shape, data }: Npy): string[] {
  const count = shape[0]!;
  const size = data.length / count;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read: Record<string, (at: number) => number | bigint> = {
    '|u1': (at) => view.getUint8(at),
    '|i1': (at) => view.getInt8(at),
    '<i2': (at) => view.getInt16(at, true),
    '<u2': (at) => view.getUint16(at, true),
    '<i4': (at) => view.getInt32(at, true),
    '<u4': (at) => view.getUint32(at, true),
    '<i8': (at) => view.getBigInt64(at, true),
    '<u8': (at) => view.getBigUint64(at, true),
  };
  const number = read[descr];
  const isText = descr.startsWith('<U');
  // One label per picture; [pictures, 1] is as good.
  if ((!number && !isText) || shape.slice(1).some((n) => n !== 1)) {
    throw new AtlasError(
      `Cannot read ${file}: its labels are of ${descr} and shape [${shape.join(', ')}]. Save whole numbers or texts, one per picture.`,
    );
  }
  return Array.from({ length: count }, (_, i) => {
    if (number) return String(number(i * size));
    const letters = Array.from({ length: size / 4 }, (_, j) => view.getUint32(i * size + 4 * j, true));
    return String.fromCodePoint(...letters.filter((letter) => letter > 0));
  });
}
