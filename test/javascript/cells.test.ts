/** What a cell becomes runs as the cell would: each line of `SHOWS` says what plain JavaScript makes of it. */
import vm from 'node:vm';
import * as assert from 'uvu/assert';
import { type CompiledCell, compileCell, type JavaScriptOptions } from '../../src/javascript/compile';
import { Edits } from '../../src/javascript/edits';
import type { Require } from '../../src/javascript/rewrite';
import { suite } from '../suite';
import { MODULES, SHOWS } from './shown-cells';

/** Runs cells one after the other, as an engine does. */
class Cells {
  readonly variables: Record<string, unknown> = Object.create(null);
  resumed: Require['resumed'] = (value) => value as never;

  compile(code: string, options?: JavaScriptOptions): CompiledCell {
    return compileCell(code, { has: (name) => name in this.variables }, options);
  }

  async run(code: string, options?: JavaScriptOptions): Promise<unknown> {
    const compiled = this.compile(code, options);
    let last: unknown;
    const load = (name: string) => MODULES[name] ?? require(name);
    const own = Object.assign((name: string) => load(name), {
      types: (name: string) => MODULES[name] ?? {},
      default: (module: { __esModule?: boolean }) => (module.__esModule ? module : { default: module }),
      namespace: (module: object) => module,
      dynamic: async (name: string) => load(name),
      meta: { url: 'file:///cell' },
      resumed: (value: unknown) => this.resumed(value),
      declare: (names: object) =>
        Object.defineProperties(this.variables, Object.getOwnPropertyDescriptors(names)),
    });
    Object.defineProperty(own, 'last', { set: (value) => (last = value) });
    const wrapper = `(${compiled.awaits ? 'async ' : ''}function (exports, require) { ${compiled.code} })`;
    await vm.runInThisContext(wrapper)(this.variables, own);
    return last;
  }
}

suite('test/javascript/cells', {
  'each cell of a notebook has the value that plain JavaScript gives it': async () => {
    for (const notebook of SHOWS) {
      const cells = new Cells();
      for (const [code, value] of notebook) {
        const shown = await cells.run(code);
        assert.equal(shown, value, code);
      }
    }
  },

  'decorators of before TypeScript 5, when the options say so': async () => {
    const cells = new Cells();
    await cells.run(
      'const kinds: string[] = []; function old(target: any, key?: any) { kinds.push(typeof key) }',
    );
    const shown = await cells.run('@old class D { @old m() {} } kinds', { experimentalDecorators: true });
    assert.equal(shown, ['string', 'undefined']);
  },

  'functions see what later cells assign to the variables of their own cell': async () => {
    const cells = new Cells();
    await cells.run(
      'let step = 1; const next = (x: number) => x + step; const set = (to: number) => { step = to };',
    );
    assert.is(await cells.run('step = 10; next(1)'), 11);
    await cells.run('set(20)');
    assert.is(await cells.run('step'), 20);
    await cells.run('let step = "new";');
    assert.is(await cells.run('next(1)'), 21);
  },

  'a cell lists what it declares, and what may be assigned to': () => {
    const { names, awaits, modules, jsx } = new Cells().compile(
      "import { a, type T } from 'x'; import type { U } from 'y'; let v; var w; const c = 1; class K {} enum E {} type P = 1; interface I {} namespace N { export const q = 1 } if (v) { var deep = 1; let shallow; } function f() { var own }",
    );
    const of = (kind: string) => names.filter((each) => each.kind === kind).map(({ name }) => name);
    assert.equal(of('variable'), ['v', 'w', 'deep']);
    assert.equal(of('value'), ['a', 'c', 'K', 'E', 'N', 'f']);
    assert.equal(of('type'), ['T', 'U', 'P', 'I']);
    assert.equal([awaits, modules, jsx], [false, ['x'], false]);
  },

  'a position of the JavaScript leads back to the cell': async () => {
    const cells = new Cells();
    await cells.run('const thrower = (x: number) => { throw new Error("x" + x) }; let count = 1;');
    const code =
      'interface Unused { x: number }\nenum E { A }\nconst y: number = 1; thrower(y as number + E.A);\n/* é */ thrower(count)';
    const compiled = cells.compile(code);
    const lines = compiled.code.split('\n');
    for (const [text, line, column] of [
      ['thrower)(y', 2, 21],
      ['thrower)(__exports__.count', 3, 8],
    ] as const) {
      const row = lines.findIndex((each) => each.includes(text));
      const place = compiled.original({ line: row, column: lines[row]!.indexOf(text) });
      assert.equal(place, { line, column }, text);
    }
  },

  'edits keep lines, and lead back': () => {
    const edits = new Edits('one two\nthree four\nfive');
    edits.replace(4, 7, 'TWICE');
    edits.insert(0, '<');
    edits.replace(8, 13, '');
    edits.replace(14, 18, 'a longer one');
    assert.is(edits.apply(), '<one TWICE\n a longer one\nfive');
    const back = (line: number, column: number) => edits.original({ line, column });
    assert.equal(back(0, 1), { line: 0, column: 0 });
    assert.equal(back(0, 7), { line: 0, column: 4 });
    assert.equal(back(1, 1), { line: 1, column: 6 });
    assert.equal(back(2, 3), { line: 2, column: 3 });
  },

  'code that is not TypeScript is a SyntaxError of one sentence': () => {
    for (const code of ['const = 3', 'f(1', 'import { from "x"', 'let #x', '({ f?() {} })'])
      assert.throws(
        () => new Cells().compile(code),
        (error: Error) => error instanceof SyntaxError && /^[^\n]{5,}$/.test(error.message),
      );
  },

  'after an await, code ends when it was interrupted meanwhile; its finally runs': async () => {
    const cells = new Cells();
    await cells.run('const seen: string[] = []; async function* forever() { for (;;) yield await 1 }');
    for (const code of [
      'for (;;) { await null; seen.push("go") }',
      'for await (const n of forever()) seen.push("go")',
      'for await (const n of forever()) { seen.push("go") }',
      'const run = async () => { for (;;) seen.push("go" + (await 1)) }; await run()',
    ]) {
      let left = 3;
      cells.resumed = (value) => {
        if (left-- === 0) throw new RangeError('interrupted');
        return value as never;
      };
      await cells.run(`try { ${code} } finally { seen.push('end') }`).then(
        () => assert.unreachable(code),
        (error: Error) => assert.is(error.name, 'RangeError', code),
      );
      cells.resumed = (value) => value as never;
      assert.is(await cells.run('seen.pop()'), 'end', code);
    }
  },
});
