import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { isObject } from '../checks/is-object';

type Options = Record<string, unknown>;

/** Options that are taken as they stand. */
const TAKEN = [
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
  'experimentalDecorators',
  'emitDecoratorMetadata',
  'lib',
  'types',
];
/** Configurations that extend each other without end are no use. */
const MOST_EXTENDED = 20;

/** What cells take from the `tsconfig.json` of the notebook's folder, or the nearest one above it. */
export class UserConfig {
  /** Of TypeScript's `compilerOptions`; the paths in it are absolute. */
  readonly options: Options = {};

  constructor(folder: string) {
    const file = nearest(folder);
    if (file) this.read(file, dirname(file), MOST_EXTENDED);
  }

  /** The paths that an import's name may mean, by the option `paths`. */
  aliased(name: string): string[] {
    const paths = (this.options['paths'] ?? {}) as Record<string, string[]>;
    let best: { pattern: string; before: string; match: string } | undefined;
    for (const pattern of Object.keys(paths)) {
      const [before, after] = pattern.split('*') as [string, string | undefined];
      if (after === undefined ? name !== pattern : !(name.startsWith(before) && name.endsWith(after)))
        continue;
      const exact = after === undefined;
      if (best && !exact && best.before.length >= before.length) continue;
      best = { pattern, before, match: exact ? '' : name.slice(before.length, name.length - after.length) };
      if (exact) break;
    }
    return best ? paths[best.pattern]!.map((path) => path.replace('*', best.match)) : [];
  }

  /** @param top the folder of the file that extends the others, `${configDir}` in them */
  private read(file: string, top: string, depth: number) {
    const at = (from: string, path: unknown) => resolve(from, String(path).replace(/^\$\{configDir\}/, top));
    const { extends: base, compilerOptions } = parse(file);
    for (const name of [base].flat()) {
      const extended = typeof name === 'string' && depth > 0 && find(name, file);
      if (extended) this.read(extended, top, depth - 1);
    }
    if (!isObject(compilerOptions)) return;
    const given = compilerOptions as Options;
    for (const name of TAKEN) if (given[name] !== undefined) this.options[name] = given[name];
    const folder = at(dirname(file), given['baseUrl'] ?? '.');
    if (isObject(given['paths'])) {
      this.options['paths'] = Object.fromEntries(
        Object.entries(given['paths']).map(([pattern, paths]) => [
          pattern,
          [paths].flat().map((path) => at(folder, path)),
        ]),
      );
    }
    if (Array.isArray(given['typeRoots'])) {
      this.options['typeRoots'] = given['typeRoots'].map((path) => at(dirname(file), path));
    }
  }
}

function nearest(folder: string): string | undefined {
  const file = join(folder, 'tsconfig.json');
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : nearest(dirname(folder));
}

/** The file that `extends` names. */
function find(name: string, file: string): string | undefined {
  if (/^\.{0,2}[\\/]|^\w:/.test(name)) {
    const path = resolve(dirname(file), name);
    return [path, `${path}.json`].find((each) => existsSync(each) && each.endsWith('.json'));
  }
  for (const each of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      const found = createRequire(file).resolve(each);
      if (found.endsWith('.json')) return found;
    } catch {
      // The next form may be there.
    }
  }
  return undefined;
}

/** JSON with comments and commas at the end of lists; nothing when it is something else. */
function parse(file: string): Options {
  try {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    const plain = text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1');
    const value = JSON.parse(plain.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, '$1'));
    return isObject(value) ? (value as Options) : {};
  } catch {
    return {};
  }
}
