import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../../checks/nearest';
import { advice } from '../packages';
import type { Diagnostic, Place, Range } from './answer-types';

/** A diagnostic as the language server gives it. */
export interface Found {
  range: Range;
  severity: number;
  code: number;
  message: string;
  relatedInformation?: { location: { uri: string; range: Range }; message: string }[];
}

interface Where {
  /** The user's own file that it is in; nothing for a cell. */
  file?: string;
  /** The notebook's folder. */
  folder?: string;
  /** The folder of the checker's project, in which cells lie. */
  project: string;
  /** Lines that were put before the cell. */
  before?: number;
}

/** TypeScript's codes for a missing module. */
export const NO_MODULE = new Set([2307, 2732, 2792]);
/** TypeScript's codes for a name that is not declared, and its words; it may know a similar one. */
const NO_NAME_CODES = new Set([2304, 2552]);
const NO_NAME = /^(Cannot find name '([^']+)'\.)(?: Did you mean '([^']+)'\?)?$/;
/** The file of a cell that has run: a number of its own, and the cell's. */
const CELL = /^cell_\d+_(\d+)$/;

/** A diagnostic as the kernel shows it: places count from the cell's first line, and the words say what to do. */
export function diagnosticOf(found: Found, where: Where): Diagnostic {
  const { file, before = 0 } = where;
  const folder = file ? path.dirname(file) : where.folder!;
  return {
    code: found.code,
    message: plainText(found.message) + whatToDo(found, folder),
    start: linesUp(found.range.start, before),
    end: linesUp(found.range.end, before),
    ...(file && { file }),
    related: (found.relatedInformation ?? []).flatMap(({ location: { uri, range }, message }) => {
      const place = fileURLToPath(uri);
      const start = linesUp(range.start, place.startsWith(where.project) ? 1 : 0);
      if (start.line < 0) return [];
      return [{ file: shownAs(place, where.project), start, message: plainText(message) }];
    }),
  };
}

/**
 * A diagnostic's message; for a name that is not declared with what to do: the import that brings it, or the name that was
 * meant. TypeScript sees earlier cells' names only where a cell uses them, so it suggests none of those.
 *
 * @param importable names that a cell could import, which takes time to find out
 */
export async function withAdvice(
  { code, message }: Diagnostic,
  declared: ReadonlyMap<string, unknown>,
  importable: () => Promise<ReadonlyMap<string, { module: string }>>,
): Promise<string> {
  const [, start, name, similar] = NO_NAME.exec(message) ?? [];
  if (!NO_NAME_CODES.has(code) || !name) return message;
  const names = await importable();
  const from = names.get(name)?.module;
  if (from) return `${message} Import it: import { ${name} } from '${from}'.`;
  const others = [...(similar ? [similar] : []), ...declared.keys(), ...names.keys()];
  // As far as TypeScript's own suggestions go.
  const suggestion = nearest(name, others, Math.floor(0.4 * name.length));
  return suggestion ? start + suggestion : message;
}

/** Text without the paths of the checker's own files. */
export function plainText(text: string): string {
  return text.replace(/import\("[^"]*\/cell_\d+_(\d+)"\)/g, 'cell[$1]');
}

/** @returns nothing for the cell that is checked */
function shownAs(place: string, project: string): string {
  if (!place.startsWith(project)) return place;
  const cell = CELL.exec(path.parse(place).name);
  return cell ? `cell[${cell[1]}]` : '';
}

function linesUp({ line, character }: Place, by: number): Place {
  return { line: line - by, character };
}

function whatToDo({ code, message }: Found, folder: string): string {
  // Python users type these to leave a console.
  if (/^Cannot find name '(exit|quit)'/.test(message)) return ' To leave the console, press Ctrl-D.';
  const name = NO_MODULE.has(code) && /^Cannot find module '([^']+)'/.exec(message)?.[1];
  return name ? advice(name, folder) : '';
}
