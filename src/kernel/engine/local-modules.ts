import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { type Compiled, compileModule } from '../../javascript/compile';
import { defineGetters, exportAll, hasModuleSyntax, isESModule } from '../../javascript/exports';
import type { Require } from '../../javascript/rewrite';
import { stampOf } from '../candidates';
import { userFile } from '../module-kind';
import type { UserConfig } from '../user-config';

type Load = (name: string) => unknown;

interface Loaded {
  module: { exports: unknown };
  /** The local files that it imports. */
  imports: Set<string>;
  /** When its file was changed; 0 for a module that a cell defines. */
  stamp: number;
}

/** What Node throws for a module that only `import()` can load. */
const ONLY_IMPORT = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);
const NOT_FOUND = new Set(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);
/** Files that are loaded anew. Declarations are nothing at run time. */
const RELOADED = /(?<!\.d)\.([cm]?[jt]sx?|json)$/;

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot import ${file}: ${(error as Error).message}.`);
  }
}

const codeOf = (error: unknown) => String((error as NodeJS.ErrnoException)?.code);

/**
 * Loads what cells import: packages by Node, and the user's own files, which are compiled, and loaded anew once they or
 * what they import was edited.
 */
export class LocalModules {
  private readonly loaded = new Map<string, Loaded>();
  /** Code of the modules that cells define, by path. */
  private readonly defined = new Map<string, string>();
  /** ES modules that only `import()` can load, by folder and name. */
  private readonly imported = new Map<string, unknown>();
  private readonly namespaces = new WeakMap<object, object>();

  /**
   * @param folder the notebook's
   * @param tslab tslab's own module, which cells import from everywhere
   * @param compiled told of each file that is compiled
   * @param resumed called by compiled code after each `await`
   */
  constructor(
    private readonly folder: string,
    private readonly tslab: Load,
    private readonly config: UserConfig,
    private readonly compiled: (file: string, compiled: Compiled) => void,
    private readonly resumed: Require['resumed'],
  ) {}

  /** The `require` of a cell. */
  forCell({ declare, keep }: { declare(names: object): void; keep(last: unknown): void }): Require {
    const own = this.requireFrom(join(this.folder, 'cell.js'));
    return Object.defineProperties(own, { declare: { value: declare }, last: { set: keep } });
  }

  /** A cell defines a module. @param name without extension */
  define(name: string, code: string): void {
    const file = join(this.folder, `${name}.ts`);
    this.defined.set(file, code);
    this.forget(new Set([file]));
  }

  /** Forgets the files that were edited, and those that import them. */
  refresh(): void {
    const edited = [...this.loaded].filter(([file, { stamp }]) => stamp && stampOf(file) !== stamp);
    if (edited.length > 0) this.forget(new Set(edited.map(([file]) => file)));
  }

  /** Loads those modules that `require` cannot load, before the cell that imports them runs. */
  async prepare(names: readonly string[]): Promise<void> {
    const from = join(this.folder, 'cell.js');
    for (const name of names) {
      if (this.isLocal(name, from)) continue;
      try {
        this.load(name, from);
      } catch (error) {
        if (ONLY_IMPORT.has(codeOf(error))) await this.importOnly(name, from).catch(() => {});
      }
    }
  }

  private forget(files: Set<string>) {
    for (let size = 0; size !== files.size; ) {
      size = files.size;
      for (const [file, { imports }] of this.loaded) {
        if ([...imports].some((imported) => files.has(imported))) files.add(file);
      }
    }
    for (const file of files) this.loaded.delete(file);
  }

  /** @param from the file that imports */
  private requireFrom(from: string): Require {
    const load = (name: string) => this.load(name, from);
    const namespace = (module: unknown) => this.namespace(module);
    const nodes = createRequire(from);
    return Object.assign(load, {
      // What Node's own `require` has.
      resolve: nodes.resolve,
      cache: nodes.cache,
      main: nodes.main,
      types: (name: string) => {
        try {
          return load(name);
        } catch (error) {
          if (NOT_FOUND.has(codeOf(error)) && String(error).includes(name)) return {};
          throw error;
        }
      },
      default: (module: unknown) => (isESModule(module) ? module : { default: module }),
      namespace,
      dynamic: async (name: unknown) => {
        try {
          return namespace(load(String(name)));
        } catch (error) {
          if (ONLY_IMPORT.has(codeOf(error))) return this.importOnly(String(name), from);
          throw error;
        }
      },
      meta: { url: pathToFileURL(from).href, filename: from, dirname: dirname(from), resolve: nodes.resolve },
      resumed: this.resumed,
      export: defineGetters,
      star: exportAll,
    }) as unknown as Require;
  }

  private load(name: string, from: string): unknown {
    if (name === 'tslab') return this.tslab(name);
    const file = this.find(name, from);
    if (file === undefined) return this.imported.get(`${from}\0${name}`) ?? createRequire(from)(name);
    this.loaded.get(from)?.imports.add(file);
    return (this.loaded.get(file)?.module ?? this.loadFile(file)).exports;
  }

  private isLocal(name: string, from: string): boolean {
    return this.find(name, from) !== undefined;
  }

  /** The user's own file that a name means, if it is one that can be loaded anew. */
  private find(name: string, from: string): string | undefined {
    const exists = (file: string) => this.defined.has(file) || stampOf(file) !== 0;
    const file = userFile(name, dirname(from), this.config, exists);
    return file && RELOADED.test(file) ? file : undefined;
  }

  private loadFile(file: string): { exports: unknown } {
    const defined = this.defined.get(file);
    const module = Object.assign(new Module(file), { filename: file, exports: {} as unknown });
    this.loaded.set(file, { module, imports: new Set(), stamp: defined === undefined ? stampOf(file) : 0 });
    try {
      const text = defined ?? readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
      if (file.endsWith('.json')) module.exports = jsonOf(text, file);
      else this.run(file, text, module);
    } catch (error) {
      this.loaded.delete(file);
      throw error;
    }
    return module;
  }

  private run(file: string, text: string, module: { exports: unknown }) {
    let code = text;
    if (/\.[cm]?tsx?$|x$/.test(file) || hasModuleSyntax(text)) {
      const compiled = compileModule(text, file, this.config.options);
      if (compiled.awaits) {
        const cause = 'it awaits at its top level. Export an async function instead';
        throw new SyntaxError(`Cannot import ${file}: ${cause}.`);
      }
      this.compiled(file, compiled);
      code = compiled.code;
    }
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const body = vm.compileFunction(code, parameters, { filename: file });
    body.call(module.exports, module.exports, this.requireFrom(file), module, file, dirname(file));
  }

  private async importOnly(name: string, from: string): Promise<object> {
    const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const load = vm.compileFunction('return import(name)', ['name'], {
      filename: from,
      importModuleDynamically: importModuleDynamically as never,
    });
    const module = await load(name);
    this.imported.set(`${from}\0${name}`, module);
    return module;
  }

  /** A module as `import * as` gives it: one that is no ES module also has itself as `default`. */
  private namespace(module: unknown): object {
    if (isESModule(module)) return module;
    const isObject = (typeof module === 'object' && module !== null) || typeof module === 'function';
    const known = isObject && this.namespaces.get(module as object);
    if (known) return known;
    const made = Object.assign(Object.create(null), isObject ? module : {}, { default: module });
    if (isObject) this.namespaces.set(module as object, made);
    return made;
  }
}
