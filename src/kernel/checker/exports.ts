// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * The cell with spaces for each `export` before a declaration, so that code can be pasted from a module: every
 * declaration of a cell is there for later cells anyway, and tslab refuses to export it twice.
 */
export function withoutExports(ts: Any, code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, false);
  let plain = code;
  for (const { modifiers = [] } of source.statements) {
    // A default export keeps its word: without it a name might lack.
    if (modifiers.some(({ kind }: Any) => kind === ts.SyntaxKind.DefaultKeyword)) continue;
    for (const { kind, end } of modifiers) {
      if (kind === ts.SyntaxKind.ExportKeyword) {
        plain = `${plain.slice(0, end - 6)}      ${plain.slice(end)}`;
      }
    }
  }
  return plain;
}
