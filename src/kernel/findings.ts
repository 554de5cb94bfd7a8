import type { ErrorContent } from '../jupyter/wire';
import type { Diagnostic } from './checker/protocol';

/**
 * The checker's diagnostics, each with its line of code and a squiggle.
 *
 * @param prefixed characters put before the cell's first line
 */
export function findingsOf(found: Diagnostic[], code: string, count: number, prefixed: number): ErrorContent {
  const lines = code.split('\n');
  const traceback = found.flatMap(({ start, end, messageText, code: number, fileName }) => {
    const shift = (at: { line: number; character: number }) =>
      at.line === 0 ? Math.max(0, at.character - prefixed) : at.character;
    const from = fileName ? start.character : shift(start);
    const place = `${fileName ?? `cell[${count}]`}:${start.line + 1}:${from + 1}`;
    const heading = `${place} - error TS${number}: ${messageText}`;
    const line = lines[start.line];
    if (fileName || line === undefined) return [heading];
    const to = end.line === start.line ? Math.max(shift(end), from + 1) : line.length;
    return [heading, `    ${line}`, `    ${' '.repeat(from)}${'~'.repeat(Math.max(1, to - from))}`];
  });
  const [first] = found;
  return { ename: 'TypeScriptError', evalue: `TS${first!.code}: ${first!.messageText}`, traceback };
}
