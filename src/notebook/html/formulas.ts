/** Characters of a formula; a longer one stays as it is written. */
export const LONGEST = 5000;

/** `\begin{align}` and others stand for themselves in Jupyter, without dollars. */
const ENVIRONMENT =
  /^\\begin\{((?:align|alignat|aligned|array|equation|eqnarray|gather|gathered|multline|split|[pbvBV]?matrix|smallmatrix|[dr]?cases|CD)\*?)\}[\s\S]*?\\end\{\1\}/;

/**
 * The formulas of a line, by what they begin with: the TeX without its marks is the first group. A dollar beside a space
 * is money, unless signs of TeX stand between two such; so is one before a digit.
 */
const FORMULAS: readonly [RegExp, { display: boolean }][] = [
  [/^\$\$([\s\S]+?)\$\$/, { display: true }],
  [/^\$(?![\s$])((?:\\[\s\S]|[^$\\`])*?)(?<=\S)\$(?!\d)/, { display: false }],
  [/^\$\s((?=[^$]*[\\^_={])(?:\\[\s\S]|[^$\\`\n])*?)\s\$(?!\s?\d)/, { display: false }],
  // Markdown takes one of the two backslashes in Jupyter, too.
  [/^\\\\\(([\s\S]+?)\\\\\)/, { display: false }],
  [/^\\\\\[([\s\S]+?)\\\\\]/, { display: true }],
];

/** A formula that stands in a text. */
interface Formula {
  /** Characters, with its marks. */
  length: number;
  tex: string;
  display: boolean;
}

/** The formula that a text begins with. */
export function formulaAt(text: string): Formula | undefined {
  const environment = ENVIRONMENT.exec(text)?.[0];
  if (environment) return { length: environment.length, tex: environment, display: true };
  for (const [pattern, { display }] of FORMULAS) {
    const found = pattern.exec(text);
    const tex = found?.[1] ?? '';
    if (found && tex.trim()) return { length: found[0].length, tex, display };
  }
  return undefined;
}

/** Lines of a formula. Each line that begins one is looked at, so that the time for many grows with their square. */
const MOST_LINES = 200;

/**
 * The formula that fills some lines of its own.
 *
 * @param lines from its first line on
 */
export function formulaOfLines(
  lines: (at: number) => string | undefined,
): { lines: number; tex: string } | undefined {
  const first = lines(0)!.trimEnd();
  const begin = /^\\begin\{([a-zA-Z]+\*?)\}/.exec(first);
  const [mark, end] = begin
    ? ['', `\\end{${begin[1]}}`]
    : first.startsWith('$$')
      ? ['$$', '$$']
      : first.startsWith('\\\\[')
        ? ['\\\\[', '\\\\]']
        : ['', ''];
  if (!end) return undefined;
  const taken: string[] = [];
  for (let at = 0; at < MOST_LINES; at++) {
    const line = at ? lines(at)?.trimEnd() : first.slice(mark.length);
    if (line === undefined) return undefined;
    taken.push(line);
    if (!line.endsWith(end)) continue;
    const all = taken.join('\n');
    if (begin) return formulaAt(all)?.length === all.length ? { lines: at + 1, tex: all } : undefined;
    const tex = all.slice(0, -end.length);
    // Two formulas in one line belong to a text.
    return tex.includes(end) || !tex.trim() ? undefined : { lines: at + 1, tex };
  }
  return undefined;
}
