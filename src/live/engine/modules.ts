import { transform } from 'sucrase';
import { convlensFor } from './convlens';
import type { Files } from './files';
import { onlyInNode } from './only-in-node';

const SUFFIXES = ['', '.ts', '.js', '.mts', '.mjs', '.json', '/index.ts'];

/** What cells import: convlens, and modules beside the notebook. */
export function modules(files: Files, load: (name: string) => Promise<object>) {
  const own = convlensFor(files);
  const made = new Map<string, object>();

  /** A module beside the notebook, as CommonJS; it may require others that are there already. */
  async function local(name: string): Promise<object> {
    const path = SUFFIXES.map((suffix) => name + suffix).find((one) => files.has(one));
    if (!path) throw onlyInNode(`the file ${name}, which this page does not carry`);
    const known = made.get(path);
    if (known) return known;
    const text = new TextDecoder().decode(files.bytes(path, Error));
    if (path.endsWith('.json')) return { default: JSON.parse(text) };
    const { code } = transform(text, { transforms: ['typescript', 'imports'], disableESTransforms: true });
    const needed = [...code.matchAll(/\brequire\((['"])([^'"]+)\1\)/g)].map(([, , module]) => module!);
    const parts = new Map<string, object>();
    const exports = {};
    made.set(path, exports);
    for (const module of needed) parts.set(module, await load(module));
    // biome-ignore lint/security/noGlobalEval: the worker is where a notebook's code runs
    const run = globalThis.eval(`(function (exports, require, module) { ${code}\n})\n//# sourceURL=${path}`);
    run(exports, (module: string) => parts.get(module), { exports });
    return exports;
  }

  return async (name: string): Promise<object> => {
    if (name === 'convlens' || name === 'convlens/core') return own;
    if (name.startsWith('.')) return local(name);
    throw onlyInNode(`the module "${name}"`);
  };
}
