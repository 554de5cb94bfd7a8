import type { Completeness } from './answer-types';

// "Unterminated template literal", "'*/' expected": more lines can complete these.
const OPEN = new Set([1160, 1010]);
// "Unterminated string literal": a string ends with its line, so more lines do not help.
const CLOSED = 1002;

// "Expected corresponding JSX closing tag": of the numbers above 2000, which are about types, it alone is about syntax.
const WRONG_TAG = 17002;

/**
 * Whether code is complete, needs more lines, or is invalid whatever follows.
 *
 * @param found what TypeScript finds, with places in UTF-16 units
 */
export function completenessOf(code: string, found: { code: number; start: number }[]): Completeness {
  const syntax = found.filter(({ code: number }) => number < 2000 || number === WRONG_TAG);
  if (syntax.length === 0) return { status: 'complete' };
  const end = code.trimEnd().length;
  // An error at the very end may be completed by more lines; an earlier one stays.
  const open = syntax.every(
    ({ code: number, start }) => OPEN.has(number) || (start >= end && number !== CLOSED),
  );
  if (!open) return { status: 'invalid' };
  const last = code.trimEnd().split('\n').at(-1) ?? '';
  const indent = /^\s*/.exec(last)![0] + (/[{([]$/.test(last) ? '  ' : '');
  return { status: 'incomplete', indent };
}

/** A place in a text, as UTF-16 units from its start. */
export function offsetOf(text: string, line: number, character: number): number {
  const lines = text.split('\n').slice(0, line);
  return lines.join('\n').length + (line > 0 ? 1 : 0) + character;
}
