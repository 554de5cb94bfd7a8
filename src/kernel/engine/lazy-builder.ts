// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Makes TypeScript's builder programs when they are asked for something. tslab makes two programs for a cell: of the
 * first it only reads which names the cell declares, which binding one file tells; a builder would look at the imports
 * of all files for it and start a checker, which is a third of the time that a cell's check takes.
 *
 * @param ts tslab's TypeScript
 * @returns to be used as a watch host's `createProgram`
 */
export function lazyBuilders(ts: Any) {
  let latest: Any;
  return (rootNames: string[], options: object, host: Any, old: Any, ...rest: unknown[]): Any => {
    const [configFileParsingDiagnostics, projectReferences] = rest;
    const oldProgram = old?.getProgramOrUndefined();
    const program = ts.createProgram({
      rootNames,
      options,
      host,
      oldProgram,
      configFileParsingDiagnostics,
      projectReferences,
    });
    let made: Any;
    const builder = () => {
      made ??= latest = ts.createEmitAndSemanticDiagnosticsBuilderProgram(program, host, latest);
      return made;
    };
    const known: Record<string | symbol, unknown> = {
      getProgram: () => program,
      getProgramOrUndefined: () => program,
      getSourceFile(name: string) {
        const source = program.getSourceFile(name);
        if (source && !source.locals) ts.bindSourceFile(source, options);
        return source;
      },
    };
    return new Proxy({}, { get: (_, name) => known[name] ?? builder()[name] });
  };
}
