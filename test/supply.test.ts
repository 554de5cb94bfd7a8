import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
  integrity?: string;
  resolved?: string;
}

const manifest = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const { '': self, ...locked } = lock.packages;
const runtime: string[] = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
const development: string[] = Object.keys(manifest.devDependencies);
const page = read('docs/dependencies.md');

/** Every module that the files of some folders name in quotes. */
function named(...folders: string[]): Set<string> {
  const texts = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes('fixtures'))
      .map((file) => read(join(folder, file))),
  );
  const modules = texts.flatMap((text) => [
    ...text.matchAll(/['"`]((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^'"`\n]*)?['"`]/g),
  ]);
  return new Set(modules.map(([, module]) => module!));
}

/** What is published as bundles in dist/live, with the packages that it imports. */
const BUNDLED = ['src/live/engine', 'src/live/page'];

/** Imported or required packages of the sources, without Node's own. */
function imported(): Set<string> {
  const texts = ['src', 'renderers'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(join(folder, file))),
  );
  const pattern =
    /(?:^(?:import|export)[^'"`]*?from |\bimport\(|\brequire(?:\.resolve)?\()\s*['"]([^'".][^'"]*)['"]/gm;
  const names = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name));
  const packages = names.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name!)![0]);
  return new Set(packages.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)));
}

/** Licences that ask for no more than to be named; all others are in `EXCEPTIONS`, with docs/dependencies.md. */
const ALLOWED =
  /^(MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|Unlicense|Python-2\.0|BlueOak-1\.0\.0)$/;

const EXCEPTIONS: Record<string, string> = {
  'dejavu-fonts-ttf': 'SEE LICENSE IN README.md AND LICENSE',
  h5wasm: 'SEE LICENSE IN LICENSE.txt',
  zeromq: 'MIT AND MPL-2.0',
  '@img/sharp-libvips-*': 'LGPL-3.0-or-later',
  '@img/sharp-wasm32': 'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
  '@img/sharp-win32-*': 'Apache-2.0 AND LGPL-3.0-or-later',
};

/** Whether an SPDX expression of AND and OR leaves a choice that is allowed. */
function allows(expression = ''): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((licence) => ALLOWED.test(licence)));
}

const nameOf = (path: string) => path.split('node_modules/').at(-1)!;

suite('dependencies', {
  'each runtime dependency is used by the published code': () => {
    const used = named('src', 'renderers', 'scripts/setup');
    assert.equal(
      runtime.filter((name) => !used.has(name)),
      [],
    );
  },
  'each development dependency is used by tests or scripts, or has types of one that is': () => {
    const used = new Set([
      ...named('test', 'scripts', ...BUNDLED),
      ...JSON.parse(read('typedoc.json')).plugin,
    ]);
    const commands = Object.values<string>(manifest.scripts).join(' ');
    const unused = development.filter((name) => {
      if (name.startsWith('@types/')) return ![...runtime, ...development, 'node'].includes(name.slice(7));
      const { bin = {} } = JSON.parse(read(`node_modules/${name}/package.json`));
      return !used.has(name) && !Object.keys(bin).some((program) => commands.includes(program));
    });
    assert.equal(unused, []);
  },
  'every imported package is named in package.json': () => {
    const names = imported();
    assert.ok(names.size > 10);
    const inBundles = named(...BUNDLED);
    for (const name of development) if (inBundles.has(name)) names.delete(name);
    // BullMQ and its client are installed by those who use a queue.
    for (const name of Object.keys(manifest.peerDependencies)) names.delete(name);
    assert.equal(
      [...names].filter((name) => !runtime.includes(name)),
      [],
    );
  },
  'each dependency is pinned to one version': () => {
    const ranges = Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    });
    assert.equal(
      ranges.filter(([, range]) => !/^(npm:[\w-]+@)?\d+\.\d+\.\d+$/.test(range as string)),
      [],
    );
  },
  'the lockfile names no registry, has a hash for each package, and fits package.json': () => {
    const entries = Object.entries(locked);
    assert.ok(entries.length > 200);
    assert.equal(
      entries
        .filter(([, { resolved, integrity }]) => resolved || !integrity?.startsWith('sha512-'))
        .map(([path]) => path),
      [],
    );
    for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies']) {
      assert.equal((self as unknown as Record<string, unknown>)[kind], manifest[kind]);
    }
  },
  'each package that is installed with convlens has a licence of the list in docs/dependencies.md': () => {
    const installed = Object.entries(locked).filter(([, { dev }]) => !dev);
    assert.ok(installed.length > 200);
    const excepted = (name: string, license?: string) =>
      Object.entries(EXCEPTIONS).some(
        ([pattern, text]) =>
          (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern) &&
          license === text,
      );
    const others = installed
      .filter(([path, { license }]) => !allows(license) && !excepted(nameOf(path), license))
      .map(([path, { license }]) => `${nameOf(path)}: ${license}`);
    assert.equal(others, []);
    for (const licence of ALLOWED.source.replace(/[\^$()\\]/g, '').split('|')) assert.match(page, licence);
    for (const name of Object.keys(EXCEPTIONS)) assert.match(page, `\`${name}\``);
  },
  'a package that is only in the bundles of pages is imported nowhere else, and named with its licence'() {
    const elsewhere = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/^live.(engine|page)./.test(file))
      .map((file) => read(join('src', file)));
    // The name of a transform is also a package's.
    const bundled = [...named(...BUNDLED)].filter(
      (name) => name !== 'typescript' && development.includes(name),
    );
    assert.ok(bundled.length > 5);
    for (const name of bundled) {
      assert.not.ok(
        elsewhere.some((text) => text.includes(`'${name}'`)),
        name,
      );
      assert.match(page, `\`${name}\``);
    }
    const licences = read('dist/live/LICENCES.txt');
    for (const name of ['sucrase', '@codemirror/view', '@tensorflow/tfjs-core', 'vega', 'style-mod'])
      assert.match(licences, new RegExp(`^${name} \\d`, 'm'));
  },
  'docs/dependencies.md says of each runtime dependency what it is for': () => {
    const listed = [...page.matchAll(/^\| `([^`]+)` +\| [^|]*\| [^|]*\|$/gm)].map(([, name]) => name);
    assert.equal(
      runtime.filter((name) => !listed.includes(name)),
      [],
    );
  },
});
