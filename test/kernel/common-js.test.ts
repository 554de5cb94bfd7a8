/** What makes CommonJS of a cell must make what TypeScript's own `transpileModule` makes of it, which is slower. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { toCommonJS } from '../../src/kernel/checker/common-js';
import { tslabFolder } from '../../src/kernel/checker/snapshot';
import { suite } from '../suite';

const ts = require(require.resolve('@tslab/typescript-for-tslab', { paths: [tslabFolder()] }));
// As tslab gives them.
const OPTIONS = {
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
  target: ts.ScriptTarget.ES2022,
  newLine: ts.NewLineKind.LineFeed,
  noImplicitUseStrict: true,
};

const MODULES = [
  '1;\nexport {};\n',
  'export const a = [1];\nexport const tsLastExpr = a.length;\n',
  "import fs from 'fs'; import { a, b as c } from './x'; import * as ns from 'y'; import 'z';\na(c(1), ns.foo(fs), a`x`);",
  "import unused from 'fs'; export default class {} export { unused };",
  "import a from 'a'; export default a; a(); new a(); a`x`; (0, a)(); typeof a; ({ a }); delete a.b;",
  "export { default as d } from 'w'; export * from 'v'; export * as e from 'u'; const f = await import('t'); import.meta;",
  'let q = 1; q++; --q; q += 2; q ||= 3; ({ q } = {}); [q] = [1]; for (q of [1]) {} for (q in {}) {}\nexport { q, q as r };',
  'export let v = 1; v++; ({ v } = { v }); export var [z] = [1]; z = 2; export var w;',
  'var { a, ...b } = c, [d = a] = e; export { a, b, d };',
  'function g() { a = 3; { let a = 2; a++; } } let a = 1; export { g, a };\nlabel: for (;;) { break label; }\n',
  "import { a, b } from 'x'; function f(p = a, q = () => b) { var a = 1; let b = 2; return a + b; } export { f };",
  "import { a, b, c } from 'x'; const g = function a() { return a; }; const h = class b { m() { return b; } static s = c; };",
  "import { a } from 'x'; try {} catch (a) { a; } for (let a of []) a; (a) => a; switch (1) { case a: let a = 2; a; }",
  "import a from 'x'; { function a() {} a(); } function k() { return a; var a; } ({ a: a, [a]() { a; } });",
  'export default function foo() { return foo; } foo();',
  'export class K { x = K; } new K(); export function fn() { fn(); } fn = 1; K = 2;',
  "async function f() { await import(f); for await (const x of f) import('x' + x); } export { f };",
];

/** The ES modules of well-known packages that are installed here. */
function* installed(): Generator<[string, string]> {
  const packages = dirname(dirname(require.resolve('vega/package.json')));
  for (const name of readdirSync(packages).filter((name) => /^d3-/.test(name))) {
    for (const file of readdirSync(join(packages, name), { recursive: true, encoding: 'utf8' })) {
      if (!/^src.*\.js$/.test(file)) continue;
      yield [join(name, file), readFileSync(join(packages, name, file), 'utf8')];
    }
  }
}

function compare(name: string, module: string) {
  const compilerOptions = { ...OPTIONS, sourceMap: true };
  const expected = ts.transpileModule(module, { fileName: 'custom.js', compilerOptions });
  const { outputText, sourceMapText } = toCommonJS(ts, module, 'custom.js', OPTIONS);
  assert.is(`${outputText}//# sourceMappingURL=custom.js.map`, expected.outputText, name);
  assert.is(sourceMapText, expected.sourceMapText, name);
}

suite('test/kernel/common-js', {
  'modules with every kind of import, export, assignment and scope'() {
    for (const module of MODULES) compare(module, module);
  },
  'the modules of d3'() {
    const modules = [...installed()];
    assert.ok(modules.length > 100, `${modules.length} modules`);
    for (const [name, module] of modules) compare(name, module);
  },
});
