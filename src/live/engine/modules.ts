import { transform } from 'sucrase';
import { defineGetters, exportAll, hasModuleSyntax, isESModule } from '../../javascript/exports';
import { parseProgram } from '../../javascript/parse-program';
import { type Require, rewriteModule } from '../../javascript/rewrite';
import { convlensFor } from './convlens';
import { type Files, normal } from './files';
import { onlyInNode } from './only-in-node';

const SUFFIXES = ['', '.ts', '.js', '.mts', '.mjs', '.json', '/index.ts'];

type Load = (name: string) => Promise<object>;

/** Loads what cells import: convlens, and modules beside the notebook. */
export function modules(files: Files): Load {
  const own = convlensFor(files);
  const made = new Map<string, { exports: object }>();

  /** A module beside the notebook, or beside another one. @param folder of what imports it */
  async function local(name: string, folder: string): Promise<object> {
    const whole = normal(`${folder}/${name}`);
    const path = SUFFIXES.map((suffix) => whole + suffix).find((one) => files.has(one));
    if (!path) throw onlyInNode(`the file ${name}, which this page does not carry`);
    const known = made.get(path);
    if (known) return known.exports;
    const text = new TextDecoder().decode(files.bytes(path, Error));
    if (path.endsWith('.json')) return { default: JSON.parse(text) };
    const source = transform(text, { transforms: ['typescript'], disableESTransforms: true }).code;
    const isModule = hasModuleSyntax(text);
    const { code, modules } = isModule
      ? rewriteModule(source, parseProgram(source))
      : { code: source, modules: [] };
    const required = [...source.matchAll(/\brequire\((['"])([^'"]+)\1\)/g)].map(([, , module]) => module!);
    const module = { exports: {} };
    // Modules may import each other.
    made.set(path, module);
    try {
      const here = normal(`${path}/..`);
      const require = await requireOf([...modules, ...required], (name) => load(name, here));
      // biome-ignore lint/security/noGlobalEval: the worker is where a notebook's code runs
      const run = globalThis.eval(
        `(async function (exports, require, module) { ${isModule ? "'use strict'; " : ''}${code}\n})\n//# sourceURL=${path}`,
      );
      await run(module.exports, require, module);
    } catch (error) {
      made.delete(path);
      throw error;
    }
    return module.exports;
  }
  async function load(name: string, folder: string): Promise<object> {
    if (name === 'convlens' || name === 'convlens/core') return own;
    if (name.startsWith('.')) return local(name, folder);
    throw onlyInNode(`the module "${name}"`);
  }
  return (name) => load(name, '');
}

/** Loads modules, and gives what rewritten code calls to get them. */
export async function requireOf(names: readonly string[], load: Load): Promise<Require> {
  const loaded = new Map<string, object>();
  for (const name of names) loaded.set(name, await load(name));
  const get = (name: string) => {
    const module = loaded.get(name);
    if (!module) throw onlyInNode(`require(${JSON.stringify(name)})`);
    return module;
  };
  const rest: Omit<Require, 'last' | 'declare'> = {
    types: get,
    default: (module) =>
      isESModule(module) || 'default' in (module as object)
        ? (module as { default: unknown })
        : { default: module },
    namespace: (module) => module as object,
    dynamic: load,
    meta: {},
    // Stop ends the whole worker.
    resumed: <T>(value?: T) => value as T,
    export: defineGetters,
    star: exportAll,
  };
  return Object.assign(get, rest) as Require;
}
