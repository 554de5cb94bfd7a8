// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Replaces each `export` before a declaration by spaces, so that code can be pasted from a module. Later cells see every
 * declaration anyway, and tslab refuses to export one twice.
 */
export function withoutExports(ts: Any, code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, false);
  let plain = code;
  for (const { modifiers = [] } of source.statements) {
    // A default export is kept: its declaration may have no name.
    if (modifiers.some(({ kind }: Any) => kind === ts.SyntaxKind.DefaultKeyword)) continue;
    for (const { kind, end } of modifiers) {
      if (kind === ts.SyntaxKind.ExportKeyword) {
        plain = `${plain.slice(0, end - 6)}      ${plain.slice(end)}`;
      }
    }
  }
  return plain;
}
