import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Completions } from './answer-types';

const TEXT = /(['"`])([^'"`\n]*)$/;
/** Before the text: a function that reads a file. */
const READS = /(?:^|[^\w$])(?:load|read|open)\w*\s*\(\s*$/;
/** Before the text: the option `layer`, or `layers` with names before this one. */
const LAYERS = /(?:^|[^\w$])(?:layer\s*:\s*|layers\s*:\s*\[(?:\s*(['"`])[^'"`]*\1\s*,)*\s*)$/;

/** Before the text: what imports a module. */
const IMPORTS = /(?:^|[^\w$.])(?:from|import|import\s*\(|require\s*\()\s*$/;
/** A line for the shell, up to the cursor: its last word. */
const COMMAND = /^!(?=[A-Za-z./~])(?:.*[\s=])?(\S*)$/;
/** A module that is imported without its extension. */
const IMPORTED = /(?<!\.d)\.tsx?$/;

/** Code up to the cursor, in which the name of a file, of the user's own module, or of a layer belongs. */
export interface Text {
  kind: 'file' | 'module' | 'layer';
  /** Where it begins, in UTF-16 units. */
  start: number;
  /** What is typed of it. */
  typed: string;
  /** Where it ends: behind the cursor, if a text is closed there. */
  end: number;
}

/** The text at the cursor, if the name of a file or of a layer belongs there. */
export function textAt(code: string, cursor: number): Text | undefined {
  const before = code.slice(0, cursor);
  const word = COMMAND.exec(before.slice(before.lastIndexOf('\n') + 1))?.[1];
  if (word !== undefined) return { kind: 'file', start: cursor - word.length, typed: word, end: cursor };
  const found = TEXT.exec(before);
  if (!found) return undefined;
  const [whole, quote, typed] = found;
  const outside = before.slice(0, before.length - whole.length);
  const isModule = /^\.\.?\//.test(typed!) && IMPORTS.test(outside);
  const kind = isModule
    ? 'module'
    : READS.test(outside)
      ? 'file'
      : LAYERS.test(outside)
        ? 'layer'
        : undefined;
  const [rest] = /^[^'"`\n]*/.exec(code.slice(cursor))!;
  const end = cursor + (code[cursor + rest.length] === quote ? rest.length : 0);
  return kind && { kind, start: cursor - typed!.length, typed: typed!, end };
}

/** Names of files and folders that begin as typed, seen from the notebook's folder. */
export function fileNames({ start, typed, end }: Text, folder: string): Completions {
  const above = typed.slice(0, typed.lastIndexOf('/') + 1);
  const items = entries(resolve(folder, above))
    .map((entry) => ({
      text: above + entry.name + (entry.isDirectory() ? '/' : ''),
      type: entry.isDirectory() ? 'folder' : 'file',
    }))
    .filter(
      ({ text }) => text.startsWith(typed) && (text[above.length] !== '.' || typed.length > above.length),
    );
  return { start, end, items };
}

/** Paths of the user's own modules that begin as typed. TypeScript 7.0.2 fails to list them where `rootDirs` are set. */
export function moduleNames(text: Text, folder: string): Completions {
  const { items, ...range } = fileNames(text, folder);
  const modules = items.filter(
    ({ text: name, type }) => type === 'folder' || /\.([cm]?[jt]sx?|json)$/.test(name),
  );
  const named = modules.map(({ text: name, type }) => ({ text: name.replace(IMPORTED, ''), type }));
  return { ...range, items: named.filter(({ text: name }) => !/\.d\.[cm]?ts$|node_modules\/$/.test(name)) };
}

/** Names of layers that begin as typed, then those that hold it. */
export function layerNames({ start, typed, end }: Text, names: string[]): Completions {
  const begin = names.filter((name) => name.startsWith(typed));
  const found = begin.length > 0 ? begin : names.filter((name) => name.includes(typed));
  return { start, end, items: found.map((text) => ({ text, type: 'layer' })) };
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
