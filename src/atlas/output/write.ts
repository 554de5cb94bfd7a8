import { join } from 'node:path';
import { AtlasError } from '../../errors';
import { makeFolder, writeWhole } from '../../files/whole-file';
import type { Atlas } from '../../maps/atlas';
import { atlasJson } from './json';
import { channelsParquet, patchesParquet } from './parquet';

/**
 * Writes an atlas: atlas.json, atlas.parquet (one row per channel) and patches.parquet. The same atlas gives the same
 * bytes.
 *
 * @throws {AtlasError} when the folder cannot be written to
 */
export async function writeAtlas(atlas: Atlas, folder: string): Promise<void> {
  makeFolder(join(folder, 'atlas.json'), AtlasError);
  const write = (name: string, content: string | Uint8Array) =>
    writeWhole(join(folder, name), content, AtlasError);
  write('atlas.parquet', await channelsParquet(atlas));
  write('patches.parquet', await patchesParquet(atlas));
  write('atlas.json', atlasJson(atlas));
}
