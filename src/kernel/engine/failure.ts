import { inspect } from 'node:util';
import type { Diagnostic } from '../checker/protocol';
import type { ErrorContent } from '../protocol';
import type { CellSources } from './cell-sources';

/** The user's interrupt of a cell that has not begun to run. */
export class Interrupted extends Error {}

/** The user's interrupt, as an error of the cell; the name is the one that Jupyter's front ends know. */
export function interrupted(how = 'the cell was interrupted'): ErrorContent {
  return { ename: 'KeyboardInterrupt', evalue: how, traceback: [`KeyboardInterrupt: ${how}`] };
}

/** Something thrown, as Jupyter's error: its name, its message, and the frames that are the user's. */
export function failureOf(thrown: unknown, sources: CellSources): ErrorContent {
  if (!(thrown instanceof Error)) {
    const evalue = inspect(thrown, { colors: false });
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
  const code = (thrown as NodeJS.ErrnoException).code;
  const stopped =
    code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || thrown.message === 'Interrupted asynchronously';
  if (stopped || thrown instanceof Interrupted) return interrupted();
  const ename = String(thrown.name || 'Error');
  const evalue = String(thrown.message);
  const traceback = [`${ename}: ${evalue}`, ...sources.frames(String(thrown.stack ?? ''))];
  if (thrown.cause !== undefined) {
    const cause = failureOf(thrown.cause, sources).traceback;
    traceback.push(`caused by ${cause[0]}`, ...cause.slice(1));
  }
  return { ename, evalue, traceback };
}

/**
 * What the checker found, with the line of each finding and a squiggle below what it means.
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
  return { ename: 'TypeScriptError', evalue: `TS${first.code}: ${first.messageText}`, traceback };
}
