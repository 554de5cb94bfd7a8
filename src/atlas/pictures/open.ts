import { existsSync, statSync } from 'node:fs';
import { AtlasError, PictureError } from '../../errors';
import { localPath } from '../../files/local-path';
import { convert } from '../../pictures/convert';
import { loadImage } from '../../pictures/load';
import { resize } from '../../pictures/resample';
import type { AtlasPlan } from '../plan';
import type { ReadPicture } from '../read-batches';
import { labelsPerPicture, picturesOfCifar } from './cifar';
import { isPattern, picturesOfFolder, picturesOfGlob, picturesOfList } from './files';
import { isIdx, picturesOfIdx } from './idx';
import { picturesOfNpz } from './npz';
import { openPacked } from './numbered';
import type { PictureSet } from './picture-set';

/**
 * The pictures of a folder, a pattern of names, a list, or a data set in one file (.npz, IDX, CIFAR).
 *
 * @throws {AtlasError} when there are none, or the file cannot be read
 */
export async function openPictures(source: string | URL): Promise<PictureSet> {
  const path = localPath(source, AtlasError);
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isDirectory()) return picturesOfFolder(path);
  const [, npz, array] = /^(.*\.npz)(?:#(\w+))?$/i.exec(path) ?? [];
  if (npz !== undefined && existsSync(npz)) return picturesOfNpz(npz, array);
  if (!info) {
    if (isPattern(path)) return picturesOfGlob(path);
    throw new AtlasError(
      `Cannot make an atlas: there is no ${path}. Give a folder of pictures, a pattern such as 'pictures/**/*.jpg', a list or a data set.`,
    );
  }
  if (/\.(txt|lst|list)$/i.test(path)) return picturesOfList(path);
  const packed = openPacked(path);
  if (isIdx(packed.head)) return picturesOfIdx(path, packed);
  const labels = packed.size && labelsPerPicture(path, packed.size);
  if (labels) return picturesOfCifar(path, packed.all(packed.size), labels);
  throw new AtlasError(
    `Cannot make an atlas of ${path}: it is no data set. Give a folder, a list (.txt, one path per line), a .npz, a file of MNIST (idx3-ubyte) or a binary of CIFAR.`,
  );
}

/** Reads a set's pictures in the size and the colours of a plan. */
export function readerOf(
  set: PictureSet,
  plan: Pick<AtlasPlan, 'size' | 'colorMode' | 'interpolation'>,
): ReadPicture {
  const { size, colorMode, interpolation } = plan;
  return async (index) => {
    const stored = await set.read(set.names[index]!, index);
    if (stored instanceof Uint8Array) {
      return loadImage(stored, { targetSize: size, colorMode, interpolation });
    }
    try {
      return resize(convert(stored, colorMode), size, interpolation);
    } catch (cause) {
      throw new PictureError(`Cannot load the picture: ${(cause as Error).message}`, { cause });
    }
  };
}
