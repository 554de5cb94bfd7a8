// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Lists the names that a cell declares.
 *
 * @param module the cell as tslab makes a module of it, which exports all its names: TypeScript's source file
 * @returns all names, and those that can be assigned to
 */
export function declarationsOf(ts: Any, module: Any): { names: string[]; variables: string[] } {
  const names: string[] = [];
  const variables: string[] = [];
  for (const statement of module.statements) {
    if (ts.isVariableStatement(statement) && !(statement.declarationList.flags & ts.NodeFlags.Const)) {
      for (const { name } of statement.declarationList.declarations) collect(ts, name, variables);
    } else if (ts.isExportDeclaration(statement) && statement.exportClause) {
      for (const { name } of statement.exportClause.elements) names.push(name.text);
    }
  }
  return { names, variables };
}

/** The names that a declaration binds, also inside patterns. */
function collect(ts: Any, name: Any, names: string[]): void {
  if (ts.isIdentifier(name)) names.push(name.text);
  else for (const element of name.elements) if (element.name) collect(ts, element.name, names);
}
