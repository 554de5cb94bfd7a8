import * as assert from 'uvu/assert';
import { compileCell } from '../../src/live/engine/compile-cell';
import { format, inspect } from '../../src/live/engine/inspect';
import { requireOf } from '../../src/live/engine/modules';
import { cellsToRun, changedNames } from '../../src/live/page/dependencies';
import { MODULES as PLAIN, SHOWS } from '../javascript/shown-cells';
import { suite } from '../suite';

const MODULES: Record<string, object> = {
  convlens: { grid: 'grid', matshow: 'matshow', default: 'all' },
  './odd': { 'a b': 5 },
};

const load = async (name: string) => (MODULES[name] ?? PLAIN[name]) as object;

/** Runs cells one after another, as the worker of a page does. @returns the last value, and the names */
async function run(...sources: string[]) {
  const scope = Object.create(null);
  let last: unknown;
  for (const source of sources) {
    const { code, modules } = compileCell(source, { has: (name) => name in scope });
    // biome-ignore lint/security/noGlobalEval: as in a page's worker
    const cell = globalThis.eval(`(async function (exports, require) { 'use strict'; ${code}\n})`);
    last = undefined;
    const require = Object.defineProperties(await requireOf(modules, load), {
      last: { set: (value: unknown) => (last = value) },
      declare: {
        value: (names: object) => Object.defineProperties(scope, Object.getOwnPropertyDescriptors(names)),
      },
    });
    await cell(scope, require);
  }
  return { last, scope };
}

/** Namespaces with values, the order of fields and parameters, accessors, `using`, decorators, JSX, and modules that only Node has. */
const NOT_IN_PAGES =
  /namespace N|N\.x|\bP2\b|accessor|\busing\b|inside|@deco|\bD\(\)|<i\/>|<svg:|<>|'fs'|import defer|types-only|import\.meta/;
const compiled = (source: string) => compileCell(source, new Set());
const namesOf = (source: string) => Object.keys(compiled(source).declares).sort();

suite('cells in a page', {
  async 'each cell that a page can run has the value that the kernel gives it'() {
    for (const notebook of SHOWS) {
      const cells = notebook.filter(([code]) => !NOT_IN_PAGES.test(code));
      for (const [i, [code, value]] of cells.entries()) {
        const { last } = await run(...cells.slice(0, i + 1).map(([code]) => code));
        assert.equal(last, value, code);
      }
    }
  },
  async 'types go, and the value of the last expression stays'() {
    assert.is((await run('const a: number = 2;\ninterface B { c: string }\n(a as number) * 21')).last, 42);
    assert.is((await run('let a = 1;\na++;')).last, 1);
    assert.is((await run('const a = 1;')).last, undefined);
    assert.is((await run('await Promise.resolve(7)')).last, 7);
    assert.is((await run('enum E { A = 4 }\nE.A')).last, 4);
    assert.is((await run('// nothing\n')).last, undefined);
    assert.is((await run("function f<T>(x: T): T { return x; }\nf<string>('x')")).last, 'x');
  },
  async 'later cells see, assign and redeclare names; functions see the newest'() {
    assert.is((await run('const a = 1;', 'a + 1')).last, 2);
    assert.is((await run('let a = 1;', 'a = 5;', 'a')).last, 5);
    assert.is((await run('const a = 1;', 'const a = 2;', 'a')).last, 2);
    assert.is((await run('let n = 1;', 'function f() { return n; }', 'n = 9;', 'f()')).last, 9);
    assert.is((await run('const n = 1;', 'const f = () => n;', 'const n = 3;', 'f()')).last, 3);
    assert.is((await run('class A { b = 6 }', 'new A().b')).last, 6);
    assert.is(
      (await run('const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], x: 5 };', '[a, c, d, e]')).last +
        '',
      '1,2,3,4,[object Object]',
    );
    assert.is((await run('for (var i = 0; i < 3; i++);\nif (true) { var j = 8; }', 'i + j')).last, 11);
    assert.is(
      (await run('export const a = 3;\nexport default function g() { return 4; }', 'a + g()')).last,
      7,
    );
    let error: unknown;
    await run('const a = 1;', 'a = 2;').catch((thrown) => {
      error = thrown;
    });
    assert.instance(error, TypeError);
  },
  async 'imports are awaited, in every form; unused ones are kept for later cells'() {
    assert.is((await run("import { grid } from 'convlens';", 'grid')).last, 'grid');
    assert.is((await run("import all, { matshow as m } from 'convlens';\nall + m")).last, 'allmatshow');
    assert.is((await run("import * as c from 'convlens';\nc.grid")).last, 'grid');
    assert.is((await run("import { 'a b' as x } from './odd';\nx")).last, 5);
    assert.is((await run("const { grid } = await import('convlens');\ngrid")).last, 'grid');
    assert.is((await run("import type { Activation } from 'convlens';\n1")).last, 1);
    assert.is((await run("export { grid } from 'convlens';\n2")).last, 2);
    assert.is((await run('\'import { x } from "no";\'')).last, 'import { x } from "no";');
  },
  'lines stay where they are, and errors of syntax say where'() {
    const { code } = compiled(
      "import {\n  grid,\n  matshow,\n} from 'convlens';\ninterface A {\n  b: string;\n}\nthere;",
    );
    assert.is(
      code.split('\n').findIndex((line) => line.includes('there')),
      7,
    );
    assert.throws(() => compiled('const = 1;'), /1:7|\(1:/);
    assert.throws(() => compiled('const a = 1; const a = 2;'), /already been declared/);
  },
  'says what a cell declares and uses'() {
    assert.equal(
      namesOf(
        "import a, { b as c } from 'x'; const { d, e: f = 1, ...g } = {}; let h, i = 2; function j() {} class K {} enum L {}",
      ),
      ['K', 'L', 'a', 'c', 'd', 'f', 'g', 'h', 'i', 'j'],
    );
    const { uses } = compiled(
      'const own = 1; matshow(activations[0], { channel: channel, cmap, [key]: own.name });',
    );
    for (const name of ['matshow', 'activations', 'channel', 'cmap', 'key'])
      assert.ok(uses.includes(name), name);
    for (const name of ['own', 'name']) assert.not.ok(uses.includes(name), name);
  },
  'a run takes along what the cell needs and what depends on its changes'() {
    const cells = [
      "import { grid, matshow } from 'convlens';",
      'const channel = 1;\nconst other = 3;',
      'const maps = await load();',
      'matshow(maps, { channel });',
      'matshow(maps, { channel: other });',
      'const twice = 2 * channel;',
      'console.log(twice);',
      'const channel = 0;',
      'matshow(maps, { channel });',
    ];
    const names = (sources: string[]) => sources.map((source) => compiled(source));
    const before = names(cells);
    const edited = names(cells.with(1, 'const channel = 7;\nconst other = 3;'));
    const changed = changedNames(before[1]!.declares, edited[1]!.declares);
    assert.equal(changed, ['channel']);
    assert.equal(cellsToRun(edited, 1, changed, new Set()), [0, 1, 2, 3, 5, 6]);
    assert.equal(cellsToRun(edited, 1, changed, new Set([0, 2, 5])), [1, 3, 5, 6]);
    assert.equal(cellsToRun(edited, 4, [], new Set()), [0, 1, 2, 4]);
    assert.equal(cellsToRun(edited, 8, [], new Set([0, 1, 2])), [7, 8]);
  },
  'prints values as Node does'() {
    // By util.inspect and util.format of Node 20.
    const known: [unknown, string][] = [
      ['it', "'it'"],
      ["it's", '"it\'s"'],
      [[1, 2], '[ 1, 2 ]'],
      [[], '[]'],
      [{}, '{}'],
      [{ a: 1, 'b c': [undefined, null] }, "{ a: 1, 'b c': [ undefined, null ] }"],
      [{ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: [Object] } } }'],
      [new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
      [new Set([1]), 'Set(1) { 1 }'],
      [Float32Array.of(1, 0.5), 'Float32Array(2) [ 1, 0.5 ]'],
      [-0, '-0'],
      [10n, '10n'],
      [/a/g, '/a/g'],
      [class A {}, '[class A]'],
      [function f() {}, '[Function: f]'],
      [Array(101).fill(1).length, '101'],
      [true, 'true'],
      [Symbol('s'), 'Symbol(s)'],
    ];
    for (const [value, text] of known) assert.is(inspect(value).replace(/\s+/g, ' '), text);
    const circle: Record<string, unknown> = {};
    circle['me'] = circle;
    assert.match(inspect(circle), '[Circular]');
    assert.is(format(['%s is %d %%', 'x', 4.5, { a: 1 }]), 'x is 4.5 % { a: 1 }');
    assert.is(format(['a', 1, [2]]), 'a 1 [ 2 ]');
    assert.ok(inspect(Array(1000).fill(1)).includes('... 900 more items'));
  },
});
