import type { ErrorContent } from '../jupyter/wire';
import type { Diagnostic } from './answers/answer-types';

const LONGEST_LINE = 200;
/** Of a longer line, letters that are shown before and after what is wrong. */
const AROUND = 80;
/** Combining marks, and what joins and varies emoji. */
const NO_COLUMN = /\p{M}|[\u200b-\u200d]/u;
/** East Asian letters of full width, and emoji. */
const TWO_COLUMNS =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** The checker's diagnostics, each with its line of code, a squiggle, and the other places that it is about. */
export function typeScriptErrorOf(found: Diagnostic[], code: string, count: number): ErrorContent {
  const lines = code.split(/\r?\n/);
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
    return [heading, ...underlined(line, start.character, to).map((text) => `    ${text}`), ...others];
  });
  const [first] = found;
  return { ename: 'TypeScriptError', evalue: `TS${first!.code}: ${first!.message}`, traceback };
}

/** A line of code, or the part of a long one, and below it a squiggle from one character to another. */
function underlined(line: string, start: number, end: number): [line: string, squiggle: string] {
  const isLong = line.length > LONGEST_LINE;
  const from = isLong ? Math.max(0, start - AROUND) : 0;
  const to = isLong
    ? Math.min(line.length, Math.max(end, start + AROUND), start + LONGEST_LINE)
    : line.length;
  const before = (from > 0 ? '… ' : '') + line.slice(from, start);
  const shown = before + line.slice(start, to) + (to < line.length ? ' …' : '');
  const blank = [...before].map((letter) => (letter === '\t' ? '\t' : ' '.repeat(columns(letter)))).join('');
  const marked = [...line.slice(start, Math.min(end, to))]
    .map((letter) => '~'.repeat(columns(letter)))
    .join('');
  return [shown, blank + (marked || '~')];
}

/** How many columns a letter takes where all letters are equally wide. */
function columns(letter: string): number {
  if (NO_COLUMN.test(letter)) return 0;
  return TWO_COLUMNS.test(letter) ? 2 : 1;
}
