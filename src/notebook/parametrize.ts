import { randomBytes } from 'node:crypto';
import { nearest } from '../checks/nearest';
import { NotebookError } from '../errors';
import { type Cell, linesOf, type Notebook, textOf } from './nbformat';

type Value = string | number | boolean | Value[];

// `const channel: number = 3; // comment` or Python's `channel = 3`; one parameter per line, as in papermill.
const DECLARATION =
  /^[ \t]*(?:(?:export[ \t]+)?(const|let|var)[ \t]+)?([\p{L}_$][\p{L}\p{N}_$]*)[ \t]*(?::[ \t]*([^=\n]+?))?[ \t]*=[ \t]*(.+)$/gmu;

interface Parameter {
  name: string;
  keyword: string;
  annotation: string;
  /** The default; undefined when only the kernel could evaluate it. */
  value?: Value;
}

/**
 * Sets parameters as papermill does: a cell tagged `injected-parameters` is put after the cell tagged
 * `parameters` (replacing an earlier one), and declares the new values. Each value must be of
 * the type of its default.
 *
 * @param assignments `name=value`, as they are typed on the command line
 * @throws {NotebookError} for a notebook without parameters, an unknown name, a value of another type
 */
export function setParameters(notebook: Notebook, assignments: string[]): void {
  if (assignments.length === 0) return;
  const at = notebook.cells.findIndex((cell) => cell.metadata.tags?.includes('parameters'));
  if (at < 0) {
    throw new NotebookError(
      'Cannot set parameters: no cell of the notebook is tagged "parameters". Tag the cell that holds the defaults.',
    );
  }
  const parameters = readParameters(textOf(notebook.cells[at]!.source));
  const lines = new Map<string, string>();
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new NotebookError(`Cannot set "${assignment}": it is not of the form name=value.`);
    }
    const name = assignment.slice(0, equals).trim();
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (!parameter) {
      const names = parameters.map((candidate) => candidate.name);
      throw new NotebookError(
        `Cannot set ${name}: the notebook has no such parameter.${nearest(name, names)} It has ${names.join(', ') || 'none'}.`,
      );
    }
    lines.set(name, declare(parameter, convert(parameter, assignment.slice(equals + 1))));
  }
  inject(notebook, at, [...lines.values()].join('\n'));
}

function inject(notebook: Notebook, after: number, source: string) {
  const cell: Cell = {
    id: randomBytes(4).toString('hex'),
    cell_type: 'code',
    metadata: { tags: ['injected-parameters'] },
    source: linesOf(source),
    outputs: [],
    execution_count: null,
  };
  const old = notebook.cells.findIndex((other) => other.metadata.tags?.includes('injected-parameters'));
  if (old >= 0) notebook.cells.splice(old, 1, { ...cell, id: notebook.cells[old]!.id });
  else notebook.cells.splice(after + 1, 0, cell);
}

function readParameters(source: string): Parameter[] {
  return [...source.matchAll(DECLARATION)].map(([, keyword = '', name, annotation = '', rest]) => ({
    name: name!,
    keyword,
    annotation,
    value: literal(rest!),
  }));
}

/** Reads a literal of TypeScript or Python from the start of the text; the rest is a comment or nothing. */
function literal(text: string): Value | undefined {
  const string = text.match(/^(['"`])((?:(?!\1)[^\\]|\\.)*)\1/);
  if (string) return string[2]!.replace(/\\(.)/g, '$1');
  const bare = text.replace(/\s*(?:;.*|\/\/.*|#.*|\/\*.*)$/, '').trim();
  if (/^(true|True)$/.test(bare)) return true;
  if (/^(false|False)$/.test(bare)) return false;
  if (/^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(bare)) return Number(bare.replaceAll('_', ''));
  if (bare.startsWith('[')) {
    try {
      return JSON.parse(bare.replaceAll("'", '"').replace(/,\s*]/g, ']'));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function convert({ name, value, annotation }: Parameter, typed: string): Value {
  const refuse = (kind: string): never => {
    throw new NotebookError(
      `Cannot set ${name} to ${typed || '(nothing)'}: it is ${kind}. Its default is ${JSON.stringify(value)}.`,
    );
  };
  const kind =
    value === undefined ? annotation.replace(/\s/g, '') : Array.isArray(value) ? 'array' : typeof value;
  switch (kind) {
    case 'string':
      return typed;
    case 'number': {
      const number = Number(typed);
      return typed.trim() !== '' && Number.isFinite(number) ? number : refuse('a number');
    }
    case 'boolean':
      return /^true$/i.test(typed) ? true : /^false$/i.test(typed) ? false : refuse('true or false');
    case 'array':
      return array(typed, value as Value[]) ?? refuse(`an array${elementKind(value as Value[])}`);
    default:
      throw new NotebookError(
        `Cannot set ${name}: its default is not a number, string, boolean or array. Edit the cell instead.`,
      );
  }
}

/** `[1, 2]` as JSON, or `1,2` without the brackets; elements are of the type of the default's. */
function array(typed: string, value: Value[]): Value[] | undefined {
  const kind = typeof value[0];
  let parsed: unknown;
  try {
    parsed = JSON.parse(typed.trim().startsWith('[') ? typed : `[${typed}]`);
  } catch {
    parsed = kind === 'string' ? typed.split(',').map((element) => element.trim()) : undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  return value.length === 0 || parsed.every((element) => typeof element === kind) ? parsed : undefined;
}

function elementKind(value: Value[]): string {
  return value.length ? ` of ${typeof value[0]}s, such as ${JSON.stringify(value)}` : '';
}

function declare({ keyword, name, annotation }: Parameter, value: Value): string {
  if (!keyword) return `${name} = ${python(value)}`;
  return `${keyword} ${name}${annotation ? `: ${annotation}` : ''} = ${JSON.stringify(value)};`;
}

function python(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  return JSON.stringify(value);
}
