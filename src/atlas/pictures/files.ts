import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { AtlasError, PictureError } from '../../errors';
import { classesOf, type PictureSet } from './picture-set';

/** Endings of picture files. */
const PICTURE = /\.(jpe?g|png|gif|webp|tiff?|bmp)$/i;

/** Every picture below a folder, in the order of its path. Where all lie in two or more folders, these are classes. */
export function picturesOfFolder(folder: string): PictureSet {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => resolve(entry.parentPath ?? entry.path, entry.name))
    .map((path) =>
      path
        .slice(resolve(folder).length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')));
  const names = files.filter((name) => PICTURE.test(name));
  return filesBelow(resolve(folder), names, files.length - names.length);
}

/** Whether a path is a pattern of paths. */
export const isPattern = (path: string) => /[*?[\]{}]/.test(path);

/** The pictures that a pattern matches, such as `pictures/**\/*.jpg`. Names begin where the pattern's first sign is. */
export async function picturesOfGlob(pattern: string): Promise<PictureSet> {
  const { glob } = await import('tinyglobby');
  const parts = pattern.split('\\').join('/').split('/');
  const first = parts.findIndex(isPattern);
  const folder = resolve(parts.slice(0, first).join('/') || (pattern.startsWith('/') ? '/' : '.'));
  const found = await glob(parts.slice(first).join('/'), { cwd: folder, expandDirectories: false });
  const names = found.filter((name) => PICTURE.test(name));
  return filesBelow(folder, names, found.length - names.length, false);
}

/** The pictures of a list: one path per line, relative to the list's folder. */
export function picturesOfList(list: string): PictureSet {
  const lines = readFileSync(list, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  const names = lines.map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  return filesBelow(dirname(resolve(list)), names, 0, false, (all) => all);
}

/** Sorted by the letters' numbers, so that the order is the same on every machine. */
const byLetters = (names: string[]) => names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

function filesBelow(
  folder: string,
  found: string[],
  others: number,
  hasClasses = true,
  order = byLetters,
): PictureSet {
  const names = order(found);
  if (!names.length) {
    throw new AtlasError(
      'Cannot make an atlas: there are no pictures (.jpg, .png, .gif, .webp, .tif, .bmp). Give a folder of pictures, a pattern, a list or a data set.',
    );
  }
  const folders = names.map((name) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined));
  const isLabelled = hasClasses && folders.every((one) => one !== undefined) && new Set(folders).size > 1;
  return {
    names,
    others,
    ...(isLabelled && { classes: classesOf(folders) }),
    async read(name) {
      try {
        return await readFile(resolve(folder, name));
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        throw new PictureError(
          `Cannot load the picture: ${code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`}.`,
          { cause },
        );
      }
    },
  };
}
