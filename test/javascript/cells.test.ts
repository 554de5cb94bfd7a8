/** What a cell becomes runs as the cell would: each line of `SHOWS` says what plain JavaScript makes of it. */
import vm from 'node:vm';
import * as assert from 'uvu/assert';
import { type CompiledCell, compileCell, type JavaScriptOptions } from '../../src/javascript/compile';
import { Edits } from '../../src/javascript/edits';
import { suite } from '../suite';

const MODULES: Record<string, unknown> = {
  plain: { a: 1, f: () => 2 },
  es: { __esModule: true, default: 'the default', named: 'the name' },
  path: require('node:path'),
};

/** Runs cells one after the other, as an engine does. */
class Cells {
  readonly variables: Record<string, unknown> = Object.create(null);

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
      declare: (names: object) =>
        Object.defineProperties(this.variables, Object.getOwnPropertyDescriptors(names)),
    });
    Object.defineProperty(own, 'last', { set: (value) => (last = value) });
    const wrapper = `(${compiled.awaits ? 'async ' : ''}function (exports, require) { ${compiled.code} })`;
    await vm.runInThisContext(wrapper)(this.variables, own);
    return last;
  }
}

/** Cells of one notebook, each with the value of its last expression. */
const SHOWS: [code: string, value: unknown][][] = [
  [
    ['const a = 1, [b, { c = 2 }] = [3, {}] as any; let d: number', undefined],
    ['[a, b, c, d]', [1, 3, 2, undefined]],
    ['d = 4; ({ a, d })', { a: 1, d: 4 }],
    ['({ d } = { d: 5 }); ({ d = 6 } = {} as any); d', 6],
    ['[d] = [7]; d++; for (d of [d, 9]) {} d', 9],
    ['function f(a = d, { b } = { b: a }) { var d = 1; return [a, b, d] } f()', [9, 9, 1]],
    ['{ const a = "inner"; { var deep = a } } deep', 'inner'],
    ['(() => { try { throw 8 } catch (a) { return a } })() + a', 9],
    [
      'const g = function a() { return typeof a }; class K { static a = a; m(a) { return a } } g() + K.a',
      'function1',
    ],
    [
      'class L extends K { d = d; get a() { return a } static { L.a += d } } [new L().d, new L().a, L.a]',
      [9, 1, 10],
    ],
    ['label: for (;;) { break label } ({ a() { return 1 }, ["b" + a]: d, c: { a: b } })["b1"]', 9],
    ['switch (a) { case 1: let b = 5; d = b } d', 5],
    ['typeof unknownName + typeof d', 'undefinednumber'],
    ['const tag = (s: TemplateStringsArray) => s[0]; tag`x`', 'x'],
    ['tag`y` + (<any>tag)(["z"])', 'yz'],
  ],
  [
    ["import def, { a, f as g } from 'plain'; [def.a, a, g()]", [1, 1, 2]],
    [
      "import d, { named } from 'es'; import * as ns from 'es'; [d, named, ns.named]",
      ['the default', 'the name', 'the name'],
    ],
    ['[def.a, g(), d, ns.default, { a }]', [1, 2, 'the default', 'the default', { a: 1 }]],
    ["const { sep } = await import('path'); sep", '/'],
    [
      "import fs = require('fs'); import type { Stats } from 'fs'; let s: Stats; typeof fs.statSync",
      'function',
    ],
    ["import { Shape } from 'types-only'; let shape: Shape; shape", undefined],
    ['import.meta.url', 'file:///cell'],
    [
      'export const e = 1; export function h() { return e } export { e as other }; export default 5',
      undefined,
    ],
    ['export default class {} h()', 1],
    ['h() + e', 2],
  ],
  [
    ['enum E { A, B = 4, C = A + 1, D = "d" } [E.B, E[0], E.C, E.D]', [4, 'A', 1, 'd']],
    ['const enum Q { Z = 3 } namespace N { export const x = E.B; export let y = 1; y++ } N.y', 2],
    ['[Q.Z, N.x]', [3, 4]],
    ['namespace Types { export type T = 1 } interface I {} type P = 1; 5', 5],
    [
      'class P2 { constructor(readonly q = 1, private r?: string) {} declare s: string; t!: number } Object.keys(new P2())',
      ['q', 'r', 't'],
    ],
    ['abstract class B { abstract m(): void } class C2 extends B { override m() {} } C2.name', 'C2'],
    ['const as1 = (1 as unknown as string)!; as1 satisfies string', 1],
    ['function over(x: string): string; function over(x: any) { return x } over("y")', 'y'],
    ['declare const later: string; typeof over', 'function'],
    ['class Acc { accessor v = 3 } new Acc().v', 3],
  ],
  [
    [
      'const log: string[] = []; const res = (n: string) => ({ [Symbol.dispose]: () => { log.push(n) } });',
      undefined,
    ],
    [
      'Symbol.dispose ??= Symbol("dispose") as never; { using r = { [Symbol.dispose]: () => { log.push("r") } }; } log',
      ['r'],
    ],
    ['using s = { [Symbol.dispose]: () => { log.push("s") } }; const inside = log.length; inside', 1],
    ['[inside, log]', [1, ['r', 's']]],
  ],
  [
    [
      'const seen: string[] = []; function deco(value: any, context: any) { seen.push(context.kind + context.name); return value }',
      undefined,
    ],
    [
      '@deco class D { @deco m() { return 1 } @deco x = 2 } [seen, new D().m(), new D().x, D.name]',
      [['methodm', 'fieldx', 'classD'], 1, 2, 'D'],
    ],
    ['new D() instanceof D', true],
  ],
  [
    [
      'const h = (tag: any, props: any, ...children: any[]) => [tag, props, children]; const Fragment = "f"',
      undefined,
    ],
    ['const e = <b id="x">{1}<i/></b>; e', ['b', { id: 'x' }, [1, ['i', null, []]]]],
    ['<>t</>', ['f', null, ['t']]],
  ],
  [
    ['const exports = 1, require = 2, module = 3; [exports, require, module]', [1, 2, 3]],
    ['exports + require + module', 6],
    ['const v = 1, $value$ = 2; let w = 3; v', 1],
    ['w = v; w', 1],
    ['"a directive"', 'a directive'],
    ['// only a comment', undefined],
    ['({}).toString.call(1), 2 // a comma, and a comment', 2],
    ['`😀 é`; "ü" /* x */', 'ü'],
    ['async function* count() { yield 1 } let sum = 0; for await (const n of count()) sum += n; sum', 1],
    ['await (Promise.resolve(5))', 5],
    ['const inner = async () => await 1; typeof inner', 'function'],
  ],
];

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

  'code that is no TypeScript is a SyntaxError': () => {
    for (const code of ['const = 3', 'f(1', 'import { from "x"'])
      assert.throws(
        () => new Cells().compile(code),
        (error: Error) => error instanceof SyntaxError,
      );
  },
});
