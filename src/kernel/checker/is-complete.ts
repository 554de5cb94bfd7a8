import type { Questions } from './protocol';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

// "Unterminated template literal", "'*/' expected": more lines can still make these right.
const OPEN = new Set([1160, 1010]);
// "Unterminated string literal": it ends with its line, so no further line helps.
const CLOSED = 1002;

/** Whether code can be run as it is, needs more lines, or is wrong whatever follows. */
export function isComplete(ts: Any, code: string): Questions['isComplete']['answer'] {
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
