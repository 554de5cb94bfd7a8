// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

type Setters = Record<string, (value: unknown) => void>;

const END = '\n})(__tslab__.exports, __tslab__.require)';

/**
 * Keeps a variable one variable: where a later cell assigns to it, the functions of the cell that declared it see
 * the new value. tslab alone assigns to a property of its own, and those functions go on with the old one.
 */
export class Assignments {
  private readonly setters = new Map<PropertyKey, (value: unknown) => void>();

  /** @param locals tslab's object of all variables, which is its `exports` to every cell */
  constructor(
    private readonly ts: Any,
    locals: object,
  ) {
    const { setters } = this;
    const tslab = (globalThis as Any).__tslab__;
    tslab.exports = new Proxy(locals, {
      set(target: Any, name, value) {
        setters.get(name)?.(value);
        target[name] = value;
        return true;
      },
    });
    tslab.declared = (declared: Setters) => {
      for (const [name, setter] of Object.entries(declared)) setters.set(name, setter);
    };
  }

  /**
   * The code of a cell that is about to run, which at its end will tell how its variables are set. What it
   * declares anew is no longer set in the cell that had declared it before.
   *
   * @param module the cell as a module, before it became that code
   */
  follow(code: string, module: string): string {
    const { ts } = this;
    const names: string[] = [];
    for (const statement of ts.createSourceFile('cell.js', module, ts.ScriptTarget.Latest, false)
      .statements) {
      if (ts.isVariableStatement(statement) && !(statement.declarationList.flags & ts.NodeFlags.Const)) {
        for (const { name } of statement.declarationList.declarations) collect(ts, name, names);
      } else if (ts.isExportDeclaration(statement) && statement.exportClause) {
        for (const { name } of statement.exportClause.elements) this.setters.delete(name.text);
      }
    }
    if (names.length === 0 || !code.endsWith(END)) return code;
    const setters = names.map((name) => `${name}: (__value__) => { ${name} = __value__; }`);
    return `${code.slice(0, -END.length)}\n;__tslab__.declared({ ${setters.join(', ')} });${END.slice(1)}`;
  }
}

/** The names that a declaration binds, also inside of a pattern. */
function collect(ts: Any, name: Any, names: string[]): void {
  if (ts.isIdentifier(name)) names.push(name.text);
  else for (const element of name.elements) if (element.name) collect(ts, element.name, names);
}
