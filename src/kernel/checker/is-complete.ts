import type { Questions } from './protocol';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

// "Unterminated template literal", "'*/' expected": more lines can complete these.
const OPEN = new Set([1160, 1010]);
// "Unterminated string literal": a string ends with its line, so more lines do not help.
const CLOSED = 1002;

/** Whether code is complete, needs more lines, or is invalid whatever follows. */
export function isComplete(ts: Any, code: string): Questions['isComplete']['answer'] {
  const text = `export {};\n${code}`;
  const source = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.Latest, false);
  const found: { code: number; start: number }[] = source.parseDiagnostics;
  if (found.length === 0) return { status: 'complete' };
  const end = text.trimEnd().length;
  // An error at the very end may be completed by more lines; an earlier one stays.
  const open = found.every(({ code, start }) => OPEN.has(code) || (start >= end && code !== CLOSED));
  if (!open) return { status: 'invalid' };
  const last = code.trimEnd().split('\n').at(-1) ?? '';
  const indent = /^\s*/.exec(last)![0] + (/[{([]$/.test(last) ? '  ' : '');
  return { status: 'incomplete', indent };
}
