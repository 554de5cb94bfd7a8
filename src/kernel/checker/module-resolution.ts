import fs from 'node:fs';
import path from 'node:path';
import { isOwn, OWN_FOLDER } from './packages';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/**
 * Lets programs find more modules than tslab's TypeScript setting (`node10`): packages that only have `exports`, as in
 * Node, and this package and TensorFlow.js if there is none nearer to the notebook.
 *
 * @param ts TypeScript
 * @param host TypeScript's compiler host, which is changed
 */
export function resolveMore(ts: Any, host: Any): void {
  const resolve = host.resolveModuleNameLiterals;
  host.resolveModuleNameLiterals = (
    literals: { text: string }[],
    file: string,
    redirected: unknown,
    options: object,
    ...rest: unknown[]
  ) => {
    const found: Any[] = resolve(literals, file, redirected, options, ...rest);
    return found.map((resolution, i) => {
      const name = literals[i]!.text;
      if (resolution.resolvedModule || /^[./\\]/.test(name)) return resolution;
      const asNode = { ...options, moduleResolution: ts.ModuleResolutionKind.Node16 };
      const as = (settings: object, from: string) => {
        const { resolvedModule } = ts.resolveModuleName(
          name,
          from,
          settings,
          host,
          undefined,
          undefined,
          ts.ModuleKind.CommonJS,
        );
        return resolvedModule;
      };
      const own = path.join(OWN_FOLDER, 'index.ts');
      const resolvedModule =
        as(asNode, file) ?? (isOwn(name) ? (as(options, own) ?? as(asNode, own)) : undefined);
      return resolvedModule ? { ...resolution, resolvedModule } : resolution;
    });
  };
}

/**
 * @param roots the folders of types that TypeScript searches
 * @returns these, and if none has the types of Node, the folder that came with this package
 */
export function withNodeTypes(roots: string[]): string[] {
  const hasNode = (root: string) => fs.existsSync(path.join(root, 'node', 'package.json'));
  if (roots.some(hasNode)) return roots;
  for (let at = OWN_FOLDER; at !== path.dirname(at); at = path.dirname(at)) {
    const types = path.join(at, 'node_modules', '@types');
    if (hasNode(types)) return [...roots, types.replaceAll('\\', '/')];
  }
  return roots;
}
