/**
 * The package as its users get it: packed, checked, installed into an empty folder, set up there, and used as a
 * CommonJS and an ES module, in Deno, by TypeScript, as a command and as a kernel. `npm run test:package`
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDeno } from './deno.mjs';
import { pack } from './pack.mjs';
import { npm, run, step } from './setup/step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const consumers = join(root, 'test', 'package');
/** Largest size of the tarball in bytes; docs/dependencies.md has its present size. */
const MOST = 2_500_000;
/** Milliseconds after which a program that does not end is killed. */
const TIMEOUT = 300_000;
/** How TypeScript finds a package's types, in its present and its older modes. */
const RESOLUTIONS = [
  ['--module', 'node16', '--moduleResolution', 'node16'],
  ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
  ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ['--module', 'commonjs', '--moduleResolution', 'node10'],
];

/** Runs a program and returns what it printed. An error shows all of it. */
function output(command, args, cwd, env = {}) {
  const options = { cwd, encoding: 'utf8', timeout: TIMEOUT, env: { ...process.env, ...env } };
  const { status, error, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) {
    const how = error?.message ?? `ended with ${status}`;
    throw new Error(`${[command, ...args].join(' ')}: ${how}\n${stdout}${stderr}`);
  }
  return stdout;
}

function expect(text, words, what) {
  if (!text.includes(words)) throw new Error(`${what} did not say "${words}":\n${text}`);
  console.log(`${what}: ok`);
}

function checkTarball(tarball) {
  const { size } = statSync(tarball);
  console.log(`${(size / 1e6).toFixed(2)} MB packed`);
  if (size > MOST) throw new Error(`the tarball has ${size} bytes, more than ${MOST}`);
  const publint = join(root, 'node_modules', 'publint', 'src', 'cli.js');
  expect(output('node', [publint, 'run', tarball, '--strict'], root), 'All good!', 'publint');
}

/** Checks that neither tests nor their data are installed. */
function checkFiles(installed) {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  const odd = files.filter((file) =>
    /(^|[\\/])(test|fixtures|out|node_modules)([\\/]|$)|\.(npy|gz|keras)$/.test(file),
  );
  if (odd.length) throw new Error(`the package holds ${odd.slice(0, 5).join(', ')}`);
  console.log(`${files.length} files, none of the tests: ok`);
}

const folder = mkdtempSync(join(tmpdir(), 'convlens-package-'));
try {
  const tarball = await pack(folder);
  checkTarball(tarball);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await step('installing into an empty folder', () =>
    npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: folder }),
  );
  const installed = join(folder, 'node_modules', 'convlens');
  checkFiles(installed);
  const cli = join(installed, 'dist', 'src', 'cli', 'main.js');
  await step('npx convlens setup', () => run(process.execPath, [cli, 'setup'], { cwd: folder }));

  cpSync(consumers, folder, { recursive: true });
  for (const file of ['module.cjs', 'module.mjs'])
    expect(output('node', [file], folder), '1,148,148,16 true 1 layer to explore', file);
  const deno = [
    await ensureDeno(),
    ['run', '--allow-all', '--node-modules-dir=manual', 'module.mjs'],
    folder,
  ];
  expect(
    output(...deno, { DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }),
    '1,148,148,16 true',
    'module.mjs in Deno',
  );
  const core = output('node', ['core.mjs'], folder);
  expect(core, '1,148,148,16 true', 'convlens/core');
  if (core.includes('can be imported'))
    throw new Error(`more than the package exports can be imported:\n${core}`);
  for (const kind of ['mts', 'cts']) cpSync(join(folder, 'types.ts'), join(folder, `types.${kind}`));
  cpSync(join(folder, 'core.ts'), join(folder, 'core-types.mts'));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const options of RESOLUTIONS) {
    const files = /node(16|next)/.test(options[3])
      ? ['types.ts', 'types.mts', 'types.cts', 'core-types.mts']
      : ['types.ts', 'core.ts'];
    output('node', [tsc, '--noEmit', '--strict', '--target', 'es2022', ...options, ...files], folder);
    console.log(`types, ${options[3]}: ok`);
  }

  expect(output('node', [cli, 'doctor'], folder), 'canvas', 'command');
  output('node', [cli, 'install', '--prefix', folder], folder);
  expect(output('node', ['kernel.cjs'], folder), 'answered 1,148,148,16', 'kernel from its kernelspec');
  const notebook = join(installed, 'notebooks', 'tutorial.ipynb');
  for (const kernel of ['tslab', 'convlens']) {
    const said = output(
      'node',
      [cli, 'run', notebook, '-o', join(folder, 'out.ipynb'), '--kernel', kernel],
      folder,
    );
    expect(said, 'done in', `tutorial in ${kernel}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
