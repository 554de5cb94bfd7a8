/**
 * Runs test suites, each file in a process of its own (two at a time), and ends with
 * `N passed, N failed`. All suites together share processes where test/fast.json says so. A file that crashes, hangs, skips a test or declares none counts as failed.
 *
 * usage: node scripts/run-tests.mjs [--serial] [--timeout SECONDS] FOLDER|FILE ...
 * A folder stands for the *.test.js right inside dist/<folder> and below, except test/jupyter and the
 * other folders that have a command of their own; name those to run them.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The suites that take longest start first: none of them runs alone at the end. */
const LONGEST = ['test/notebook/kept', 'test/docs/examples', 'test/atlas/workers', 'test/cli/doctor'];
const OWN_COMMAND = ['deno', 'jupyter', 'lab', 'agreement', 'nodes', 'queue'];

/**
 * @param {string} name a folder or suite, such as test/maps
 * @returns {string[]} the compiled files of its suites, sorted
 * @throws {Error} when there is none
 */
export function filesOf(name) {
  const path = join(root, 'dist', name);
  if (existsSync(`${path}.test.js`)) return [`${path}.test.js`];
  if (!existsSync(path)) throw new Error(`Cannot run ${name}: dist has no such tests.`);
  if (statSync(path).isFile()) return [path];
  const named = name.split('/');
  return readdirSync(path, { recursive: true })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => !OWN_COMMAND.some((own) => file.split(sep).includes(own) && !named.includes(own)))
    .map((file) => join(path, file))
    .sort();
}

/** Several files in one process; test/suite.ts puts the name of each before what it calls its suites. */
const REQUIRE_ALL = `const { argv } = process;
for (let i = 1; i < argv.length; i += 2) {
  globalThis.suiteFile = argv[i];
  require(argv[i + 1]);
}`;

/** Runs a program to its end, and keeps what it prints. */
function run(args, seconds) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    // On SIGTERM a file that still responds names the test that does not end.
    const timers = [
      setTimeout(() => {
        output += `\nno end after ${seconds} s: ended\n`;
        child.kill();
      }, seconds * 1000),
      setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + 5000),
    ];
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('close', (code) => {
      timers.forEach(clearTimeout);
      resolve({ code, output });
    });
  });
}

/** Runs files in one process. uvu's summary is read from what it prints; nothing else says how many tests ran. */
async function runFiles(files, seconds) {
  const program =
    files.length === 1 ? files : ['-e', REQUIRE_ALL, ...files.flatMap((file) => [suiteOf(file), file])];
  const { code, output } = await run(['--enable-source-maps', ...program], seconds);
  const count = (word) =>
    [...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce(
      (sum, m) => sum + Number(m[1]),
      0,
    );
  const total = count('Total');
  const passed = Math.max(count('Passed') - count('Skipped'), 0);
  const broken = total === 0 || (code !== 0 && passed === total);
  return { output, passed, failed: total - passed + (broken ? 1 : 0) };
}

/** Runs a script that counts as one test. */
async function runScript(args, seconds) {
  const { code, output } = await run(args, seconds);
  return { output, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

/** The failed tests of a file, as uvu names them; without any, that the file itself failed. */
function failures(output) {
  const named = [...output.matchAll(/^\s+FAIL\s+(.+)$/gm)].map(([, name]) => name);
  return named.length ? named : ['it failed, crashed or ran no test'];
}

/** The name of a file's suite, such as test/maps/grid. */
export const suiteOf = (file) =>
  relative(join(root, 'dist'), file)
    .replaceAll(sep, '/')
    .replace(/\.test\.js$/, '');

/**
 * @param {string[]} names of suites or folders
 * @param {object} options
 * @param {string[]} options.before earlier failures, such as lint: each counts as one
 * @returns {Promise<boolean>} whether everything passed
 */
export function runTests(names, options) {
  return runProcesses(names.flatMap(suitesOf), options);
}

/**
 * The suites that need no kernel, no browser and no native TensorFlow: each list of `runs` in test/fast.json shares one
 * process, and the lists take about the same time. There are few processes, since each loads TensorFlow.js or Vega and has
 * V8 compile it anew.
 *
 * @returns {Process[]}
 */
export function fastSuites() {
  const { runs, leavesOut } = JSON.parse(readFileSync(join(root, 'test', 'fast.json'), 'utf8'));
  const names = runs.flat();
  /** Whether a suite runs by this name: it is not left out, and no longer name of the list covers it. */
  const isRun = (suite, name) =>
    !Object.hasOwn(leavesOut, suite) &&
    !names.some((other) => other.length > name.length && `${suite}/`.startsWith(`${other}/`));
  return runs.map((group) => ({
    title: group.join(' '),
    files: group.flatMap((name) => filesOf(name).filter((file) => isRun(suiteOf(file), name))),
  }));
}

/** @returns {Process[]} a process for each suite of a name, the longest first; of `test` the fast ones share processes */
export function suitesOf(name) {
  const shared = name === 'test' ? fastSuites() : [];
  const files = shared.flatMap((one) => one.files);
  const single = filesOf(name).filter((file) => !files.includes(file));
  const rank = ({ title }) => (LONGEST.includes(title) ? LONGEST.indexOf(title) : LONGEST.length);
  return [...shared, ...single.map((file) => ({ title: suiteOf(file), files: [file] }))].sort(
    (a, b) => rank(a) - rank(b),
  );
}

/**
 * @typedef {object} Process
 * @property {string} title
 * @property {string[]} [files] suites that run in one process
 * @property {string[]} [script] or a script with its arguments, which counts as one test and whose output is shown
 * @property {Promise<unknown>} [after] what must be there first
 */

/**
 * @param {Process[]} processes
 * @param {object} options as those of `runTests`
 * @param {number} options.lanes how many run at a time
 * @returns {Promise<boolean>} whether everything passed
 */
export function runProcesses(processes, { serial = false, lanes = 2, ...options } = {}) {
  return runLanes(Array(serial ? 1 : lanes).fill([...processes]), options);
}

/**
 * Runs a process of each lane at a time. A lane that is through goes on with the one that has most left.
 *
 * @param {Process[][]} lanes changed in place
 * @param {object} options as those of `runTests`
 * @returns {Promise<boolean>} whether everything passed
 */
export async function runLanes(lanes, { timeout = 600, before = [] } = {}) {
  const wrong = before.map((what) => `✗ ${what}`);
  let passed = 0;
  let failed = before.length;
  const take = (own) => (own.length ? own : lanes.reduce((a, b) => (b.length > a.length ? b : a))).shift();
  const runOne = async ({ files, script, after }) => {
    try {
      await after;
    } catch (error) {
      return { output: error.message, passed: 0, failed: 1 };
    }
    // A script does the work of many suites.
    return script ? runScript(script, 4 * timeout) : runFiles(files, timeout);
  };
  const runAll = async (own) => {
    for (let one = take(own); one; one = take(own)) {
      const started = performance.now();
      const { title, files } = one;
      const result = await runOne(one);
      passed += result.passed;
      failed += result.failed;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(
        `${result.failed ? '✗' : '✓'} ${title}  ${result.passed} passed${result.failed ? `, ${result.failed} failed` : ''}  ${seconds} s`,
      );
      if (result.failed || one.script) console.log(result.output);
      if (!result.failed) continue;
      const of = files?.length > 1 ? '' : `${title}: `;
      wrong.push(...failures(result.output).map((name) => `✗ ${of}${name}`));
    }
  };
  await Promise.all(lanes.map(runAll));
  if (wrong.length) console.log(`\n${wrong.join('\n')}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { timeout: { type: 'string', default: '600' }, serial: { type: 'boolean', default: false } },
  });
  const names = positionals.length ? positionals : ['test'];
  process.exitCode = (await runTests(names, { timeout: Number(values.timeout), serial: values.serial }))
    ? 0
    : 1;
}
