import { moduleScope } from './module-scope';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Converts an ES module to CommonJS. The output is identical to that of TypeScript's `transpileModule`, by the same
 * transformer and printer. `transpileModule` also makes a program and a type checker, which takes longer than everything
 * else that is done for a small cell.
 *
 * @param ts TypeScript
 * @param input JavaScript emitted by TypeScript
 * @param fileName its name in the source map
 * @param given TypeScript's compiler options
 * @returns the code, the source map and the parsed module
 */
export function toCommonJS(
  ts: Any,
  input: string,
  fileName: string,
  given: object,
): { outputText: string; sourceMapText: string; source: Any } {
  const options: Any = { ...given, allowJs: true, isolatedModules: true, noLib: true, sourceMap: true };
  const source = ts.createSourceFile(fileName, input, options.target, true);
  ts.bindSourceFile(source, options);
  const resolver: Any = moduleScope(ts, source);
  const host = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => '' };
  const transformed = ts.transformNodes(
    resolver,
    host,
    ts.factory,
    options,
    [source],
    [ts.transformModule],
    false,
  );
  const printer = ts.createPrinter(options, {
    hasGlobalName: resolver.hasGlobalName,
    onEmitNode: transformed.emitNodeWithNotification,
    isEmitNotificationEnabled: transformed.isEmitNotificationEnabled,
    substituteNode: transformed.substituteNode,
  });
  const writer = ts.createTextWriter('\n');
  const map = ts.createSourceMapGenerator(host, fileName, '', '', options);
  printer.writeFile(transformed.transformed[0], writer, map);
  if (!writer.isAtStartOfLine()) writer.writeLine();
  transformed.dispose();
  return { outputText: writer.getText(), sourceMapText: map.toString(), source };
}
