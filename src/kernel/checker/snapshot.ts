import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A type checker takes a second to start: it loads TypeScript, reads the types of Node and binds their symbols. Since
 * this is the same each time, set-up does it once and keeps the resulting memory in a startup snapshot of Node (about
 * 50 MB). A checker starts from it in a quarter of a second. A snapshot fits one version of Node and one of tslab; if
 * none fits, the checker starts in a thread, without a snapshot.
 */

const HERE = __dirname;
/** Without the user's NODE_OPTIONS: V8 flags in it would make the snapshot unusable. */
const ENVIRONMENT = { ...process.env, NODE_OPTIONS: '' };
/**
 * glibc raises this limit of its own (128 kB) as a program frees larger pieces, and then keeps what V8's compilers
 * freed: up to 80 MB over 1,000 cells.
 */
const TRIM_BYTES = '131072';
/**
 * Each cell leaves a program of TypeScript's behind. V8 would let that garbage double the memory before it collects; and
 * it would compile the function in which all of TypeScript's checker lies, which takes 130 MB for a moment that malloc
 * keeps, for a call that takes 2 ms. A snapshot runs with the flags it was made with only.
 */
const FLAGS = ['--heap-growing-percent=40', '--max-optimized-bytecode-size=20000'];
const LONGEST_MS = 120_000;

/** tslab's folder of modules. */
export function tslabFolder(): string {
  return dirname(require.resolve('tslab'));
}

/** Where this Node's snapshot is kept: beside tslab, so that it goes when tslab does. */
export function snapshotFile(): string {
  const packages = join(tslabFolder(), '..', '..');
  const hash = createHash('sha256');
  const versions = ['tslab', '@tslab/typescript-for-tslab'].map((name) =>
    join(packages, name, 'package.json'),
  );
  const scripts = readdirSync(HERE).filter((name) => name.endsWith('.js'));
  for (const file of [...versions.filter(existsSync), ...scripts.sort().map((name) => join(HERE, name))]) {
    hash.update(readFileSync(file));
  }
  const key = hash.digest('hex').slice(0, 12);
  return join(packages, '.convlens', `checker-${process.version}-${process.arch}-${key}.blob`);
}

/** Starts the process that goes on from the snapshot; nothing when there is none, or `CONVLENS_CHECKER=thread`. */
export function startSnapshot(): ChildProcess | undefined {
  const file = snapshotFile();
  if (process.env['CONVLENS_CHECKER'] === 'thread' || !existsSync(file)) return undefined;
  // The title in a list of processes.
  return spawn(process.execPath, [...FLAGS, '--snapshot-blob', file, 'convlens-checker', process.cwd()], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...ENVIRONMENT, MALLOC_TRIM_THRESHOLD_: TRIM_BYTES },
  });
}

/**
 * Makes the snapshot, in 4 s or so, and removes those that this Node no longer uses.
 *
 * @throws when its folder cannot be written, or Node cannot make one
 */
export async function buildSnapshot(): Promise<void> {
  const file = snapshotFile();
  const folder = dirname(file);
  const beside = `${file}.${process.pid}`;
  const script = `${beside}.js`;
  const args = [...FLAGS, '--no-warnings', '--snapshot-blob', beside, '--build-snapshot', script];
  // In the project's folder its own `convlens` is found, whose types the first cells import.
  const options = { cwd: join(folder, '..', '..'), timeout: LONGEST_MS, env: ENVIRONMENT };
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(script, builder());
    await promisify(execFile)(process.execPath, args, options);
    renameSync(beside, file);
  } finally {
    for (const left of [beside, script]) rmSync(left, { force: true });
  }
  for (const name of readdirSync(folder)) {
    const old = name.startsWith(`checker-${process.version}-${process.arch}-`) && name !== basename(file);
    if (old) rmSync(join(folder, name), { force: true });
  }
}

/** The one script that Node runs to make a snapshot: it cannot load another but by our loader, which it holds. */
function builder(): string {
  const loader = readFileSync(join(HERE, 'module-loader.js'), 'utf8');
  const [snapshot, dist] = [join(HERE, 'process.js'), tslabFolder()].map((path) => JSON.stringify(path));
  return `const exports = {};\n${loader}
const loader = new exports.ModuleLoader();
loader.load(${snapshot}).build(loader, ${dist});\n`;
}
