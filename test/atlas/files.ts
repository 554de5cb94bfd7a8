import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { picturePng } from '../../renderers/png/raster';
import { picturesOfNpz } from '../../src/atlas/pictures/npz';
import type { Pixels } from '../../src/pictures/pixels';

/** Where the suites write. */
export const OUT = join('out', 'test-atlas');

/** A fresh folder. */
export function fresh(name: string): string {
  const folder = join(OUT, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The first drawn pictures as PNGs, in folders named by their classes. */
export async function drawFolder(name: string, count: number): Promise<string> {
  const folder = fresh(name);
  const { names, classes, read } = await picturesOfNpz('notebooks/drawn.npz');
  for (const one of classes!.names) mkdirSync(join(folder, one));
  for (let i = 0; i < count; i++) {
    const label = classes!.names[classes!.labels[i]!]!;
    writeFileSync(join(folder, label, `${names[i]}.png`), picturePng((await read('', i)) as Pixels));
  }
  return folder;
}

export const hash = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');

/** The files of an atlas below a folder, with a hash of each; not its log. */
export const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'atlas.log')
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => `${path.slice(folder.length + 1)} ${hash(readFileSync(path))}`)
    .sort();
