import { join } from 'node:path';
import { LocalFiles } from './local-files';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/** What stands between a cell and the code that runs: tslab's two steps, each with its source map. */
export interface Emitted {
  input: string;
  map: string | undefined;
}

/**
 * Gives tslab a TypeScript that writes source maps, knows an `input` that cells may call, and takes the short
 * form of a property (`{ layers }`) for a variable of an earlier cell, which tslab alone loses.
 *
 * @param emitted told of each file that is transpiled
 * @returns to be called before each question: takes notice of what was edited in the user's own files
 */
export function patchTypeScript(dist: string, emitted: (code: Emitted) => void): () => void {
  const path = require.resolve('@tslab/typescript-for-tslab', { paths: [dist] });
  const ts = require(path);
  const globals = join(__dirname, 'globals.d.ts').replaceAll('\\', '/');
  const local = new LocalFiles();
  let program: Any;
  ts.sys.watchFile = local.watch;
  const patched = {
    ...ts,
    createWatchCompilerHost: (files: string[], options: object, ...rest: unknown[]) =>
      ts.createWatchCompilerHost([...files, globals], { ...options, inlineSourceMap: true }, ...rest),
    createWatchProgram(host: Any) {
      const created = host.afterProgramCreate;
      host.afterProgramCreate = (builder: Any) => {
        program = builder;
        mendChecker(ts, builder.getProgram());
        created(builder);
      };
      return ts.createWatchProgram(host);
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
    transpileModule(input: string, options: Any) {
      const compilerOptions = { ...options.compilerOptions, sourceMap: true };
      const output = ts.transpileModule(input, { ...options, compilerOptions });
      emitted({ input, map: output.sourceMapText });
      return { ...output, outputText: output.outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n') };
    },
  };
  require.cache[path]!.exports = patched;
  return () =>
    local.look((file) => {
      const source = program?.getSourceFile(file);
      return source ? program.getAllDependencies(source) : [];
    });
}

/** To the checker the name in `{ layers }` is the property; tslab asks it where the variable comes from. */
function mendChecker(ts: Any, program: Any): void {
  const original = program.getTypeChecker;
  let mended: Any;
  program.getTypeChecker = () => {
    if (mended) return mended;
    mended = original();
    const symbolAt = mended.getSymbolAtLocation;
    mended.getSymbolAtLocation = (node: Any) =>
      node.parent && ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
        ? mended.getShorthandAssignmentValueSymbol(node.parent)
        : symbolAt(node);
    return mended;
  };
}
