import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { numberedSet } from './numbered';
import type { PictureSet } from './picture-set';

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** How many labels stand before each picture: one in CIFAR-10, two in CIFAR-100; undefined for other files. */
export function labelsPerPicture(file: string, length: number): 1 | 2 | undefined {
  if (!/\.bin$/.test(file) || length === 0) return undefined;
  const fits = ([1, 2] as const).filter((labels) => length % (labels + 3 * PLANE) === 0);
  // Both fit only from 3073 × 3074 bytes on; CIFAR-100's files are called train.bin and test.bin.
  return fits.length === 2 ? (/(train|test)\.bin$/.test(file) ? 2 : 1) : fits[0];
}

/** The pictures of a binary of CIFAR-10 or CIFAR-100 (there with the fine labels), and the names of its classes where they stand beside it. */
export function picturesOfCifar(file: string, bytes: Buffer, labels: 1 | 2): PictureSet {
  const size = labels + 3 * PLANE;
  const count = bytes.length / size;
  const meta = ['batches.meta.txt', 'fine_label_names.txt']
    .map((name) => join(dirname(file), name))
    .find((name) => existsSync(name));
  const names = meta === undefined ? [] : readFileSync(meta, 'utf8').trim().split(/\r?\n/);
  return numberedSet(file, {
    ...{ count, height: SIDE, width: SIDE, channels: 3 },
    pixels(index) {
      const planes = bytes.subarray(index * size + labels, (index + 1) * size);
      const data = new Uint8Array(3 * PLANE);
      for (let i = 0; i < PLANE; i++) {
        for (let c = 0; c < 3; c++) data[3 * i + c] = planes[c * PLANE + i]!;
      }
      return data;
    },
    labels: Array.from({ length: count }, (_, i) => {
      const label = bytes[i * size + labels - 1]!;
      return names[label] ?? String(label);
    }),
  });
}
