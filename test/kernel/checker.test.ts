/** The checker alone, with TypeScript's language server; expected codes and sentences are TypeScript's. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { compileCell } from '../../src/javascript/compile';
import type { Declarations } from '../../src/kernel/answers/answer-types';
import { Checker } from '../../src/kernel/checker/checker';
import { compilerFile } from '../../src/kernel/checker/language-server';
import { typeScriptErrorOf } from '../../src/kernel/typescript-error';
import { suite } from '../suite';
import { inKernel, start } from './cells';

/** A notebook's checker in a folder of files. */
async function inFolder(
  files: Record<string, string>,
  test: (cells: CheckedCells, folder: string) => Promise<void>,
) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'convlens checker ')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const checker = new Checker(folder);
  try {
    await test(new CheckedCells(checker), folder);
  } finally {
    checker.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Cells that are checked one after the other, and taken to have run when they are right. */
class CheckedCells {
  declared: Declarations = new Map();
  private count = 0;

  constructor(readonly checker: Checker) {}

  /** @returns the codes and sentences of the errors */
  async check(code: string): Promise<string[]> {
    this.count++;
    const parsed = compileCell(code, this.declared as Map<string, unknown>);
    const found = await this.checker.check(this.declared, code, parsed);
    if (found.length === 0) this.declared = this.checker.keep(this.declared, code, parsed, this.count);
    return found.map(({ code: number, message }) => `${number} ${message}`);
  }

  async complete(code: string): Promise<Record<string, string>> {
    const { items } = await this.checker.complete(this.declared, code, code.length);
    return Object.fromEntries(items.map(({ text, type }) => [text, type]));
  }

  inspect(code: string, cursor = code.length): Promise<string | null> {
    return this.checker.inspect(this.declared, code, cursor);
  }
}

/** Cells of today's TypeScript, each of which is right. */
const RIGHT = [
  'using held = { [Symbol.dispose]() {} };',
  'await using later = { async [Symbol.asyncDispose]() {} };',
  "import data from './data.json' with { type: 'json' }; const a: number = data.a;",
  "Object.groupBy([1, 2], (x) => (x > 1 ? 'more' : 'less')).more;",
  '[3, 1].toSorted().at(-1)!.toFixed();',
  'new Set([1]).union(new Set([2])).size;',
  'const list: number[] = await Array.fromAsync([1]);',
  'Iterator.from([1, 2]).map((x) => x * 2).take(1).toArray()[0].toFixed();',
  "const even = [1, 'a'].filter((x) => typeof x === 'number').map((x) => x * 2);",
  'const conf = { a: [1] } satisfies Record<string, number[]>; conf.a[0].toFixed();',
  'function once<const T>(x: T) { return x } const o: readonly [1, 2] = once([1, 2]);',
  'const nothing: string = null; let loose; loose = 1; function f(x) { return x }',
];

/** Wrong cells, each with the codes of its errors. */
const WRONG: [code: string, ...codes: number[]][] = [
  ["const s: string = 1; const n: number = 'x';", 2322, 2322],
  ['const c = 1; c = 2;', 2588],
  ['missing;', 2304],
  ["import { none } from 'node:fs';", 2305],
  ["import data from './data.json' with { type: 'json' }; data.b;", 2339],
  ['let x = 1; let x = 2;', 2451, 2451],
  ['const = 3;', 1134, 1134],
  ["new Date('x').nothing();", 2339],
  ['const h = String, e = <b>{</b>;', 1109],
];

suite('test/kernel/checker', {
  "today's TypeScript is right, as strict as before": () =>
    inFolder({ 'data.json': '{ "a": 1 }' }, async (cells) => {
      for (const code of RIGHT) assert.equal(await cells.check(code), [], code);
    }),

  'each error is found once, under its code': () =>
    inFolder({ 'data.json': '{ "a": 1 }' }, async (cells) => {
      for (const [code, ...codes] of WRONG) {
        const found = await cells.checker.check(new Map(), code);
        assert.equal(
          found.map((each) => each.code),
          codes,
          code,
        );
      }
    }),

  'later cells see values, types and namespaces of earlier ones, and what a name was declared as last': () =>
    inFolder({}, async (cells) => {
      const right = async (code: string) => assert.equal(await cells.check(code), [], code);
      await right('let count = 1; const one = 1; class K<T> { constructor(readonly of: T) {} }');
      await right('enum Mode { Fast, Slow } namespace N { export type T = string; export const x = 1 }');
      await right(
        "interface Named { name: string } type Pair<T> = [T, T]; import { join } from 'node:path';",
      );
      await right('count += 1; const k: K<string> = new K("x"); const t: N.T = k.of; N.x + Mode.Slow;');
      await right('const pair: Pair<Named> = [{ name: join("a", "b") }, { name: "r" }];');
      // A constant's type widens where it is copied, as in its own cell.
      await right('let copy = one; copy = 2;');
      assert.equal(await cells.check('one = 2'), ["2632 Cannot assign to 'one' because it is an import."]);
      assert.equal(await cells.check('count = "text"'), [
        "2322 Type 'string' is not assignable to type 'number'.",
      ]);
      await right('const count = "text"; const seen: string = count;');
      await right('count.toUpperCase(); function local(count: number) { return count.toFixed() }');
      // Of a failed cell nothing is kept.
      assert.equal((await cells.check('const half = 1; const bad: string = 1;')).length, 1);
      assert.equal(await cells.check('half'), ["2304 Cannot find name 'half'."]);
    }),

  'a diagnostic has its line, its squiggle, and the other place that it is about': () =>
    inFolder({}, async (cells) => {
      await cells.check('\ninterface Named { name: string }');
      const code = '// wrong\nconst named: Named = { nam: "x" };';
      const found = await cells.checker.check(cells.declared, code);
      assert.equal(typeScriptErrorOf(found, code, 7).traceback, [
        "cell[7]:2:24 - error TS2561: Object literal may only specify known properties, but 'nam' does not exist in type 'Named'. Did you mean to write 'name'?",
        '    const named: Named = { nam: "x" };',
        '                           ~~~',
      ]);
      const missing = 'const other: Named = {};';
      const [first] = await cells.checker.check(cells.declared, missing);
      assert.equal(typeScriptErrorOf([first!], missing, 8).traceback, [
        "cell[8]:1:7 - error TS2741: Property 'name' is missing in type '{}' but required in type 'Named'.",
        '    const other: Named = {};',
        '          ~~~~~',
        "    cell[1]:2:19 - 'name' is declared here.",
      ]);
    }),

  'a squiggle stands below what is wrong: behind tabs and wide letters, on long lines, with CRLF': () =>
    inFolder({}, async (cells) => {
      const shown = async (code: string) => {
        const found = await cells.checker.check(new Map(), code);
        return typeScriptErrorOf(found, code, 1).traceback.slice(1, 3);
      };
      assert.equal(await shown('\t\tnope;'), ['    \t\tnope;', '    \t\t~~~~']);
      assert.equal(await shown('"日本" + nope;'), ['    "日本" + nope;', '             ~~~~']);
      assert.equal(await shown('"e\u0301😀"; nope'), ['    "e\u0301😀"; nope', '           ~~~~']);
      assert.equal(await shown('1;\r\nnope;\r\n'), ['    nope;', '    ~~~~']);
      const [line, squiggle] = await shown(`const s = '${'a'.repeat(300)}'; nope; '${'b'.repeat(300)}'`);
      assert.is(line!.length < 200, true);
      assert.is(line!.slice(squiggle!.indexOf('~'), squiggle!.lastIndexOf('~') + 1), 'nope');
      assert.match(line!, /^ {4}… a+'; nope; 'b+ …$/);
    }),

  "errors of the user's own files are named with their place; above the notebook, too": () =>
    inFolder(
      {
        'nb/own.ts': "import './deep';\nexport const x: number = 'text';\n",
        'nb/deep.ts': 'export const y: string = 1;',
      },
      async (_, folder) => {
        writeFileSync(join(folder, 'up.ts'), 'export const up = 1;\n');
        const checker = new Checker(join(folder, 'nb'));
        try {
          const found = await checker.check(
            new Map(),
            "import { up } from '../up'; import { x } from './own'; x + up;",
          );
          assert.equal(
            found.map(({ file, code, start: { line } }) => [file, code, line]),
            [
              [join(folder, 'nb', 'own.ts'), 2322, 1],
              [join(folder, 'nb', 'deep.ts'), 2322, 0],
            ],
          );
        } finally {
          checker.stop();
        }
      },
    ),

  "options of the user's tsconfig.json: paths, lib, types and jsx; its strictness and its files are not taken":
    () =>
      inFolder(
        {
          'base.json': '{ "compilerOptions": { "lib": ["dom"], /* a comment */ "strict": true, } }',
          'tsconfig.json': `{ // read by people
          "extends": "./base.json", "include": ["**/*"],
          "compilerOptions": { "paths": { "@/*": ["./src/*"] }, "types": ["mine"], "typeRoots": ["./kinds"], "jsxFactory": "make" }
        }`,
          'src/inner.ts': 'export const inner = 1;',
          'broken.ts': 'const n: number = "not of the cells";',
          'kinds/mine/index.d.ts': 'declare const mine: number;',
        },
        async (cells, folder) => {
          const code =
            "import { inner } from '@/inner'; document.title; mine + inner; const s: string = null;";
          assert.equal(await cells.check(code), []);
          for (const jsx of [
            'function make(...x) { return x } const e = <b>x</b>;',
            'const other = make, Inside = 1;',
            '/**\n * @jsx other\n */ /* @jsxFrag Inside */\n<><b/></>;',
          ])
            assert.equal(await cells.check(jsx), [], jsx);
          assert.equal(readdirSync(folder).sort(), [
            'base.json',
            'broken.ts',
            'kinds',
            'src',
            'tsconfig.json',
          ]);
        },
      ),

  'completions have kinds; names that convlens and files beside export are offered before they are imported':
    () =>
      inFolder({ 'own.ts': 'export async function helpMe() {}' }, async (cells) => {
        await cells.check('const abcdef = 1; class Abcd {} function abc() {}');
        assert.equal(await cells.complete('abc'), { abc: 'function', abcdef: 'constant' });
        assert.equal(await cells.complete('const e = <b/>; const f = <p>{abcd'), { abcdef: 'constant' });
        assert.equal(await cells.complete('[1].toSor'), { toSorted: 'method' });
        assert.ok('matshowFigure' in (await cells.complete('matsh')));
        const { start, end, items } = await cells.checker.complete(
          new Map(),
          "const x: 'left' | 'right' = 'ri'",
          31,
        );
        assert.equal([start, end, items[0]?.text], [29, 31, 'right']);
        assert.is((await cells.complete('helpM'))['helpMe'], 'function');
        const advice = async (name: string) => (await cells.check(`${name};`))[0];
        assert.is(
          await advice('matshow'),
          "2304 Cannot find name 'matshow'. Import it: import { matshow } from 'convlens'.",
        );
        assert.is(
          await advice('helpMe'),
          "2304 Cannot find name 'helpMe'. Import it: import { helpMe } from './own'.",
        );
        assert.is(await advice('abcdfe'), '2304 Cannot find name \'abcdfe\'. Did you mean "abcdef"?');
        assert.is(await advice('matshw'), '2552 Cannot find name \'matshw\'. Did you mean "matshow"?');
        assert.is(
          await advice('abcdefgh; const abcdefgi = 1'),
          '2552 Cannot find name \'abcdefgh\'. Did you mean "abcdefgi"?',
        );
        assert.is(await advice('xy'), "2304 Cannot find name 'xy'.");
      }),

  'a name shows its documentation, a call its signature with the parameter at hand': () =>
    inFolder({}, async (cells) => {
      const comment =
        '/**\n * Halves {@link count}.\n *\n * @param n to halve\n * @throws {RangeError} for 0\n * @example\n * half(4)\n */';
      await cells.check(
        `const count = 1;\n${comment}\nfunction half(n: number, times?: number) { return n / 2 }`,
      );
      const text = await cells.inspect('half');
      assert.match(
        text!,
        /function half\(n: number, times\?: number\): number\n\nHalves count\.\n@param n to halve\n/,
      );
      assert.match(text!, /@throws .*for 0\n@example\n {4}half\(4\)$/);
      assert.match(
        (await cells.inspect('half(1, '))!,
        /^half\(n: number, times\?: number\): number\n\nparameter 2: times/,
      );
      assert.match((await cells.inspect('half(', 5))!, 'parameter 1: n: number - to halve');
      assert.is(await cells.inspect('  '), null);
    }),

  'the language server is ended and starts anew: the next question is answered': () =>
    inFolder({}, async (cells) => {
      await cells.check('const kept = 1;');
      const slow = cells.checker.check(new Map(), 'const x: number = "1";');
      cells.checker.cancel(new Error('enough'));
      assert.match(await slow.then(String, String), /enough|2322|object/);
      assert.equal(await cells.check('const s: string = kept;'), [
        "2322 Type 'number' is not assignable to type 'string'.",
      ]);
    }),

  'the program is the one that npm installed for this platform': () => {
    const version = execFileSync(compilerFile(), ['--version'], { encoding: 'utf8' });
    assert.is(version.trim(), `Version ${require('typescript-7/package.json').version}`);
  },

  async 'a checker that dies is replaced, and the variables stay'() {
    // On Linux /proc tells its number.
    const kill = `import { readdirSync, readFileSync } from 'node:fs';
      let killed = 0;
      for (const id of readdirSync('/proc').filter(Number)) {
        try {
          const parent = Number(readFileSync('/proc/' + id + '/stat', 'utf8').split(') ')[1].split(' ')[1]);
          const checks = readFileSync('/proc/' + id + '/cmdline', 'utf8').includes('--lsp');
          if (checks && parent === process.ppid && process.kill(Number(id), 'SIGKILL')) killed++;
        } catch {}
      }
      console.log(killed)`;
    await inKernel('convlens', async (kernel) => {
      await start(kernel, 'const kept = 41;');
      assert.is((await start(kernel, kill)).text(), '1\n');
      assert.is((await start(kernel, 'console.log(kept + 1)')).text(), '42\n');
    });
  },
});
