import { join } from 'node:path';
import { AtlasError } from '../errors';
import type { Model } from '../keras/model';
import type { Atlas } from '../maps/atlas';
import { endingFor } from '../pictures/encode';
import { loadImage } from '../pictures/load';
import type { Picture } from '../pictures/pixels';
import type { ReadPicture } from './read-batches';

/** Where the pictures of an atlas are, and the model that it was made with. */
interface Source {
  read: ReadPicture;
  model?: Model;
}

/** The atlas itself is plain data. */
const sources = new WeakMap<Atlas, Source>();

export function rememberSource(atlas: Atlas, source: Source): Atlas {
  sources.set(atlas, source);
  return atlas;
}

/** Reads the pictures that `convlens atlas` keeps beside atlas.json. */
export function readKept(atlas: Atlas, folder: string): ReadPicture {
  const ending = endingFor(...atlas.size);
  return (index) => loadImage(join(folder, 'pictures', `${index}.${ending}`));
}

/** @throws {AtlasError} for an atlas that was copied or read by other means */
export async function pictureOf(atlas: Atlas, index: number): Promise<Picture> {
  const source = sources.get(atlas);
  if (!source) {
    throw new AtlasError(
      'Cannot show the pictures of the atlas: it is not known where they are. Give what atlas or loadAtlas returns, not a copy of it.',
    );
  }
  return source.read(index);
}

/** The model that an atlas was made with, unless it was disposed. */
export function modelOf(atlas: Atlas): Model | undefined {
  const model = sources.get(atlas)?.model;
  return (model as { _refCount?: number } | undefined)?._refCount === 0 ? undefined : model;
}
