import { AtlasError } from '../../errors';
import { fileBytes } from '../../keras/file/file-bytes';
import { openZip, type Zip } from '../../keras/file/zip';
import { MOST_RATIO, numberedSet } from './numbered';
import type { PictureSet } from './picture-set';

/** Bytes of an array. */
const MOST = 2e9;

/** Bytes of an array's header; numpy's have 128. */
const MOST_HEADER = 10_000;

/** What the header of an array says, and where its values begin. */
interface Header {
  descr: string;
  shape: number[];
  start: number;
}

/** An array of a .npz. */
interface Npy extends Header {
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
 * array beside it (y, labels …). Headers are checked before anything is unpacked.
 *
 * @throws {AtlasError} when there is no such array
 */
export async function picturesOfNpz(file: string, wanted?: string): Promise<PictureSet> {
  const bytes = fileBytes(file);
  try {
    const zip = await openZip(bytes, 2 * MOST, MOST_RATIO);
    return await picturesOf(file, zip, wanted);
  } catch (cause) {
    if (cause instanceof AtlasError) throw cause;
    throw new AtlasError(`Cannot read ${file}: it is no .npz of numpy (${(cause as Error).message}).`, {
      cause,
    });
  } finally {
    bytes.close();
  }
}

async function picturesOf(file: string, zip: Zip, wanted: string | undefined): Promise<PictureSet> {
  const names = zip.names.flatMap((name) => (name.endsWith('.npy') ? [name.slice(0, -4)] : []));
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
  const header = await headerOf(file, zip, x);
  const { descr, shape } = header;
  const [count, height, width, channels = 1] = shape as [number, number, number, number?];
  if (descr !== '|u1' || shape.length < 3 || shape.length > 4) {
    throw new AtlasError(
      `Cannot read ${file}: ${x} is an array of ${descr} of shape [${shape.join(', ')}]. Save pictures as uint8 of [pictures, height, width, channels].`,
    );
  }
  const hasLabels = y !== undefined && y !== x && names.includes(y);
  const labels = hasLabels ? await labelsOf(file, zip, y, count) : undefined;
  const { data } = await arrayOf(file, zip, x, header);
  const size = height * width * channels;
  return numberedSet(file, {
    ...{ count, height, width, channels, ...(labels && { labels }) },
    pixels: (index) => data.subarray(index * size, (index + 1) * size),
  });
}

/** What an array's header says, checked against the size of its entry. */
async function headerOf(file: string, zip: Zip, name: string): Promise<Header> {
  const { bytes, size } = (await zip.beginning(`${name}.npy`, MOST_HEADER))!;
  const damaged = (why: string) => new AtlasError(`Cannot read ${file}: ${name} is damaged (${why}).`);
  if (bytes[0] !== 0x93 || bytes.length < 12) throw damaged('it does not begin as an array of numpy');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [from, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const start = from + length;
  if (start > bytes.length) throw damaged(`its header has ${length} bytes`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(from, start));
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]?.match(/\d+/g)?.map(Number);
  if (descr === undefined || !shape) throw damaged('its header has no shape');
  if (/'fortran_order':\s*True/.test(header) && shape.length > 1)
    throw damaged('its axes are in the order of Fortran; save it with numpy.ascontiguousarray');
  const bytesPerItem = Number(/\d+$/.exec(descr)?.[0] ?? 1) * (descr[1] === 'U' ? 4 : 1);
  if (size - start !== shape.reduce((product, n) => product * n, bytesPerItem))
    throw damaged('its values do not fill its shape');
  if (size > MOST) {
    throw new AtlasError(`Cannot read ${file}: ${name} has ${size} bytes; at most ${MOST} are read.`);
  }
  return { descr, shape, start };
}

async function arrayOf(file: string, zip: Zip, name: string, header: Header): Promise<Npy> {
  try {
    const entry = (await zip.entry(`${name}.npy`))!;
    return { ...header, data: entry.at(header.start, entry.size - header.start) };
  } catch (cause) {
    throw new AtlasError(`Cannot read ${file}: ${name}: ${(cause as Error).message}`, { cause });
  }
}

/** Labels as text: of whole numbers, or of text. */
async function labelsOf(file: string, zip: Zip, name: string, pictures: number): Promise<string[]> {
  const header = await headerOf(file, zip, name);
  const { descr, shape } = header;
  const count = shape[0]!;
  const isText = descr.startsWith('<U');
  // One label per picture; [pictures, 1] is as good.
  if ((!Object.hasOwn(READ, descr) && !isText) || shape.length === 0 || shape.slice(1).some((n) => n !== 1)) {
    throw new AtlasError(
      `Cannot read ${file}: its labels are of ${descr} and shape [${shape.join(', ')}]. Save whole numbers or texts, one per picture.`,
    );
  }
  if (count !== pictures) {
    throw new AtlasError(`Cannot read ${file}: it has ${pictures} pictures and ${count} labels.`);
  }
  const { data } = await arrayOf(file, zip, name, header);
  const size = data.length / count;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read = READ[descr];
  return Array.from({ length: count }, (_, i) => {
    if (read) return String(read(view, i * size));
    const letters = Array.from({ length: size / 4 }, (_, j) => view.getUint32(i * size + 4 * j, true));
    return String.fromCodePoint(...letters.filter((letter) => letter > 0));
  });
}

/** Whole numbers of numpy. */
const READ: Readonly<Record<string, (view: DataView, at: number) => number | bigint>> = {
  '|u1': (view, at) => view.getUint8(at),
  '|i1': (view, at) => view.getInt8(at),
  '<i2': (view, at) => view.getInt16(at, true),
  '<u2': (view, at) => view.getUint16(at, true),
  '<i4': (view, at) => view.getInt32(at, true),
  '<u4': (view, at) => view.getUint32(at, true),
  '<i8': (view, at) => view.getBigInt64(at, true),
  '<u8': (view, at) => view.getBigUint64(at, true),
};
