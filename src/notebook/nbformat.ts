import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isObject } from '../checks/is-object';
import { NotebookError } from '../errors';
import { makeFolder, writeWhole } from '../files/whole-file';

/** Text as nbformat stores it: a string, or its lines. */
export type Multiline = string | string[];
export type Bundle = Record<string, unknown>;

export type Output =
  | { output_type: 'stream'; name: string; text: Multiline }
  | { output_type: 'display_data'; data: Bundle; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      execution_count: number | null;
      data: Bundle;
      metadata: Record<string, unknown>;
    }
  | ErrorOutput;

export interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}

export interface Cell {
  id?: string;
  cell_type: 'code' | 'markdown' | 'raw';
  metadata: { tags?: string[]; [key: string]: unknown };
  source: Multiline;
  outputs?: Output[];
  execution_count?: number | null;
  [key: string]: unknown;
}

export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: {
    kernelspec?: { name?: string; display_name?: string; language?: string };
    [key: string]: unknown;
  };
  cells: Cell[];
}

/** A multiline text as one string. */
export function textOf(text: Multiline | undefined): string {
  return Array.isArray(text) ? text.join('') : (text ?? '');
}

/** A string as nbformat keeps it on disk: its lines, each with its line end, so that diffs are readable. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The largest notebook in bytes. Running or converting it takes up to eight times as much memory. */
const LARGEST = 256e6;

/**
 * Reads a notebook of nbformat 4, made valid as 4.5: every cell gets the id it lacks.
 *
 * @throws {NotebookError} when the file is missing, too large or no notebook of that format
 */
export function readNotebook(path: string): Notebook {
  let notebook: Notebook;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST) {
    throw new NotebookError(
      `Cannot read ${path}: it takes ${Math.round(size / 1e6)} MB, above the limit of ${LARGEST / 1e6} MB. Clear outputs in Jupyter and save it.`,
    );
  }
  try {
    notebook = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new NotebookError(
      missing
        ? `Cannot read ${path}: there is no such file. Check the path.`
        : `Cannot read ${path}: it is not a notebook (${(error as Error).message}).`,
    );
  }
  if (!Array.isArray(notebook?.cells) || notebook.nbformat !== 4) {
    throw new NotebookError(
      `Cannot read ${path}: it is not a notebook of nbformat 4. Open it in Jupyter and save it again.`,
    );
  }
  for (const [i, cell] of notebook.cells.entries()) {
    const known = ['code', 'markdown', 'raw'].includes(cell?.cell_type);
    if (!known || !isMultiline(cell.source)) {
      throw new NotebookError(`Cannot read ${path}: cell ${i + 1} is neither code, markdown nor raw text.`);
    }
    if (!isObject(cell.metadata)) cell.metadata = {};
    if (cell.metadata.tags !== undefined && !isList(cell.metadata.tags)) cell.metadata.tags = [];
    if (cell.cell_type === 'code') {
      cell.outputs ??= [];
      cell.execution_count ??= null;
      if (!Array.isArray(cell.outputs) || !cell.outputs.every(isOutput)) {
        throw new NotebookError(
          `Cannot read ${path}: the outputs of cell ${i + 1} are not nbformat 4. Clear them in Jupyter.`,
        );
      }
    }
  }
  if (!isObject(notebook.metadata)) notebook.metadata = {};
  addIds(notebook);
  return notebook;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

function isMultiline(value: unknown): boolean {
  return typeof value === 'string' || isList(value);
}

function isOutput(output: unknown): boolean {
  if (!isObject(output)) return false;
  switch (output['output_type']) {
    case 'stream':
      return isMultiline(output['text']);
    case 'error':
      return isList(output['traceback']);
    case 'display_data':
    case 'execute_result':
      return isObject(output['data']);
    default:
      return false;
  }
}

function addIds(notebook: Notebook) {
  const taken = new Set<string>();
  for (const cell of notebook.cells) {
    while (!/^[\w-]{1,64}$/.test(cell.id ?? '') || taken.has(cell.id!))
      cell.id = randomBytes(4).toString('hex');
    taken.add(cell.id!);
  }
  const { nbformat_minor: minor } = notebook;
  notebook.nbformat_minor = Number.isSafeInteger(minor) ? Math.max(minor, 5) : 5;
}

/**
 * Writes a notebook whole or not at all, and makes its folder.
 *
 * @throws {NotebookError} when it cannot be written
 */
export function writeNotebook(path: string, notebook: Notebook): void {
  makeFolder(path, NotebookError);
  writeWhole(path, `${JSON.stringify(notebook, null, 1)}\n`, NotebookError);
}
