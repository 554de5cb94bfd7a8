import { boundNames } from './bound-names';
import { Edits } from './edits';
import { type Node, type Reference, type Uses, usesOf } from './references';

/** JavaScript that runs as the body of a function of `exports` and `require`. */
export interface Rewritten {
  edits: Edits;
  code: string;
  /** Whether that function must be an async one. */
  awaits: boolean;
  /** The modules that it imports before anything else. */
  modules: string[];
}

/**
 * What rewritten code calls beside `require` itself. These are properties of the function that it gets as `require`.
 */
export interface Require {
  // biome-ignore lint/suspicious/noExplicitAny: a module can export anything
  (name: string): any;
  /** A module of which only types are used here: nothing, if there is no such module. */
  types(name: string): object;
  /** An ES module's default export is found as `default` of the result; of another module that is the module itself. */
  default(module: unknown): { default: unknown };
  /** The module as `import * as` gives it. */
  namespace(module: unknown): object;
  /** `import()` */
  dynamic(name: string, options?: object): Promise<object>;
  /** `import.meta` */
  meta: object;
  /** Called after each `await`, with its value. @throws when the cell in which it ran was interrupted meanwhile */
  resumed<T>(value?: T): T;
  /** The value of a cell's last expression. */
  last: unknown;
  /** Called at the end of a cell: the names that it declares, as getters and setters. */
  declare(names: object): void;
  /** Adds getters to the exports of a module. */
  export(exports: object, getters: Record<string, () => unknown>): void;
  /** `export * from` */
  star(exports: object, module: object): void;
}

/** A set of names, as far as it is asked. */
export interface Names {
  has(name: string): boolean;
}

const REQUIRE = '__require__';
const EXPORTS = '__exports__';
const HEAD = `const ${EXPORTS} = exports, ${REQUIRE} = require; {`;

/**
 * Rewrites a cell to the body of a function.
 *
 * - Names of earlier cells become properties of `exports`, so that each cell sees what others assign.
 * - Imports become calls of `require`, made before the cell's first statement.
 * - `export` before a declaration goes: later cells see every declaration.
 * - After each `await` an interrupt ends the code.
 *
 * @param source JavaScript, an ES module
 * @param program its ESTree
 * @param earlier the names that earlier cells have declared
 * @param end what stands from here on does not count as a use of what is imported
 */
export function rewriteCell(source: string, program: Node, earlier: Names, end = source.length): Rewritten {
  const module = new Module(source, program, end);
  for (const statement of program['body']) module.import(statement);
  for (const statement of program['body']) module.dropExport(statement);
  return module.finish('', (name) => (earlier.has(name) ? property(EXPORTS, name) : undefined));
}

/**
 * Rewrites an ES module to the body of a CommonJS module. Its exports are getters, so that importers see each
 * assignment, and modules may import each other.
 *
 * @param source JavaScript, an ES module
 * @param program its ESTree
 */
export function rewriteModule(source: string, program: Node): Rewritten {
  const module = new Module(source, program, source.length);
  for (const statement of program['body']) module.import(statement);
  for (const statement of program['body']) module.takeExport(statement);
  const getters = module.getters.map(([name, value]) => `${JSON.stringify(name)}: () => ${value}`);
  return module.finish(` ${REQUIRE}.export(${EXPORTS}, { ${getters.join(', ')} });`, () => undefined);
}

class Module {
  /** What is exported, as a name and an expression. */
  readonly getters: [name: string, value: string][] = [];
  private readonly edits: Edits;
  private readonly uses: Uses;
  /** Names used before `end`. */
  private readonly used: Set<string>;
  /** Expressions of the names that are imported. */
  private readonly bindings = new Map<string, string>();
  private readonly modules: string[] = [];
  private prologue = '';
  private variables = 0;

  constructor(source: string, program: Node, end: number) {
    this.edits = new Edits(source);
    this.uses = usesOf(program);
    const before = this.uses.references.filter(({ start }) => start < end);
    this.used = new Set(before.map(({ name }) => name));
  }

  import(statement: Node): void {
    if (statement.type !== 'ImportDeclaration') return;
    const { specifiers, source } = statement as { specifiers?: Node[]; source?: Node };
    const used = specifiers!.length === 0 || specifiers!.some(({ local }) => this.used.has(local.name));
    const module = this.require(source!['value'], used);
    for (const specifier of specifiers!)
      this.bindings.set(specifier['local'].name, this.imported(module, specifier));
    this.edits.replace(statement.start, statement.end, '');
  }

  /** A cell's declarations are for all later cells, with `export` or without. */
  dropExport(statement: Node): void {
    const { declaration } = statement;
    const drop = (end: number, text = '') => this.edits.replace(statement.start, end, text);
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        drop(declaration.start, declaration.id ? '' : 'void ');
        this.endExpression(declaration);
        break;
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        if (statement['source']) this.require(statement['source'].value, true);
        drop(declaration?.start ?? statement.end);
        break;
    }
  }

  /** A function or class without a name becomes an expression, which would go on in the next line. */
  private endExpression({ type, id, end }: Node): void {
    if (!id && /Declaration$/.test(type)) this.edits.insert(end, ';');
  }

  takeExport(statement: Node): void {
    const { declaration, source, exported } = statement;
    const replace = (end: number, text = '') => this.edits.replace(statement.start, end, text);
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        this.getters.push(['default', declaration.id?.name ?? '__default__']);
        replace(declaration.start, declaration.id ? '' : 'const __default__ = ');
        this.endExpression(declaration);
        break;
      case 'ExportAllDeclaration': {
        const module = this.require(source.value, true);
        if (exported) this.getters.push([nameOf(exported), this.namespace(module)]);
        else this.prologue += ` ${REQUIRE}.star(${EXPORTS}, ${module});`;
        replace(statement.end);
        break;
      }
      case 'ExportNamedDeclaration': {
        if (declaration) {
          const names = declaration.declarations
            ? declaration.declarations.flatMap(({ id }: Node) => [...boundNames(id)])
            : [declaration.id.name];
          for (const name of names) this.getters.push([name, name]);
          replace(declaration.start);
          break;
        }
        const module = source && this.require(source.value, true);
        for (const { local, exported } of statement['specifiers'] as Node[]) {
          const value = module
            ? this.imported(module, { type: 'ImportSpecifier', imported: local })
            : (this.bindings.get(local.name) ?? local.name);
          this.getters.push([nameOf(exported), value]);
        }
        replace(statement.end);
        break;
      }
    }
  }

  /**
   * @param start runs before the imports
   * @param outside the expression of a name that is not declared or imported here, if it has one
   */
  finish(start: string, outside: (name: string) => string | undefined): Rewritten {
    const { edits, uses } = this;
    for (const reference of uses.references) {
      const value = this.bindings.get(reference.name) ?? outside(reference.name);
      if (value) edits.replace(reference.start, reference.end, inPlace(reference, value));
    }
    for (const { start: at } of uses.imports) edits.replace(at, at + 'import'.length, `${REQUIRE}.dynamic`);
    for (const awaiting of uses.awaitings) this.endWhenInterrupted(awaiting);
    for (const meta of uses.metas) edits.replace(meta.start, meta.end, `${REQUIRE}.meta`);
    // In a block, since code may declare `exports` and `require` itself.
    edits.prepend(`${HEAD}${start}${this.prologue} `);
    edits.insert(edits.source.length, '\n}');
    return { edits, code: edits.apply(), awaits: uses.awaits, modules: this.modules };
  }

  /** @param awaiting an `await`, or the loop of a `for await` */
  private endWhenInterrupted({ start, end, body }: Node) {
    const call = `${REQUIRE}.resumed(`;
    if (!body) {
      this.edits.insert(start, call);
      this.edits.insert(end, ')');
    } else if (body.type === 'BlockStatement') this.edits.insert(body.start + 1, ` ${call});`);
    else {
      this.edits.insert(body.start, `{ ${call}); `);
      this.edits.insert(body.end, ' }');
    }
  }

  /** @returns the variable that holds the module */
  private require(name: string, used: boolean): string {
    const call = used ? REQUIRE : `${REQUIRE}.types`;
    const variable = this.variable(`${call}(${JSON.stringify(name)})`);
    this.modules.push(name);
    return variable;
  }

  /** The expression of what a specifier imports from a module. */
  private imported(module: string, { type, imported }: { type: string; imported?: Node }): string {
    if (type === 'ImportNamespaceSpecifier') return this.namespace(module);
    const name = imported ? nameOf(imported) : 'default';
    if (name !== 'default') return property(module, name);
    return `${this.variable(`${REQUIRE}.default(${module})`)}.default`;
  }

  private namespace(module: string): string {
    return this.variable(`${REQUIRE}.namespace(${module})`);
  }

  private variable(value: string): string {
    const name = `__import${this.variables++}__`;
    this.prologue += ` const ${name} = ${value};`;
    return name;
  }
}

/** Names of imports and exports can be strings. */
function nameOf({ name, value }: Node): string {
  return name ?? value;
}

function property(object: string, name: string): string {
  return /^[\w$]+$/.test(name) ? `${object}.${name}` : `${object}[${JSON.stringify(name)}]`;
}

function inPlace({ name, use }: Reference, value: string): string {
  // A method's `this` would be the object.
  if (use === 'called') return `(0, ${value})`;
  return use === 'shorthand' ? `${name}: ${value}` : value;
}
