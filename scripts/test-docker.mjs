/**
 * The steps of the Dockerfile in docs/docker.md without Docker: a fresh prefix, and a fresh user with an empty home.
 * `npm run test:docker`
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.mjs';
import { run, step } from './setup/step.mjs';

/** A user without a name here, who owns nothing. */
const READER = { uid: 54_321, gid: 54_321 };

const CELL = `import { matshowFigure, stats } from 'convlens';
import * as tf from '@tensorflow/tfjs-core';
console.log(stats([1, 3]).mean, tf.add(2, 3).dataSync()[0], matshowFigure([[0, 1]]).png.length > 100);`;

/**
 * @param {string} tarball the packed package, in place of its name in the registry
 * @param {string} folder an empty one
 * @throws {Error} when a step fails, or the notebook of the fresh user shows something else
 */
async function dockerSteps(tarball, folder) {
  const [prefix, home] = ['prefix', 'reader'].map((name) => join(folder, name));
  for (const path of [prefix, home]) mkdirSync(path, { recursive: true });
  chmodSync(folder, 0o755);
  const page = readFileSync(fileURLToPath(new URL('../docs/docker.md', import.meta.url)), 'utf8');
  const steps = [...page.matchAll(/^RUN (npm install .*|convlens .*)$/gm)].map(([, line]) =>
    line.replace(/ convlens$/, ` ${tarball}`).replace('/opt/jupyter', prefix),
  );
  if (steps.length !== 3) throw new Error(`docs/docker.md has ${steps.length} such steps, not 3`);
  const PATH = `${join(prefix, 'bin')}${delimiter}${process.env.PATH}`;
  const env = { PATH, npm_config_prefix: prefix };
  for (const line of steps) await step(`Dockerfile: ${line}`, () => run('sh', ['-c', line], { env }));

  const cell = { id: 'a', cell_type: 'code', metadata: {}, source: CELL, outputs: [], execution_count: null };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] };
  writeFileSync(join(home, 'in.ipynb'), JSON.stringify(notebook));
  const root = process.getuid?.() === 0;
  if (root) chownSync(home, READER.uid, READER.gid);
  const { status, stdout, stderr } = spawnSync('convlens', ['run', 'in.ipynb', '-o', 'out.ipynb'], {
    ...(root && READER),
    cwd: home,
    encoding: 'utf8',
    env: { PATH, HOME: home, JUPYTER_PATH: join(prefix, 'share', 'jupyter') },
  });
  if (status !== 0) throw new Error(`the notebook of a fresh user failed:\n${stdout}${stderr}`);
  const { cells } = JSON.parse(readFileSync(join(home, 'out.ipynb'), 'utf8'));
  const shown = [cells[0].outputs.at(-1).text].flat().join('');
  if (shown !== '2 5 true\n') throw new Error(`the notebook of a fresh user shows ${shown}`);
  console.log('Dockerfile, a notebook in the empty folder of a fresh user: ok');
}

// Two folders: a notebook would find what is installed above it.
const [packed, fresh] = ['pack', 'docker'].map((name) => mkdtempSync(join(tmpdir(), `convlens-${name}-`)));
try {
  await dockerSteps(await pack(packed), fresh);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  for (const path of [packed, fresh]) rmSync(path, { recursive: true, force: true });
}
