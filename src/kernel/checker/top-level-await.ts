// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * tslab takes some forms of await for calls of a function `await` and runs the cell without waiting;
 * an await before them makes it see.
 */
export const PREFIX = 'await null; ';

/** Whether the code awaits outside of every function. */
export function awaitsAtTopLevel(ts: Any, code: string): boolean {
  if (!/\bawait\b/.test(code)) return false;
  const source = ts.createSourceFile('cell.ts', `export {};\n${code}`, ts.ScriptTarget.Latest, false);
  const visit = (node: Any): boolean =>
    ts.isAwaitExpression(node) ||
    (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
    (!ts.isFunctionLike(node) &&
      !ts.isClassStaticBlockDeclaration(node) &&
      (ts.forEachChild(node, visit) ?? false));
  return visit(source);
}
