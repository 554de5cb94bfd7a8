import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, sep } from 'node:path';
import { preProcessFile } from 'typescript';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');

/** The text of every file of src and renderers, by its path from the root. */
const sources = new Map(
  ['src', 'renderers'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file): [string, string] => [
        `${folder}/${file.split(sep).join('/')}`,
        readFileSync(join(ROOT, folder, file), 'utf8'),
      ]),
  ),
);

/** Every import, import() and require of them, as [file, module]; a relative module as a path from the root. */
const imports = [...sources].flatMap(([file, text]) => {
  const imported = preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const required = [...text.matchAll(/\brequire(?:\.resolve)?\(\s*(['"`])([^'"`]+)\1/g)].map(([, , m]) => m!);
  return [...imported, ...required].map((m): [string, string] => [
    file,
    m.startsWith('.') ? posix.join(posix.dirname(file), m) : m,
  ]);
});

/** The files that use a module, each once. */
const users = (module: RegExp) =>
  [...new Set(imports.filter(([, name]) => module.test(name)).map(([file]) => file))].sort();

/** The files that use a module, but for those that may; fails where no file uses it at all. */
function others(module: RegExp, allowed: RegExp): string[] {
  const files = users(module);
  assert.ok(files.length > 0, `nothing uses ${module}: the rule guards nothing`);
  return files.filter((file) => !allowed.test(file));
}

/** The first circle of a graph, as a path that ends where it begins; empty if there is none. */
function circle(next: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const other of next.get(node) ?? []) {
      const found = visit(other, [...path, node]);
      if (found.length) return found;
    }
    done.add(node);
    return [];
  };
  for (const node of next.keys()) {
    const found = visit(node, []);
    if (found.length) return found;
  }
  return [];
}

suite('walls', {
  'there are imports to check, and required modules among them': () => {
    assert.ok(imports.length > 100);
    assert.ok(imports.some(([file, module]) => file === 'renderers/png/draw.ts' && module === 'vega'));
    assert.ok(imports.some(([file, module]) => file === 'src/pictures/decode.ts' && module === 'sharp'));
  },
  'every relative import is a file': () => {
    const lost = imports.filter(
      ([, module]) =>
        /^(src|renderers)\//.test(module) &&
        !sources.has(`${module.replace(/\.js$/, '')}.ts`) &&
        !sources.has(`${module}/index.ts`),
    );
    assert.equal(lost, []);
  },
  'no file imports itself, directly or through others': () => {
    const next = new Map<string, string[]>();
    for (const [file, module] of imports) {
      const target = `${module.replace(/\.js$/, '')}.ts`;
      if (sources.has(target)) next.set(file, [...(next.get(file) ?? []), target]);
    }
    assert.equal(circle(next), []);
  },
  'no folder imports itself through its siblings, at any depth': () => {
    // renderers is a room like those of src.
    const place = (path: string) => path.replace(/^renderers\//, 'src/renderers/').replace(/\.ts$/, '');
    const arrows = imports.flatMap(([file, module]): [string, string][] => {
      const target = module.replace(/\.js$/, '');
      return sources.has(`${target}.ts`) ? [[place(file), place(target)]] : [];
    });
    const folders = new Set(
      [...sources.keys()].flatMap((file) => {
        const parts = place(file).split('/').slice(0, -1);
        return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
      }),
    );
    for (const name of ['src', 'src/keras', 'src/keras/file', 'src/renderers']) assert.ok(folders.has(name));
    for (const folder of folders) {
      // What lies in the folder: its files, and each of its folders as a whole.
      const child = (path: string) =>
        path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined;
      const next = new Map<string, string[]>();
      for (const [file, target] of arrows) {
        const [from, to] = [child(file), child(target)];
        if (from && to && from !== to) next.set(from, [...new Set([...(next.get(from) ?? []), to])]);
      }
      assert.equal(circle(next), [], folder);
    }
  },
  'only renderers/png/draw.ts imports canvas': () =>
    assert.equal(users(/^canvas(\/|$)/), ['renderers/png/draw.ts']),
  'only src/keras, src/tensorflow and src/pictures import TensorFlow': () =>
    assert.equal(others(/^@tensorflow\//, /^src\/(keras|tensorflow|pictures)\/.*\.ts$/), []),
  "importing convlens in a cell reads no other package's types: TensorFlow's alone would take a quarter of a second":
    () => {
      const dist = join(ROOT, 'dist');
      const read = new Set<string>();
      const packages = new Set<string>();
      const visit = (file: string) => {
        if (read.has(file)) return;
        read.add(file);
        for (const { fileName } of preProcessFile(readFileSync(join(dist, file), 'utf8')).importedFiles) {
          if (fileName.startsWith('.')) visit(`${posix.join(posix.dirname(file), fileName)}.d.ts`);
          else packages.add(fileName);
        }
      };
      visit('src/index.d.ts');
      assert.ok(read.size > 10);
      assert.equal([...packages], []);
    },
  'only src/atlas/queue imports BullMQ and its client': () =>
    assert.equal(others(/^(bullmq|ioredis)(\/|$)/, /^src\/atlas\/queue\//), []),
  'only src/jupyter/sockets.ts and the thread that it starts import ZeroMQ': () =>
    assert.equal(users(/^zeromq(\/|$)/), ['src/jupyter/heartbeat-thread.ts', 'src/jupyter/sockets.ts']),
  'only src/pictures imports sharp, to read and to write': () =>
    assert.equal(users(/^sharp(\/|$)/), ['src/pictures/decode.ts', 'src/pictures/encode.ts']),
  'only the keras folder reads HDF5 and ZIP': () =>
    assert.equal(others(/^(h5wasm|@zip\.js)(\/|$)/, /^src\/keras\//), []),
  'renderers import only plain data from src, and what writes a saved figure': () => {
    const crossing = imports.filter(
      ([file, module]) =>
        file.startsWith('renderers/') &&
        module.startsWith('src/') &&
        !/^src\/(maps\/.*|pictures\/(pixels|resample)|bytes\/(crc32|join-bytes)|checks\/(check-kinds|value-name)|errors)$/.test(
          module,
        ) &&
        !(file === 'renderers/save.ts' && /^src\/files\/whole-file$/.test(module)),
    );
    assert.equal(crossing, []);
  },
  'that plain data imports only itself': () => {
    const plain = /^src\/(maps\/.*|pictures\/(pixels|resample)|checks\/.*|errors)$/;
    const crossing = imports.filter(
      ([file, module]) => plain.test(file.replace(/\.ts$/, '')) && !plain.test(module),
    );
    assert.equal(crossing, []);
  },
  'renderers import nothing from Node, except those that draw with canvas, save, or make a page': () => {
    const node = imports.filter(
      ([file, module]) =>
        file.startsWith('renderers/') &&
        !/^renderers\/(page|node|save|png\/draw)\.ts$/.test(file) &&
        (module.startsWith('node:') || builtinModules.includes(module)),
    );
    assert.equal(node, []);
  },
  'files are written whole, in one place; elsewhere only what is new or can be made again': () => {
    const writing = [...sources].filter(([, text]) =>
      /(?<!printer\.)\b(writeFile|createWriteStream|appendFile|renameSync)/.test(text),
    );
    assert.equal(writing.map(([file]) => file).sort(), [
      'src/cli/lock.ts',
      'src/files/whole-file.ts',
      'src/kernel/checker/project.ts',
      'src/kernel/install.ts',
      'src/notebook/client.ts',
      'src/tensorflow/backend.ts',
    ]);
  },
  'time is measured by a monotonic clock; the wall clock is only for dates of messages and of logs': () => {
    const reading = [...sources].filter(([, text]) => /\bDate\.now\b|\bnew Date\b/.test(text));
    assert.equal(
      reading.map(([file]) => file),
      ['src/atlas/log.ts', 'src/jupyter/wire.ts'],
    );
  },
  "only one file finds tslab's modules; src/jupyter/kernelspec.ts finds its command's path": () =>
    assert.equal(users(/^(tslab|@tslab\/.*)(\/|$)/), [
      'src/jupyter/kernelspec.ts',
      'src/kernel/engine/tslab.ts',
    ]),
  'TypeScript is started by one file; swc and acorn are used in src/javascript only': () => {
    assert.equal(users(/^typescript(-7)?(\/|$)/), [
      'src/cli/doctor.ts',
      'src/kernel/checker/language-server.ts',
      'src/kernel/kernel-info.ts',
    ]);
    assert.equal(others(/^(@swc\/core|acorn)$/, /^src\/javascript\//), []);
  },
  'what rewrites JavaScript needs no Node': () => {
    const node = imports.filter(
      ([file, module]) =>
        /^src\/javascript\/(edits|references|rewrite)\.ts$/.test(file) &&
        !module.startsWith('src/javascript/'),
    );
    assert.equal(node, []);
  },
  "only these files use tslab's internals (its global, its files) without an import": () => {
    const looking = [...sources]
      .filter(([, text]) => /__tslab__|tslab(\[[^\]]+\]|\/)dist/.test(text))
      .map(([file]) => file)
      .filter((file) => !file.startsWith('src/kernel/engine/'));
    assert.equal(looking, ['src/cell/front-end.ts']);
  },
});
