import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The scripts that scripts/build.mjs makes of src/live: the worker's, and one for each kind of page. */
export function bundle(name: 'engine' | 'explorer' | 'boot' | 'frame' | 'notebook'): string {
  return readFileSync(join(__dirname, '..', '..', 'live', `${name}.js`), 'utf8');
}

/** The licences of what such a page carries. */
export const licences = (): string =>
  readFileSync(join(__dirname, '..', '..', 'live', 'LICENCES.txt'), 'utf8');
