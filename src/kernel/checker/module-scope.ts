// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Resolves the names of a module for TypeScript's module transformer, which would ask a type checker. The binder's
 * scopes are enough, so no checker is made. The rules are those of TypeScript's own `resolveName` for values.
 *
 * @param ts TypeScript
 * @param source a module, bound, without types
 * @returns the transformer's EmitResolver
 */
export function moduleScope(ts: Any, source: Any): object {
  const { SymbolFlags, SyntaxKind } = ts;

  /** The symbol that an identifier refers to; undefined for a global, and for a name made up by the transformer. */
  const find = (made: Any): Any => {
    const reference = ts.getParseTreeNode(made, ts.isIdentifier);
    const name = reference?.escapedText;
    let inner: Any;
    for (let scope = reference; scope; inner = scope, scope = scope.parent) {
      const symbol = scope.locals?.get(name);
      if (symbol && !isHiddenFrom(inner, scope, symbol)) return symbol;
      const named = scope.kind === SyntaxKind.FunctionExpression || scope.kind === SyntaxKind.ClassExpression;
      if (named && scope.name?.escapedText === name) return scope.symbol;
    }
    return undefined;
  };

  /** Names in a function's parameters do not refer to variables of its body. */
  const isHiddenFrom = (inner: Any, scope: Any, { flags, valueDeclaration }: Any): boolean => {
    if (!ts.isFunctionLike(scope) || !inner || inner === scope.body) return false;
    if (!(flags & SymbolFlags.Variable)) return false;
    if (!ts.isParameter(inner)) return (flags & SymbolFlags.FunctionScopedVariable) !== 0;
    const { body } = scope;
    return body !== undefined && valueDeclaration?.pos >= body.pos && valueDeclaration.end <= body.end;
  };

  return {
    getReferencedExportContainer(name: Any, prefixLocals: boolean) {
      const symbol = find(name);
      if (!symbol || !(symbol.flags & SymbolFlags.ExportValue)) return undefined;
      const { flags } = symbol.exportSymbol;
      const isLocal = flags & SymbolFlags.ExportHasLocal && !(flags & SymbolFlags.Variable);
      return isLocal && !prefixLocals ? undefined : source;
    },
    getReferencedImportDeclaration(name: Any) {
      const symbol = find(name);
      const { Alias, Value } = SymbolFlags;
      return symbol && (symbol.flags & (Alias | Value)) === Alias ? symbol.declarations.at(-1) : undefined;
    },
    getReferencedValueDeclaration(name: Any) {
      const symbol = find(name);
      return (symbol?.exportSymbol ?? symbol)?.valueDeclaration;
    },
    getExternalModuleFileFromDeclaration: () => undefined,
    hasGlobalName: () => false,
  };
}
