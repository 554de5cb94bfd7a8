import { existsSync } from 'node:fs';
import { AtlasError } from '../../errors';
import { numberedSet, openPacked, type Packed } from './numbered';
import type { PictureSet } from './picture-set';

/** Whether bytes begin as MNIST's files do: two zeros, the type (8: bytes), the number of axes. */
export const isIdx = (bytes: Uint8Array) =>
  bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && (bytes[3] === 3 || bytes[3] === 4);

/**
 * The pictures of MNIST and its kin (`train-images-idx3-ubyte`, also `.gz`), with the labels of the file beside it
 * (`train-labels-idx1-ubyte`).
 *
 * @throws {AtlasError} when it is damaged
 */
export function picturesOfIdx(file: string, packed: Packed): PictureSet {
  const { head } = packed;
  const axes = head[3]!;
  if (head.length < 4 + 4 * axes) {
    throw new AtlasError(`Cannot read ${file}: it ends within its header. Download it again.`);
  }
  const [count, height, width, channels = 1] = Array.from({ length: axes }, (_, i) =>
    head.readUInt32BE(4 + 4 * i),
  ) as [number, number, number, number?];
  const start = 4 + 4 * axes;
  const size = height * width * channels;
  const length = start + count * size;
  const bytes = (packed.size ?? length) === length ? packed.all(length) : undefined;
  if (bytes?.length !== length) {
    throw new AtlasError(
      `Cannot read ${file}: ${count} pictures of ${height} × ${width} take ${length} bytes, and it has ${bytes?.length ?? packed.size}. Download it again.`,
    );
  }
  const beside = file.replace(/images([-.])idx[34]/, 'labels$1idx1');
  const name = [beside, `${beside}.gz`, beside.replace(/\.gz$/, '')].find(
    (one) => one !== file && existsSync(one),
  );
  const labels = name === undefined ? undefined : labelsOf(name);
  return numberedSet(file, {
    ...{ count, height, width, channels, labels },
    pixels: (index) => bytes.subarray(start + index * size, start + (index + 1) * size),
  });
}

function labelsOf(file: string): string[] {
  const packed = openPacked(file);
  if (packed.head.length < 8 || packed.head.readUInt32BE(0) !== 0x801) {
    throw new AtlasError(`Cannot read ${file}: it is no list of labels (idx1-ubyte). Download it again.`);
  }
  const bytes = packed.all(8 + packed.head.readUInt32BE(4));
  return [...bytes.subarray(8, 8 + bytes.readUInt32BE(4))].map(String);
}
