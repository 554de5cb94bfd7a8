import path from 'node:path';
import { toCommonJS } from './common-js';
import type { LocalFiles } from './local-files';
import { resolveMore, withNodeTypes } from './module-resolution';
import type { ParsedFiles } from './parsed-files';
import type { Programs } from './programs';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/** What stands between a cell and the code that runs: the module that tslab's first step makes, and the second's map. */
export interface Emitted {
  /** TypeScript's source file; its text ends with the first step's map. */
  module: Any;
  map: string;
}

/**
 * The TypeScript that tslab gets: it writes source maps, knows an `input` that cells may call, takes the short form
 * of a property (`{ layers }`) for a variable of an earlier cell, which tslab alone loses, and shares files that
 * were parsed before.
 *
 * @param ts tslab's TypeScript; its `sys` gets our watchers and readers of files
 * @param options.emitted told of each file that is transpiled
 * @returns what tslab shall use in its place; `look`, to be called before each question, takes notice of what was
 *   edited in the user's own files, and says whether anything was
 */
export function patchTypeScript(
  ts: Any,
  {
    local,
    parsed,
    programs,
    emitted,
  }: { local: LocalFiles; parsed: ParsedFiles; programs: Programs; emitted: (code: Emitted) => void },
): { exports: object; look(): boolean } {
  const globals = path.join(__dirname, 'globals.d.ts').replaceAll('\\', '/');
  const served = new WeakSet<object>();
  let program: Any;
  const { readFile } = ts.sys;
  ts.sys.readFile = (path: string, encoding?: string) => (parsed.unread ? '' : readFile(path, encoding));
  ts.sys.watchFile = local.watch;
  ts.sys.watchDirectory = local.watchFolder;
  // TypeScript asks for it once, which may have been in another process.
  ts.sys.getCurrentDirectory = () => process.cwd();
  const exports = {
    ...ts,
    createWatchCompilerHost(files: string[], options: Any, ...rest: unknown[]) {
      const more = { ...options, typeRoots: withNodeTypes(options.typeRoots), inlineSourceMap: true };
      return ts.createWatchCompilerHost([...files, globals], more, ...rest);
    },
    createWatchProgram(host: Any) {
      const { afterProgramCreate } = host;
      host.createProgram = (
        files: string[],
        options: object,
        compilerHost: Any,
        old: Any,
        ...rest: unknown[]
      ) => {
        if (!served.has(compilerHost)) {
          served.add(compilerHost);
          parsed.serve(compilerHost);
          resolveMore(ts, compilerHost);
          // Made good before the next program; tslab's timer has room for one thing only.
          compilerHost.scheduleInvalidateResolutionsOfFailedLookupLocations = () => {};
        }
        return programs.create(files, options, compilerHost, old, ...rest);
      };
      host.afterProgramCreate = (builder: Any) => {
        program = builder;
        afterProgramCreate(builder);
      };
      const watch = ts.createWatchProgram(host);
      const close = () => {
        program = undefined;
        watch.close();
      };
      return { ...watch, close };
    },
    visitEachChild(node: Any, visitor: (node: Any) => Any, ...rest: unknown[]) {
      if (!ts.isShorthandPropertyAssignment(node)) return ts.visitEachChild(node, visitor, ...rest);
      const value = visitor(node.name);
      if (value === node.name) return ts.visitEachChild(node, visitor, ...rest);
      const initializer = node.objectAssignmentInitializer && visitor(node.objectAssignmentInitializer);
      return ts.factory.createPropertyAssignment(
        ts.factory.createIdentifier(node.name.text),
        initializer ? ts.factory.createAssignment(value, initializer) : value,
      );
    },
    transpileModule(input: string, { fileName, compilerOptions }: Any) {
      const output = toCommonJS(ts, input, fileName, compilerOptions);
      emitted({ module: output.source, map: output.sourceMapText });
      return output;
    },
  };
  const dependencies = (file: string) => {
    const source = program?.getSourceFile(file);
    return source ? program.getAllDependencies(source) : [];
  };
  return { exports, look: () => local.look(dependencies) };
}
