import type { Declarations, ParsedCell } from '../answers/answer-types';
import { jsxComments } from '../comment-tags';

/** Lines that are put before a cell. */
export const LINES_BEFORE = 1;

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;
/** Words behind which a name is declared, for code that cannot be parsed. */
const DECLARES =
  /\b(?:let|const|var|using|function\*?|class|enum|interface|type|namespace|module)\s+(?:([\p{ID_Start}$_][\p{ID_Continue}$]*)|[{[]([^=;]*)[}\]]\s*=)|\bimport\s([^'"]*?)\bfrom\b/gu;

/**
 * The module that TypeScript checks for a cell. One line before the code brings in the names of earlier cells that the
 * code uses; one line behind it exports what the cell declares.
 *
 * An import cannot be assigned to, so variables come in as declarations.
 *
 * @param parsed nothing when the code cannot be parsed: then declared names are found by a regular expression
 * @param also names that it may use although they are not in the code, such as the factory of JSX
 * @param kept whether it is kept for later cells: what cells add globally comes in with the one that is checked
 */
export function cellModule(
  code: string,
  declared: Declarations,
  parsed?: ParsedCell,
  also: readonly string[] = [],
  kept = false,
): string {
  const own = new Set(parsed ? parsed.names.map(({ name }) => name) : looksDeclared(code));
  let head = jsxComments(code);
  const words = new Set<string>([...(code.match(WORD) ?? []), ...also]);
  for (const [name, { augments, module }] of kept ? [] : declared)
    if (augments && name !== parsed?.augments) head += `import ${JSON.stringify(module)};`;
  for (const word of words) {
    const from = own.has(word) ? undefined : declared.get(word);
    if (!from || from.augments) continue;
    const module = JSON.stringify(from.module);
    head +=
      from.kind === 'variable'
        ? `declare let ${word}: typeof import(${module}).${word};`
        : `import { ${word} } from ${module};`;
  }
  const exported = new Set(parsed?.exported);
  const names = (parsed?.names ?? []).map(({ name }) => name).filter((name) => !exported.has(name));
  return `${head}\n${code}\nexport { ${names.join(', ')} };\n`;
}

function looksDeclared(code: string): string[] {
  return [...code.matchAll(DECLARES)].flatMap(([, name, pattern, imports]) =>
    name ? [name] : ((pattern ?? imports ?? '').match(WORD) ?? []),
  );
}
