import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { findKernel } from '../../src/jupyter/kernelspec';
import { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';
import { inKernel, start } from './cells';

/** Cells one after the other, each with what it prints. */
async function prints(cells: [string, string][]): Promise<void> {
  await inKernel('convlens', async (kernel) => {
    for (const [code, printed] of cells) {
      const ran = await start(kernel, code);
      assert.is(ran.reply['status'], 'ok', `${code}: ${JSON.stringify(ran.reply)}`);
      assert.is(ran.text(), printed, code);
    }
  });
}

suite('convlens kernel: the language across cells', {
  'a shorthand property refers to the variable of an earlier cell': () =>
    prints([
      ['const layers = [1, 2]; let count = 3; function twice(x: number) { return 2 * x; }', ''],
      ['console.log(JSON.stringify({ layers, count }))', '{"layers":[1,2],"count":3}\n'],
      ['const made = { twice, layers }; console.log(made.twice(4), made.layers.length)', '8 2\n'],
      ['{ const layers = "inner"; console.log({ layers }.layers) }', 'inner\n'],
      ['({ layers: [count = 9] = [5] } = { layers: [] as number[] }); console.log(count)', '9\n'],
      ['({ count } = { count: 4 }); console.log(count)', '4\n'],
      ['({ count = 6 } = {} as { count?: number }); console.log(count)', '6\n'],
    ]),

  'a cell can define a module; its errors are reported': () =>
    inKernel('convlens', async (kernel) => {
      await start(kernel, '/** @module half */ export const half = (n: number) => n / 2;');
      assert.is((await start(kernel, 'import { half } from "./half"; console.log(half(8))')).text(), '4\n');
      await start(kernel, '/** @module half */ export const half = (n: number) => n / 2 + 1;');
      assert.is((await start(kernel, 'import { half } from "./half"; console.log(half(8))')).text(), '5\n');
      const { reply } = await start(kernel, '/** @module bad */\nexport const n: number = "text";');
      assert.is(reply['evalue'], "TS2322: Type 'string' is not assignable to type 'number'.");
    }),

  'destructuring, renaming and redeclaring': () =>
    prints([
      ['const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5, g: 6 };', ''],
      ['console.log(a, c, d, e)', '1 2 [ 3, 4 ] { f: 5, g: 6 }\n'],
      ['let [a, c] = ["text", true];', ''],
      ['console.log(a.toUpperCase(), !c, d.length)', 'TEXT false 2\n'],
      ['import { join as glue } from "path"; console.log(glue("x", "y"))', 'x/y\n'],
      ['console.log(glue("x", "z"))', 'x/z\n'],
    ]),

  'functions close over variables that later cells assign': () =>
    prints([
      [
        'let step = 1; const next = (x: number) => x + step; function far(x: number) { return next(x) + step; }',
        '',
      ],
      ['step = 10; console.log(next(1), far(1))', '11 21\n'],
      ['let total = 0; const add = (x: number) => { total += x; };', ''],
      ['add(2); add(3); console.log(total)', '5\n'],
      ['total = 100; add(1); console.log(total)', '101\n'],
      ['let [left, { right }] = [1, { right: 2 }]; var sum = () => left + right;', ''],
      ['[left] = [5]; right++; console.log(sum(), left, right)', '8 5 3\n'],
      // Declared anew it is another variable: the old functions keep theirs.
      ['let step = "new"; console.log(step, next(1))', 'new 11\n'],
      ['step = "newer"; console.log(step, next(1))', 'newer 11\n'],
      ['let unset: number; const get = () => unset;', ''],
      ['unset = 3; console.log(get())', '3\n'],
      ['let slow = await Promise.resolve(1); const see = () => slow;', ''],
      ['slow = 2; console.log(see())', '2\n'],
    ]),

  'exports, classes, enums, generics and decorated types': () =>
    prints([
      ['export const shared = 1; export function plus(x: number) { return x + shared; }', ''],
      ['console.log(plus(1))', '2\n'],
      ['export default function named(x: number) { return -x }', ''],
      ['console.log(named(2).toFixed())', '-2\n'],
      [
        'export class Layer<T> { #units = 3; static made = 0; constructor(readonly of: T) { Layer.made++; } get units() { return this.#units; } }',
        '',
      ],
      [
        'class Dense extends Layer<string> { override get units() { return super.units + 1; } } const dense = new Dense("x");',
        '',
      ],
      ['console.log(dense.units, dense.of, Layer.made, dense instanceof Layer)', '4 x 1 true\n'],
      ['enum Mode { Fast = 2, Slow } type Pair<T> = [T, T]; interface Named { name: string }', ''],
      [
        'const pair: Pair<Named> = [{ name: "l" }, { name: "r" }]; console.log(Mode.Slow, pair[1].name)',
        '3 r\n',
      ],
      ['import type { Stats } from "fs"; let stats: Stats | undefined; console.log(stats)', 'undefined\n'],
    ]),

  'what a cell declares globally, or adds to a module, is there for later cells until it is declared anew':
    () =>
      prints([
        [
          'declare global { interface Array<T> { second(): T } var shared: number } Array.prototype.second = function () { return this[1] }; globalThis.shared = 7;',
          '',
        ],
        ['console.log([3, 4].second().toFixed(), shared.toFixed())', '4 7\n'],
        ['declare module "node:fs" { interface Stats { mine: 1 } } import { Stats } from "node:fs";', ''],
        ['let stats = {} as Stats; console.log(stats.mine, [3, 4].second())', 'undefined 4\n'],
        ['declare global { interface Array<T> { second(): string } var shared: string } shared = "s";', ''],
        ['console.log(shared.toUpperCase())', 'S\n'],
        [
          'declare const shared: string; declare function fetch(): void; console.log(shared, typeof fetch)',
          's function\n',
        ],
        ['declare const shared: string; console.log(shared, typeof fetch)', 's function\n'],
        ['console.log(shared, typeof fetch)', 's function\n'],
      ]),

  'every loop and form of await': () =>
    prints([
      ['async function* counted(n: number) { for (let i = 0; i < n; i++) { await null; yield i; } }', ''],
      ['for await (const i of counted(3)) console.log(i)', '0\n1\n2\n'],
      ['const all: number[] = []; for await (const i of counted(2)) { all.push(i); }', ''],
      ['console.log(all, await (Promise.resolve(5)), (await [Promise.resolve(1)]).length)', '[ 0, 1 ] 5 1\n'],
      ['const [p, q] = await Promise.all([1, Promise.resolve(2)]); console.log(p + q)', '3\n'],
      [
        'try { await Promise.reject(new Error("no")); } catch (error) { console.log((error as Error).message); }',
        'no\n',
      ],
      ['const { sep } = await import("path"); console.log(sep)', '/\n'],
    ]),

  'a module that was missing is found once it exists': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-late-'));
    const kernel = await KernelClient.start(findKernel('convlens'), { cwd: folder });
    const code =
      'import { value } from "./sub/late"; import { part } from "late-package"; console.log(value + part)';
    try {
      const early = await start(kernel, code);
      assert.match(String(early.reply['evalue']), /Cannot find module '.\/sub\/late'/);
      const installed = join(folder, 'node_modules', 'late-package');
      for (const path of [join(folder, 'sub'), installed]) mkdirSync(path, { recursive: true });
      writeFileSync(join(folder, 'sub', 'late.ts'), 'export const value: number = 40;\n');
      writeFileSync(join(installed, 'index.d.ts'), 'export declare const part: number;\n');
      writeFileSync(join(installed, 'index.js'), 'exports.part = 2;\n');
      writeFileSync(join(installed, 'package.json'), '{ "name": "late-package", "main": "index.js" }');
      assert.is((await start(kernel, code)).text(), '42\n');
    } finally {
      await kernel.shutdown();
      rmSync(folder, { recursive: true });
    }
  },

  'an edited local module is reloaded at once, with its types': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convlens-local-'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'dir');
    const kernel = await KernelClient.start(findKernel('convlens'), { cwd: folder });
    try {
      const text = async (code: string) => {
        const ran = await start(kernel, code);
        return ran.text() + (ran.reply['status'] === 'ok' ? '' : String(ran.reply['evalue']));
      };
      writeFileSync(join(folder, 'inner.ts'), 'export const base: number = 1;\n');
      writeFileSync(
        join(folder, 'local.ts'),
        'import { base } from "./inner";\nexport const value: number = base + 1;\n',
      );
      assert.is(await text('import { value } from "./local"; console.log(value)'), '2\n');
      writeFileSync(join(folder, 'local.ts'), 'export const value: string = "edited";\n');
      assert.is(await text('import { value } from "./local"; console.log(value.toUpperCase())'), 'EDITED\n');
      writeFileSync(
        join(folder, 'local.ts'),
        'import { base } from "./inner";\nexport const value: number = base + 2;\n',
      );
      assert.is(await text('import { value } from "./local"; console.log(value)'), '3\n');
      writeFileSync(join(folder, 'inner.ts'), 'export const base: number = 40;\n');
      assert.is(await text('import { value } from "./local"; console.log(value)'), '42\n');
    } finally {
      await kernel.shutdown();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
