// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Makes programs, in the place of TypeScript's builder programs, of which tslab uses little: a builder would look at the
 * imports of all files, those of Node's and the libraries' types among them, and start a checker for it, which is a third
 * of the time that a cell's check takes. tslab makes two programs for a cell; of the first it only reads which names
 * the cell declares, which binding one file tells.
 *
 * @param ts tslab's TypeScript
 * @returns to be used as a watch host's `createProgram`
 */
export function createPrograms(ts: Any) {
  return (rootNames: string[], options: object, host: Any, old: Any, ...rest: unknown[]) => {
    const [configFileParsingDiagnostics, projectReferences] = rest;
    const program = ts.createProgram({
      rootNames,
      options,
      host,
      oldProgram: old?.getProgram(),
      configFileParsingDiagnostics,
      projectReferences,
    });
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
  };
}

/** The user's own files that a file imports, also by others, and it itself; what is installed imports none of them. */
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
