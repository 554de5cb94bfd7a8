import { statSync } from 'node:fs';
import { join } from 'node:path';

/** TypeScript finds `x.ts` also where `x.js` is written. */
const WRITTEN: [as: RegExp, is: string[]][] = [
  [/\.js$/, ['.ts', '.tsx']],
  [/\.jsx$/, ['.tsx']],
  [/\.mjs$/, ['.mts']],
  [/\.cjs$/, ['.cts']],
];
const EXTENSIONS = ['.ts', '.tsx', '.d.ts', '.js', '.jsx', '.mts', '.cts', '.mjs', '.cjs', '.json'];

/** The files that the path of an import may mean, in TypeScript's order. */
export function candidates(path: string): string[] {
  const written = WRITTEN.flatMap(([as, is]) => (as.test(path) ? is.map((to) => path.replace(as, to)) : []));
  const added = EXTENSIONS.map((extension) => path + extension);
  return [...written, path, ...added, ...EXTENSIONS.map((extension) => join(path, `index${extension}`))];
}

/** A number that changes when a file does; 0 when there is none. */
export function stampOf(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.mtimeMs + stat.size / 1e9 : 0;
}
