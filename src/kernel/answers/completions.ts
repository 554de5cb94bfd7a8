import type { Completions, Range } from './answer-types';

export interface Item {
  label: string;
  kind?: number;
  sortText?: string;
  textEdit?: { newText: string; range?: Range; replace?: Range };
}

/** The protocol's kinds of completions, in JupyterLab's words. */
const KINDS: Record<number, string> = {
  2: 'method',
  3: 'function',
  4: 'constructor',
  5: 'field',
  6: 'variable',
  7: 'class',
  8: 'interface',
  9: 'module',
  10: 'property',
  12: 'value',
  13: 'enum',
  14: 'keyword',
  17: 'file',
  19: 'folder',
  20: 'enum',
  21: 'constant',
  25: 'type',
};

/** Those of the server's completions that begin like the word at the cursor. */
export function completionsOf(items: Item[], code: string, cursor: number): Completions {
  const word = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0];
  const rest = /^[\p{ID_Continue}$]*/u.exec(code.slice(cursor))![0];
  // In a string, such as the name of a file, they may replace more than a word.
  const ranges = items.map(({ textEdit }) => textEdit?.range ?? textEdit?.replace);
  const range = ranges.every(Boolean) ? ranges[0] : undefined;
  const start = range ? cursor - lengthBefore(range, code, cursor) : cursor - word.length;
  const typed = code.slice(start, cursor);
  const textOf = ({ label, textEdit }: Item) => (range ? textEdit!.newText : label);
  const begins = (test: (text: string) => boolean) => items.filter((item) => test(textOf(item)));
  const same = begins((text) => text.startsWith(typed));
  const found = same.length ? same : begins((text) => text.toLowerCase().startsWith(typed.toLowerCase()));
  found.sort((a, b) => compare(a.sortText ?? '', b.sortText ?? '') || compare(a.label, b.label));
  return {
    start,
    end: cursor + rest.length,
    items: found.map((item) => ({ text: textOf(item), type: typeOf(item) })),
  };
}

/** What is typed of a name; nothing behind a dot, where only members can follow. */
export function nameBegun(code: string, cursor: number): string | undefined {
  const [, dot, word] = /(\.\s*)?([\p{ID_Continue}$]*)$/u.exec(code.slice(0, cursor))!;
  return dot ? undefined : word;
}

/** What a completion is, in JupyterLab's words. */
export function typeOf({ kind = 0 }: Pick<Item, 'kind'>): string {
  return KINDS[kind] ?? 'text';
}

/** How many units of the range are before the cursor. */
function lengthBefore({ start }: Range, code: string, cursor: number): number {
  const column = cursor - (code.lastIndexOf('\n', cursor - 1) + 1);
  return Math.max(0, column - start.character);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
