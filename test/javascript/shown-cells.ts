/** What cells can import here. */
export const MODULES: Record<string, unknown> = {
  plain: { a: 1, f: () => 2 },
  es: { __esModule: true, default: 'the default', named: 'the name' },
  path: require('node:path'),
};

/** Cells of one notebook, each with the value of its last expression. */
export const SHOWS: [code: string, value: unknown][][] = [
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
    ['export default class Other { x = 4 }', undefined],
    ['export default function named() { return new Other().x }', undefined],
    ['named() + new Other().x', 8],
    ['export default class {} h()', 1],
    ['export default function () {}\n(h())', 1],
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
    ['declare const fetch: unknown, a: unknown; typeof fetch', 'function'],
    ['declare const fetch: unknown; class M {} declare namespace M { type T = 1 } typeof fetch', 'function'],
    ['[typeof fetch, typeof M]', ['function', 'function']],
    ['const known = 3', undefined],
    ['declare const known: number; known', 3],
    ['known', 3],
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
    ['<svg:a x:b="c"/>', ['svg:a', { 'x:b': 'c' }, []]],
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
    ['1;; // two', 1],
    ['let all = 0; for await (const n of [1, Promise.resolve(2)]) all += n; all ** (await 2)', 9],
    ['for await (const n of [1]) { const n = 5; all = n } [all, await await 3, (await [4])[0]]', [5, 3, 4]],
    ['const f2 = async (x = 1) => -(await x) + await x * 2; await f2()', 1],
    ["import defer * as later from 'path'; later.sep", '/'],
    ['const inner = async () => await 1; typeof inner', 'function'],
  ],
];
