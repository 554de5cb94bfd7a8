/**
 * Compiles src, renderers and test into dist, unless dist was compiled from the same sources. A hash of names and
 * contents decides, since file times say nothing in a fresh checkout or a copied tree.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.sources');
/** The compiler's program. */
export const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
/** The folders that are compiled. */
export const FOLDERS = ['src', 'renderers', 'test'];

/** @returns {string[]} the paths of the sources below `folder`, sorted */
export function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hashSources() {
  const hash = createHash('sha256');
  const files = [join(root, 'tsconfig.json'), join(root, 'package.json')];
  for (const file of [...files, ...FOLDERS.flatMap(sources)]) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * Compiles what has changed.
 *
 * @returns {boolean} whether anything was compiled
 * @throws {Error} when the compiler reports errors, which it has printed
 */
export function build() {
  const hash = hashSources();
  const last = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (last === hash) return false;
  // Without a stamp, dist may lack files that the compiler's incremental state lists as written.
  if (!last) rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
  if (status !== 0) throw new Error('Cannot build convlens: the compiler found the errors above.');
  completeDist(hash);
  return true;
}

/** The steps after the compiler has written dist. */
export function completeDist(hash = hashSources()) {
  removeOrphans();
  bundleCore();
  bundleLive();
  writeFileSync(stamp, hash);
}

/** Removes compiled files whose source is gone. */
function removeOrphans() {
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(root, 'dist', folder), { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      const source = join(root, relative(join(root, 'dist'), file)).replace(
        /(\.d\.ts|\.js|\.js\.map)$/,
        '.ts',
      );
      if (entry.isFile() && source.endsWith('.ts') && !existsSync(source)) rmSync(file);
    }
  }
}

/** `convlens/core` as one module for browsers; test/core.test.ts checks that it needs nothing of Node. */
function bundleCore() {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  buildSync({
    entryPoints: [join(root, 'src', 'core.ts')],
    outfile: join(root, 'dist', 'core.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
  writeFileSync(join(root, 'dist', 'core.d.mts'), "export * from './src/core.js';\n");
}

/** What of Node the libraries name and, in a browser, never load. */
const OF_NODE = ['fs', 'path', 'crypto', 'util', 'worker_threads', 'perf_hooks', 'string_decoder'];

/** The scripts of pages that run: of their worker, and of the pages themselves, whose code knows a browser's types. */
function bundleLive() {
  const live = join(root, 'src', 'live');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(live, 'page')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('Cannot build the live pages: the compiler found the errors above.');
  const nothing = join(live, 'engine', 'nothing.ts');
  const { metafile } = createRequire(import.meta.url)('esbuild').buildSync({
    absWorkingDir: root,
    entryPoints: {
      engine: join(live, 'engine', 'main.ts'),
      explorer: join(live, 'page', 'explorer.ts'),
      boot: join(live, 'page', 'boot.ts'),
      frame: join(live, 'page', 'frame.ts'),
      notebook: join(live, 'page', 'notebook.ts'),
      atlas: join(root, 'src', 'atlas', 'page', 'main.ts'),
    },
    outdir: join(root, 'dist', 'live'),
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    mainFields: ['module', 'browser', 'main'],
    alias: Object.fromEntries(OF_NODE.map((name) => [name, nothing])),
    minify: true,
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(root, 'dist', 'live', 'LICENCES.txt'), licencesOf(Object.keys(metafile.inputs)));
}

/** Packages that pages carry as they are published. */
const WHOLE = ['vega', 'vega-lite', 'vega-embed', 'vega-interpreter'].map((name) => `node_modules/${name}/x`);

/** The licences of all packages that some files belong to; one that several share stands once. */
function licencesOf(files) {
  const names = new Map();
  for (const file of [...files, ...WHOLE]) {
    const [folder, name] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
    if (!folder) continue;
    const { version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const text = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
    const words = text ? readFileSync(join(root, folder, text), 'utf8').trim() : `License: ${license}`;
    names.set(words, new Set([...(names.get(words) ?? []), `${name} ${version}`]));
  }
  return [...names]
    .map(([text, who]) => `${[...who].sort().join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(72)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(build() ? 'built dist' : 'dist is up to date');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
