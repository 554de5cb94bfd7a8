import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Completions } from './answer-types';

const TEXT = /(['"`])([^'"`\n]*)$/;
/** Before the text: a function that reads a file. */
const READS = /(?:^|[^\w$])(?:load|read|open)\w*\s*\(\s*$/;
/** Before the text: the option `layer`, or `layers` with names before this one. */
const LAYERS = /(?:^|[^\w$])(?:layer\s*:\s*|layers\s*:\s*\[(?:\s*(['"`])[^'"`]*\1\s*,)*\s*)$/;

/** A string literal, up to the cursor, in which the name of a file or of a layer belongs. */
export interface Text {
  kind: 'file' | 'layer';
  /** Where it begins, in UTF-16 units. */
  start: number;
  /** What is typed of it. */
  typed: string;
}

/** The text at the cursor, if the name of a file or of a layer belongs there. */
export function textAt(code: string, cursor: number): Text | undefined {
  const before = code.slice(0, cursor);
  const found = TEXT.exec(before);
  if (!found) return undefined;
  const [whole, , typed] = found;
  const outside = before.slice(0, before.length - whole.length);
  const kind = READS.test(outside) ? 'file' : LAYERS.test(outside) ? 'layer' : undefined;
  return kind && { kind, start: cursor - typed!.length, typed: typed! };
}

/** Names of files and folders that begin as typed, seen from the notebook's folder. */
export function fileNames({ start, typed }: Text, folder: string): Completions {
  const above = typed.slice(0, typed.lastIndexOf('/') + 1);
  const items = entries(resolve(folder, above))
    .map((entry) => ({
      text: above + entry.name + (entry.isDirectory() ? '/' : ''),
      type: entry.isDirectory() ? 'folder' : 'file',
    }))
    .filter(
      ({ text }) => text.startsWith(typed) && (text[above.length] !== '.' || typed.length > above.length),
    );
  return { start, end: start + typed.length, items };
}

/** Names of layers that begin as typed, then those that hold it. */
export function layerNames({ start, typed }: Text, names: string[]): Completions {
  const begin = names.filter((name) => name.startsWith(typed));
  const found = begin.length > 0 ? begin : names.filter((name) => name.includes(typed));
  return { start, end: start + typed.length, items: found.map((text) => ({ text, type: 'layer' })) };
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
