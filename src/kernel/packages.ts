/** Where packages are, and what to type for missing ones. */
import fs from 'node:fs';
import path from 'node:path';

/** The folder of this package: a checkout, or where npm installed it. */
export const OWN_FOLDER = path.join(__dirname, '..', '..', '..');

const PACKAGE = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?=\/|$)/;
/** Node's own modules that can be imported without `node:`. */
const BUILT_IN =
  /^(_|assert|async_hooks|buffer|child_process|cluster|console|constants|crypto|dgram|diagnostics_channel|dns|domain|events|fs|https?2?|inspector|module|net|os|path|perf_hooks|process|punycode|querystring|readline|repl|stream|string_decoder|sys|timers|tls|trace_events|tty|url|util|v8|vm|wasi|worker_threads|zlib)(\/|$)/;

/**
 * The end of an error message about a missing module: what to do.
 *
 * @param name as it was imported
 * @param folder of the notebook, or of the file that imports it
 * @returns a sentence after a space; nothing for one of Node's own modules
 */
export function advice(name: string, folder: string): string {
  if (/^\.{0,2}[\\/]|^\.{1,2}$/.test(name)) return ` There is no such file: ${path.resolve(folder, name)}.`;
  const [wanted] = PACKAGE.exec(name) ?? [];
  if (!wanted || BUILT_IN.test(name)) return '';
  const installed = installedAt(wanted, folder);
  if (installed) return ` The package is installed in ${installed}, but has no such entry.`;
  return ` To install it, run npm install ${wanted} in ${folder}, then run the cell again.`;
}

/** The folder of types that came with this package. */
export function ownTypes(): string {
  return path.join(installedAt('@types/node', OWN_FOLDER) ?? OWN_FOLDER, '..');
}

/** The folder of a package that Node would find from `folder`. */
export function installedAt(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = path.join(at, 'node_modules', name);
    if (fs.existsSync(path.join(found, 'package.json'))) return found;
    if (at === path.dirname(at)) return undefined;
  }
}
