import type { Content } from '../wire';
import type { Engine } from './tslab';

/** Jupyter counts code points, TypeScript UTF-16 units. */
export function toUnits(text: string, points: number): number {
  let units = 0;
  for (let i = 0; i < points && units < text.length; i++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

export function toPoints(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}

export function complete({ executor }: Engine, code: string, cursor: number): Content {
  const { start, end, candidates } = executor.complete(code, toUnits(code, cursor));
  return {
    status: 'ok',
    matches: candidates,
    cursor_start: toPoints(code, start),
    cursor_end: toPoints(code, end),
    metadata: {},
  };
}

export function inspect({ executor, printQuickInfo }: Engine, code: string, cursor: number): Content {
  const position = toUnits(code, cursor);
  // A cursor right behind a name means the name.
  const info =
    executor.inspect(code, position) ?? (position > 0 ? executor.inspect(code, position - 1) : undefined);
  if (!info) return { status: 'ok', found: false, data: {}, metadata: {} };
  return { status: 'ok', found: true, data: { 'text/plain': printQuickInfo(info) }, metadata: {} };
}

// "Unterminated template literal", "'*/' expected": more lines can still make these right.
const OPEN = new Set([1160, 1010]);
// "Unterminated string literal": it ends with its line, so no further line helps.
const CLOSED = 1002;

/** Whether code can be run as it is, needs more lines, or is wrong whatever follows. */
export function isComplete({ ts }: Engine, code: string): Content {
  const text = `export {};\n${code}`;
  const source = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.Latest, false);
  const found: { code: number; start: number }[] = source.parseDiagnostics;
  if (found.length === 0) return { status: 'complete' };
  const end = text.trimEnd().length;
  // What is missing at the very end may still come; what is wrong before it stays wrong.
  const open = found.every(({ code, start }) => OPEN.has(code) || (start >= end && code !== CLOSED));
  if (!open) return { status: 'invalid' };
  const last = code.trimEnd().split('\n').at(-1) ?? '';
  const indent = /^\s*/.exec(last)![0] + (/[{([]$/.test(last) ? '  ' : '');
  return { status: 'incomplete', indent };
}
