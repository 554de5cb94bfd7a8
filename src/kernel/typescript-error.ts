import type { ErrorContent } from '../jupyter/wire';
import type { Diagnostic } from './answers/answer-types';

/** The checker's diagnostics, each with its line of code, a squiggle, and the other places that it is about. */
export function typeScriptErrorOf(found: Diagnostic[], code: string, count: number): ErrorContent {
  const lines = code.split('\n');
  const cell = `cell[${count}]`;
  const placeOf = (file: string, { line, character }: Diagnostic['start']) =>
    `${file}:${line + 1}:${character + 1}`;
  const traceback = found.flatMap(({ start, end, message, code: number, file, related }) => {
    const heading = `${placeOf(file ?? cell, start)} - error TS${number}: ${message}`;
    const others = related.map(
      ({ file: other, start: at, message: why }) => `    ${placeOf(other || cell, at)} - ${why}`,
    );
    const line = lines[start.line];
    if (file || line === undefined) return [heading, ...others];
    const to = end.line === start.line ? Math.max(end.character, start.character + 1) : line.length;
    const squiggle = '~'.repeat(Math.max(1, to - start.character));
    return [heading, `    ${line}`, `    ${' '.repeat(start.character)}${squiggle}`, ...others];
  });
  const [first] = found;
  return { ename: 'TypeScriptError', evalue: `TS${first!.code}: ${first!.message}`, traceback };
}
