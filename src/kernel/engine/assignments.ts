// biome-ignore lint/suspicious/noExplicitAny: tslab's global has no types
type Any = any;

type Setters = Record<string, (value: unknown) => void>;

const END = '\n})(__tslab__.exports, __tslab__.require)';

/**
 * Makes assignments of later cells visible to functions of the cell that declared the variable. tslab alone assigns to
 * a property of its own object, so those functions would keep the old value.
 */
export class Assignments {
  private readonly setters = new Map<PropertyKey, (value: unknown) => void>();

  /** @param locals tslab's object of all variables, which is its `exports` to every cell */
  constructor(locals: object) {
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
   * The code of a cell, extended by setters for its variables. A variable that it redeclares is no longer set in the cell
   * that declared it before.
   *
   * @param declares all names that the cell declares, and those of them that may be assigned to
   */
  follow(code: string, { names, variables }: { names: string[]; variables: string[] }): string {
    for (const name of names) this.setters.delete(name);
    if (variables.length === 0 || !code.endsWith(END)) return code;
    const setters = variables.map((name) => `${name}: (__value__) => { ${name} = __value__; }`);
    return `${code.slice(0, -END.length)}\n;__tslab__.declared({ ${setters.join(', ')} });${END.slice(1)}`;
  }
}
