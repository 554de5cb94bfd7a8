import { join } from 'node:path';
import { AtlasError } from '../../errors';
import { makeFolder, writeWhole } from '../../files/whole-file';
import type { Atlas } from '../../maps/atlas';
import type { ReadPicture } from '../read-batches';
import { atlasJson } from './json';
import { channelsParquet, patchesParquet } from './parquet';
import { writeSite } from './site';

/**
 * Writes an atlas: atlas.json, atlas.parquet (one row per channel), patches.parquet, and a site to look through it. The
 * same atlas gives the same bytes.
 *
 * @param read reads a picture at the atlas's size
 * @throws {AtlasError} when the folder cannot be written to
 */
export async function writeAtlas(atlas: Atlas, folder: string, read: ReadPicture): Promise<void> {
  makeFolder(join(folder, 'atlas.json'), AtlasError);
  const write = (name: string, content: string | Uint8Array) =>
    writeWhole(join(folder, name), content, AtlasError);
  const writeTables = async () => {
    write('atlas.parquet', await channelsParquet(atlas));
    write('patches.parquet', await patchesParquet(atlas));
    write('atlas.json', atlasJson(atlas));
  };
  // The site's pictures are encoded by threads, while this one makes the tables.
  await Promise.all([writeSite(atlas, folder, read), writeTables()]);
}
