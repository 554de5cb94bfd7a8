import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { stampOf } from './candidates';

/** A name that a cell could import. */
export interface Importable {
  /** From where. */
  module: string;
  /** What it is, in JupyterLab's words. */
  type: string;
}

const EXPORT =
  /^export\s+(?:declare\s+|abstract\s+|async\s+)*(const|let|var|function|class|enum|interface|type|namespace)\b\*?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/gmu;
const TYPES: Record<string, string> = {
  const: 'constant',
  let: 'variable',
  var: 'variable',
  namespace: 'module',
};
/** A folder of more files is no folder of a notebook. */
const MOST_FILES = 200;

const read = new Map<string, { stamp: number; names: [string, Importable][] }>();

/** The names that the TypeScript files beside a notebook export. */
export function exportsBeside(folder: string): [string, Importable][] {
  const files = readdirSync(folder).filter((name) => /(?<!\.d)\.tsx?$/.test(name));
  if (files.length > MOST_FILES) return [];
  return files.flatMap((name) => {
    const file = join(folder, name);
    const stamp = stampOf(file);
    const known = read.get(file);
    if (known?.stamp === stamp) return known.names;
    const names = namesOf(file, `./${parse(name).name}`);
    read.set(file, { stamp, names });
    return names;
  });
}

function namesOf(file: string, module: string): [string, Importable][] {
  try {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(EXPORT)].map(([, what, name]) => [
      name!,
      { module, type: TYPES[what!] ?? what! },
    ]);
  } catch {
    return [];
  }
}
