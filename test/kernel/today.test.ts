/** Today's TypeScript in the real kernel: what runs, and where its errors say that they are. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { newerNode } from '../../src/kernel/engine/newer-node';
import { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { start } from './cells';

type Run = (code: string) => Promise<{ value?: string; text: string; error: string[] }>;

/** Runs a test with a kernel in a folder of files. */
async function inFolder(
  files: Record<string, string>,
  test: (run: Run, folder: string) => Promise<void>,
  notebook = '.',
) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'convlens (today) ')));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const env = { ...process.env, CONVLENS_PRELOAD: '0' };
  const kernel = await KernelClient.start(findKernel('convlens'), { cwd: join(folder, notebook), env });
  try {
    await test(async (code) => {
      const ran = await start(kernel, code);
      const data = ran.of('execute_result')[0]?.['data'] as Record<string, string> | undefined;
      return {
        value: data?.['text/plain'],
        text: ran.text(),
        error: (ran.reply['traceback'] as string[] | undefined) ?? [],
      };
    }, folder);
  } finally {
    await kernel.shutdown();
    rmSync(folder, { recursive: true });
  }
}

/** Cells of one notebook, each with its value. */
const CELLS: [code: string, value: string | undefined][] = [
  [
    'const log: string[] = []; function open(name: string) { return { name, [Symbol.dispose]() { log.push(name) } } }',
    undefined,
  ],
  ['{ using a = open("a"), b = open("b"); } log', "[ 'b', 'a' ]"],
  ['using kept = open("cell"); kept.name', "'cell'"],
  ['log.at(-1)', "'cell'"],
  ["import data from './data.json' with { type: 'json' }; data.list.toSorted()", '[ 1, 2 ]'],
  ['data.list.length', '2'],
  [
    'function twice(method: any, context: ClassMethodDecoratorContext) { return function (this: any) { return 2 * method.call(this) } }',
    undefined,
  ],
  ['class Six { @twice m() { return 3 } } new Six().m()', '6'],
  ['new Six().m()', '6'],
  [
    'enum Mode { Fast = 2, Slow } const enum Hard { X = 7 } namespace Deep { export namespace In { export const v = Mode.Slow } }',
    undefined,
  ],
  ['[Mode[2], Hard.X, Deep.In.v]', "[ 'Fast', 7, 3 ]"],
  [
    'const h = (tag: string, props: object | null, ...inside: unknown[]) => "<" + tag + ">" + inside.join("") + "</" + tag + ">"',
    undefined,
  ],
  ['const page = <p>{1 + 1}</p>; page', "'<p>2</p>'"],
  ['<b>{page}</b>', "'<b><p>2</p></b>'"],
  ["import * as everything from './own'; [everything.count, everything.default]", "[ 1, 'own' ]"],
  ["import { count, add } from './own'; add(); count", '2'],
  ['add(); [count, everything.count]', '[ 3, 3 ]'],
  ["import { plain } from './old'; plain", "'old'"],
  [
    "import type { Kind } from './kinds'; import { Other } from './kinds'; const k: Kind = 1; const o: Other = 2; k + o",
    '3',
  ],
  ["(await import('./own')).default", "'own'"],
  ["import { up } from '../up'; up", '5'],
  ['import.meta.dirname === process.cwd()', 'true'],
  ['const require = 1, exports = 2; require + exports', '3'],
  ['let t = 0; for (let i = 0; i < 1e6; i++) t += Math.sqrt(i); Math.round(t)', '666666166'],
  ['const list = [3, 1]; list.at(-1); [list.toSorted(), list.findLast((x) => x > 1)]', '[ [ 1, 3 ], 3 ]'],
];

const FILES = {
  'nb/data.json': '{ "list": [2, 1] }',
  'nb/own.ts': 'export let count: number = 1; export const add = () => { count++ }; export default "own";',
  'nb/old.js': 'exports.plain = "old";',
  'nb/old.d.ts': 'export const plain: string;',
  'nb/kinds.d.ts': 'export type Kind = 1; export type Other = 2;',
  'up.ts': 'export const up = 5;',
};

suite('convlens kernel: TypeScript of today', {
  'cells run: using, JSON imports, decorators, enums, namespaces, JSX, local modules': () =>
    inFolder(
      FILES,
      async (run) => {
        for (const [code, value] of CELLS)
          assert.equal(await run(code), { value, text: '', error: [] }, code);
      },
      'nb',
    ),

  'a stack names cell and line, and the line of a local file': () =>
    inFolder(
      {
        'own.ts':
          'interface Unused {\n  x: number;\n}\nexport function deep(x: number): never {\n  throw new RangeError("bad " + x);\n}\n',
      },
      async (run, folder) => {
        await run(
          "import { deep } from './own';\nenum E { A }\nclass K {\n  m(x: number) {\n    return deep(x);\n  }\n}",
        );
        const { error } = await run('type T = 1;\n\nnew K().m(5);');
        assert.equal(error, [
          'RangeError: bad 5',
          `    at deep (${join(folder, 'own.ts')}:5:9)`,
          '    at K.m (cell[1]:5:12)',
          '    at cell[2]:3:9',
        ]);
        const later = await run('await null;\nusing u = null;\nnew K().m(6);');
        assert.equal(later.error.slice(2), ['    at K.m (cell[1]:5:12)', '    at cell[3]:3:9']);
      },
    ),

  'a stack that a cell prints names the same lines, and awaited functions; so does what an AggregateError holds':
    () =>
      inFolder(
        {
          'own.ts':
            'interface A {\n  x: 1;\n}\nexport const fails = async () => {\n  await null;\n  throw new Error("own");\n};',
        },
        async (run, folder) => {
          const types = 'interface Unused {\n  x: 1;\n}\n';
          const { value } = await run(`${types}import { fails } from './own';
async function outer() {
  await null;
  return await fails();
}
let stack = '';
try {
  await outer();
} catch (error) {
  stack = (error as Error).stack!;
}
stack.split('\\n').slice(1).map((line) => line.trim().replaceAll(process.cwd(), ''));`);
          assert.is(
            value?.replace(/\s+/g, ' '),
            "[ 'at fails (/own.ts:6:9)', 'at async outer (cell[1]:7:10)', 'at cell[1]:11:3' ]",
          );
          const { error } = await run('\nawait outer()');
          assert.equal(error, [
            'Error: own',
            `    at fails (${join(folder, 'own.ts')}:6:9)`,
            '    at async outer (cell[1]:7:10)',
            '    at cell[2]:2:1',
          ]);
          assert.is((await run(`${types}new Error('shown')`)).value, 'Error: shown\n    at cell[3]:4:1');
          const custom =
            "const own = Error.prepareStackTrace; Error.prepareStackTrace = (_, sites) => 'n' + sites.length; const s = new Error().stack!; Error.prepareStackTrace = undefined; s.slice(0, 1) + (own === Error.prepareStackTrace)";
          assert.is((await run(custom)).value, "'ntrue'");
          const nodes = await run(
            "try { require('fs').readFileSync({}) } catch (e) { console.log((e as Error).stack) }",
          );
          assert.match(nodes.text, /^TypeError \[ERR_INVALID_ARG_TYPE\]: The .*\n {4}at cell\[5\]:1:21\n$/s);
          const all = await run(
            "await Promise.any([1, 2].map(async (i) => { throw new RangeError('no ' + i) }))",
          );
          assert.equal(
            all.error.filter((line) => !line.startsWith('    at')),
            [
              'AggregateError: All promises were rejected',
              'holds RangeError: no 1',
              'holds RangeError: no 2',
            ],
          );
        },
      ),

  'what TypeScript knows and this Node lacks is an error that says so': () => {
    const node20 = (message: string) => newerNode(message, '20.20.2');
    assert.is(node20('Object.groupBy is not a function'), '. This is Node 20.20.2; Node 21 has it.');
    for (const [message, since] of [
      ['(intermediate value).union is not a function', 22],
      ['[1].entries(...).map is not a function', 22],
      ['Iterator is not defined', 22],
      ['new DisposableStack is not a function', undefined],
      ['DisposableStack is not defined', 24],
      ['x.map is not a function', undefined],
      ['mine.groupBy is not a function', undefined],
    ] as const)
      assert.is(node20(message), since ? `. This is Node 20.20.2; Node ${since} has it.` : '', message);
    assert.is(newerNode('Iterator is not defined', '22.1.0'), '');
    assert.is(newerNode('Iterator is not defined', '24.0.0'), '');
  },

  'a file begins with a byte order mark; JSON that cannot be read is named': () =>
    inFolder(
      {
        'marked.ts':
          '\uFEFFexport const enum E { A = 7 }\nexport const fails = () => { throw new Error("x") };',
        'marked.json': '\uFEFF{ "a": 1 }',
        'bad.json': '{ "a": ',
      },
      async (run, folder) => {
        const used = await run(
          "import { E, fails } from './marked'; import data from './marked.json'; [E.A, data.a]",
        );
        assert.equal([used.value, used.error], ['[ 7, 1 ]', []]);
        assert.is((await run('fails()')).error[1], `    at fails (${join(folder, 'marked.ts')}:2:36)`);
        assert.is((await run('\uFEFFconst enum F { B = 2 } F.B')).value, '2');
        const [first] = (await run("import bad from './bad.json'; bad")).error;
        assert.match(
          first!,
          `SyntaxError: Cannot import ${join(folder, 'bad.json')}: Unexpected end of JSON input.`,
        );
      },
    ),

  'a file that was written or installed just now is found however it is imported': () =>
    inFolder({}, async (run, folder) => {
      writeFileSync(join(folder, 'both.ts'), 'class Q { static v = 9 }\nexport = Q;');
      for (const line of [
        "import Q = require('./both');",
        "import Q from './both';",
        "import Q = require('./both');",
      ])
        assert.is((await run(`${line} Q.v`)).value, '9', line);
    }),

  'packages that only import() can load, and those of types alone': () =>
    inFolder(
      {
        'node_modules/waits/package.json':
          '{ "name": "waits", "type": "module", "exports": "./i.js", "types": "./i.d.ts" }',
        'node_modules/waits/i.js': 'export const waited = await Promise.resolve(4); export default "d";',
        'node_modules/waits/i.d.ts':
          'export const waited: number; declare const d: string; export default d;',
        'node_modules/only/package.json':
          '{ "name": "only", "type": "module", "exports": { "import": { "types": "./i.d.ts", "default": "./i.js" } } }',
        'node_modules/only/i.js': 'export const here = 6;',
        'node_modules/only/i.d.ts': 'export const here: number;',
        'node_modules/@types/shapes/package.json': '{ "name": "@types/shapes", "types": "index.d.ts" }',
        'node_modules/@types/shapes/index.d.ts': 'export interface Shape { sides: number }',
      },
      async (run) => {
        const cell =
          "import d, { waited } from 'waits'; import { here } from 'only'; import { Shape } from 'shapes'; const s: Shape = { sides: 3 }; [d, waited, here, s.sides]";
        assert.equal(await run(cell), { value: "[ 'd', 4, 6, 3 ]", text: '', error: [] });
        const { value } = await run("[waited, (await import('waits')).waited]");
        assert.is(value, '[ 4, 4 ]');
      },
    ),

  'a linked package of a workspace may be TypeScript, and is loaded anew after an edit': () =>
    inFolder(
      {
        'packages/lib/package.json': '{ "name": "@ws/lib", "main": "src/lib.ts", "types": "src/lib.ts" }',
        'packages/lib/src/lib.ts': "import { two } from './two'; export const sum: number = two + 1;",
        'packages/lib/src/two.ts': 'export const two: number = 2;',
        'app/node_modules/.keep': '',
      },
      async (run, folder) => {
        mkdirSync(join(folder, 'node_modules', '@ws'), { recursive: true });
        symlinkSync(join(folder, 'packages', 'lib'), join(folder, 'node_modules', '@ws', 'lib'), 'dir');
        assert.is((await run("import { sum } from '@ws/lib'; sum")).value, '3');
        writeFileSync(join(folder, 'packages', 'lib', 'src', 'two.ts'), 'export const two: number = 20;');
        assert.is((await run("import { sum } from '@ws/lib'; sum")).value, '21');
        writeFileSync(join(folder, 'packages', 'lib', 'src', 'lib.ts'), "export const sum = 'text';");
        assert.is((await run("import { sum } from '@ws/lib'; sum.toUpperCase()")).value, "'TEXT'");
      },
      'app',
    ),

  'paths of the tsconfig.json are found when cells run, too': () =>
    inFolder(
      {
        'tsconfig.json': `{ "compilerOptions": { "paths": { "@/*": ["\${configDir}/src/*"], "one": ["./src/a.ts"] } } }`,
        'src/a.ts': "import { b } from '@/b'; export const a = b + 1;",
        'src/b.ts': 'export const b = 1;',
      },
      async (run) => {
        assert.is(
          (await run("import { a } from '@/a'; import { a as same } from 'one'; [a, same]")).value,
          '[ 2, 2 ]',
        );
      },
    ),

  'code that is nested too deeply fails or ends its cell, not the kernel': () =>
    inFolder({}, async (run) => {
      for (const code of [
        `${'('.repeat(30_000)}1${')'.repeat(30_000)}`,
        `1${'+1'.repeat(50_000)}`,
        '['.repeat(50_000),
      ]) {
        await run(code);
        assert.is((await run('1 + 1')).value, '2', code.slice(0, 5));
      }
    }),
});
