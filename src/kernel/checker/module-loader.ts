/**
 * Loads CommonJS modules without Node's loader. While a startup snapshot is built, and in the process that starts from
 * it, `require` knows only Node's built-in modules. Therefore this file imports nothing else.
 */
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

// biome-ignore lint/suspicious/noExplicitAny: a module may export anything
type Exports = any;

/** The modules of Node that TypeScript and tslab's converter use; `module.builtinModules` is empty in a snapshot. */
const BUILT_IN = /^(node:)?(buffer|crypto|fs|inspector|os|path|perf_hooks|url|util|v8|vm)$/;

export class ModuleLoader {
  private readonly modules = new Map<string, { exports: Exports }>();

  /** @returns the exports of a file, which runs once */
  load(file: string): Exports {
    const loaded = this.modules.get(file);
    if (loaded) return loaded.exports;
    const module = { exports: {} as Exports, filename: file };
    this.modules.set(file, module);
    const text = fs.readFileSync(file, 'utf8');
    if (file.endsWith('.json')) {
      module.exports = JSON.parse(text);
      return module.exports;
    }
    const folder = path.dirname(file);
    const requireFrom = (name: string) =>
      BUILT_IN.test(name) ? require(name) : this.load(this.resolve(name, folder));
    const names = ['exports', 'require', 'module', '__filename', '__dirname'];
    const run = vm.compileFunction(text, names, { filename: file });
    run.call(module.exports, module.exports, requireFrom, module, file, folder);
    return module.exports;
  }

  /** Replaces the exports of a file. */
  replace(file: string, exports: Exports): void {
    this.modules.set(file, { exports });
  }

  /**
   * @param name a relative path, or a package's name
   * @returns the file that Node would load for it in `folder`
   */
  resolve(name: string, folder: string): string {
    if (name.startsWith('.') || path.isAbsolute(name)) return fileOf(path.resolve(folder, name));
    for (let at = folder; ; at = path.dirname(at)) {
      const found = path.join(at, 'node_modules', name);
      const manifest = path.join(found, 'package.json');
      if (fs.existsSync(manifest)) {
        const { main = 'index.js' } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
        return fileOf(fs.realpathSync(path.join(found, main)));
      }
      if (at === path.dirname(at)) throw new Error(`Cannot find module ${name} from ${folder}.`);
    }
  }
}

function fileOf(wanted: string): string {
  const tried = [wanted, `${wanted}.js`, `${wanted}.json`, path.join(wanted, 'index.js')];
  const file = tried.find((name) => fs.statSync(name, { throwIfNoEntry: false })?.isFile());
  if (!file) throw new Error(`Cannot find module ${wanted}.`);
  return file;
}
