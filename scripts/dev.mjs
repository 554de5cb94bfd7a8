/**
 * Compiles on each save and reruns the suites that the change touches: those of test/fast.json that import a
 * changed file, directly or through others. Other suites that import it are named, but not run. Ends with Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';
import { completeDist, FOLDERS, sources, tsc } from './build.mjs';
import { filesOf, runTests, suiteOf } from './run-tests.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { runs, leavesOut } = JSON.parse(readFileSync(join(root, 'test', 'fast.json'), 'utf8'));

/** The text of every source, by its path from the root without .ts, with slashes. */
function readSources() {
  return new Map(
    FOLDERS.flatMap(sources).map((file) => [
      relative(root, file).replaceAll(sep, '/').replace(/\.ts$/, ''),
      readFileSync(file, 'utf8'),
    ]),
  );
}

/** The suites that import one of the changed files, directly or through others. */
function touched(files, changed) {
  const users = new Map();
  for (const [file, text] of files) {
    const modules = typescript.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
    for (const name of modules.filter((module) => module.startsWith('.'))) {
      const path = join(dirname(file), name).replaceAll(sep, '/');
      const used = files.has(path) ? path : `${path}/index`;
      users.set(used, [...(users.get(used) ?? []), file]);
    }
  }
  const found = new Set(changed);
  for (const file of found) for (const user of users.get(file) ?? []) found.add(user);
  return [...found]
    .filter((file) => file.endsWith('.test') && files.has(file))
    .map((file) => file.slice(0, -5));
}

let known;
async function afterCompiling() {
  completeDist();
  const files = readSources();
  const changed = known
    ? [...files].filter(([file, text]) => known.get(file) !== text).map(([file]) => file)
    : [];
  known = files;
  if (!changed.length) return console.log('waiting for a save (Ctrl-C ends)');
  const suites = touched(files, changed).sort();
  const fast = new Set(runs.flat().flatMap(filesOf).map(suiteOf));
  const runsNow = suites.filter((name) => fast.has(name) && !Object.hasOwn(leavesOut, name));
  const left = suites.filter((name) => !runsNow.includes(name));
  console.log(`\nchanged: ${changed.join(', ')}`);
  if (left.length) console.log(`not run here: ${left.join(' ')} (npm test -- NAME)`);
  if (runsNow.length) await runTests(runsNow);
  else console.log('no suite of test:fast imports that');
}

process.env.CONVLENS_BACKEND ??= 'wasm';
// Node 22 and later start faster with V8's compile cache.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../dist/.compile-cache', import.meta.url));
const watch = spawn(process.execPath, [tsc, '-p', root, '--watch', '--preserveWatchOutput'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let line = Promise.resolve();
let text = '';
watch.stdout.on('data', (data) => {
  process.stdout.write(data);
  text += data;
  const ends = [...text.matchAll(/Found (\d+) errors?\. Watching/g)];
  if (!ends.length) return;
  text = '';
  if (ends.at(-1)[1] === '0') line = line.then(afterCompiling).catch((error) => console.error(error.message));
});
watch.on('exit', (code) => {
  process.exitCode = code ?? 0;
});
