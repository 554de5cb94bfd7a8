/**
 * Everything that is not a long run, from a fresh clone on: the tutorial, format and lint, the suites of `npm test`,
 * test:queue, test:lab, test:jupyter and test:deno, test:package, and short runs of test:leaks and fuzz.
 *
 * usage: npm run test:all
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDeno } from './deno.mjs';
import { runLanes, suitesOf } from './run-tests.mjs';
import { prepareJupyter } from './test-jupyter.mjs';
import { prepareLab } from './test-lab.mjs';
import { prepareQueue } from './test-queue.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What uses both processors by itself: one of them runs at a time. */
const HEAVY = ['test/notebook/kept', 'test/docs/examples', 'test/atlas/workers'];

/** What the README tells a user to do first. */
function tutorial() {
  return new Promise((resolve, reject) => {
    const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };
    spawn('npm', ['run', 'tutorial'], options)
      .once('error', reject)
      .once('close', (code) => (code === 0 ? resolve() : reject(new Error('The tutorial failed.'))));
  });
}

/** Suites that need something first. A failure is theirs to tell. */
function suitesAfter(name, after) {
  after.catch(() => {});
  return suitesOf(name).map((one) => ({ ...one, after }));
}

const script = (title, file, ...args) => ({ title, script: [join(root, file), ...args] });

try {
  const jupyter = prepareJupyter();
  jupyter.catch(() => {});
  await tutorial();
  const deno = ensureDeno().then((path) => (process.env.CONVLENS_DENO = path));
  // Debian installs for one process at a time.
  const queue = prepareQueue();
  const lab = queue.catch(() => {}).then(prepareLab);
  const heavy = [
    ...HEAVY.flatMap(suitesOf),
    ...suitesAfter('test/queue', queue),
    { ...script('test:package', 'scripts/test-package.mjs'), after: deno },
    script('test:leaks', 'scripts/leaks.mjs', '--runs', '60', '--loads', '20'),
    // The same cases each time; seeds that nobody has tried are for the long runs by hand.
    script('fuzz', 'scripts/fuzz.mjs', '--seconds', '20', '--seed', '8'),
  ];
  const others = [
    ...suitesOf('test').filter(({ title }) => !HEAVY.includes(title)),
    ...suitesAfter('test/deno', deno),
    script('format and lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'),
  ];
  // One browser at a time.
  const browser = [...suitesAfter('test/lab', lab), ...suitesAfter('test/jupyter', jupyter)];
  process.exitCode = (await runLanes([heavy, browser, others])) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
