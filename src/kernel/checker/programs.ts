// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Replaces TypeScript's builder programs. A builder resolves the imports of all files, including those of Node's and the
 * libraries' types, and starts a checker for that, which is a third of the time of a cell's check. tslab does not need
 * it.
 */
export class Programs {
  private converting = false;

  /** @param ts tslab's TypeScript */
  constructor(private readonly ts: Any) {}

  /** @param work tslab's conversion of a cell */
  convert<T>(work: () => T): T {
    this.converting = true;
    try {
      return work();
    } finally {
      this.converting = false;
    }
  }

  /**
   * A watch host's `createProgram`. tslab makes two programs for a cell that declares something; of the first it
   * only reads which names, for which a look at the cell will do.
   */
  create(rootNames: string[], options: object, host: Any, old: Any, ...rest: unknown[]): Any {
    const { ts } = this;
    const [configFileParsingDiagnostics, projectReferences] = rest;
    const declaring = this.converting && old && this.declaring(rootNames, host, old);
    if (declaring) return { ...old, getSourceFile: () => declaring };
    const program = ts.createProgram({
      rootNames,
      options,
      host,
      oldProgram: old?.getProgram(),
      configFileParsingDiagnostics,
      projectReferences,
    });
    patchChecker(ts, program);
    return {
      getProgram: () => program,
      getProgramOrUndefined: () => program,
      getSourceFile(name: string) {
        const source = program.getSourceFile(name);
        if (source && !source.locals) ts.bindSourceFile(source, options);
        return source;
      },
      getAllDependencies: (source: Any) => dependencies(program, source),
      emit: program.emit,
    };
  }

  /** The cell with its declared names, if it has any and tslab does not export them yet. */
  private declaring(rootNames: string[], host: Any, old: Any): Any {
    const { ts } = this;
    const name = rootNames.find((root) => root.endsWith('/__tslab__.ts'))!;
    const text: string = host.readFile(name);
    // If the last program was of the same cell, TypeScript would not make another one for the exports.
    if (old.getProgram().getSourceFile(name).text.startsWith(text)) return undefined;
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    if (ts.isExportDeclaration(source.statements.at(-1))) return undefined;
    ts.bindSourceFile(source, {});
    return source.locals?.size ? source : undefined;
  }
}

/** A file and the user's own files that it imports, directly or not; installed packages import none of them. */
function dependencies(program: Any, source: Any): string[] {
  const found = new Set<string>([source.fileName]);
  for (const name of found) {
    program.getSourceFile(name)?.resolvedModules?.forEach(({ resolvedModule }: Any) => {
      const file = program.getSourceFile(resolvedModule?.resolvedFileName ?? '')?.fileName;
      if (file && !file.includes('/node_modules/')) found.add(file);
    });
  }
  return [...found];
}

/**
 * Two corrections of the checker. For the name in `{ layers }` it returns the property, while tslab needs the variable.
 * And for the type of each member that an unfinished `a.na` may mean, it would check `a.na` again.
 */
function patchChecker(ts: Any, program: Any): void {
  const original = program.getTypeChecker;
  let patched: Any;
  program.getTypeChecker = () => {
    if (patched) return patched;
    patched = original();
    const { getSymbolAtLocation, getTypeOfSymbolAtLocation } = patched;
    patched.getSymbolAtLocation = (node: Any) =>
      node.parent && ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
        ? patched.getShorthandAssignmentValueSymbol(node.parent)
        : getSymbolAtLocation(node);
    patched.getTypeOfSymbolAtLocation = (symbol: Any, node: Any) =>
      node.parent?.name === node &&
      ts.isPropertyAccessExpression(node.parent) &&
      node.escapedText !== symbol.escapedName
        ? patched.getTypeOfSymbol(symbol)
        : getTypeOfSymbolAtLocation(symbol, node);
    return patched;
  };
}
