/**
 * The package as its users get it: packed, installed into an empty folder, set up there, and used as a module,
 * as a command and as a kernel. `npm run test:package`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { npm, run, step } from './setup/step.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What the tarball may weigh, in bytes: the tutorial with its outputs is half of it. */
const MOST = 1_300_000;

const MODULE = `
const { loadImage, loadModel, predict, toTensor, matshowFigure, exploreFigure } = require('convlens');
const folder = require('node:path').dirname(require.resolve('convlens/package.json')) + '/notebooks/';
(async () => {
  const img = await loadImage(folder + 'cat.jpg', { targetSize: [150, 150] });
  const model = await loadModel(folder + 'dogcat_v1.h5');
  const maps = await predict(model, toTensor(img), { layers: ['conv2d_1'] });
  console.log(maps[0].shape.join(), matshowFigure(maps[0], { channel: 1 }).png.length > 10000, exploreFigure(maps).text.slice(0, 20));
})();`;

/** Runs a program and hands back what it printed; fails with all of it. */
function output(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

function expect(text, words, what) {
  if (!text.includes(words)) throw new Error(`${what} did not say "${words}":\n${text}`);
  console.log(`${what}: ok`);
}

const folder = mkdtempSync(join(tmpdir(), 'convlens-package-'));
try {
  await setup();
  await build();
  await step('packing', () => npm(['pack', '--pack-destination', folder], { cwd: root }));
  const { version } = JSON.parse(
    output('node', ['-p', `JSON.stringify(require(${JSON.stringify(join(root, 'package.json'))}))`]),
  );
  const tarball = join(folder, `convlens-${version}.tgz`);
  const { size } = statSync(tarball);
  console.log(`${(size / 1e6).toFixed(2)} MB packed`);
  if (size > MOST) throw new Error(`the tarball has ${size} bytes, more than ${MOST}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await step('installing into an empty folder', () =>
    npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: folder }),
  );
  const cli = join(folder, 'node_modules', 'convlens', 'dist', 'src', 'cli.js');
  await step('npx convlens setup', () => run(process.execPath, [cli, 'setup'], { cwd: folder }));
  expect(output('node', ['-e', MODULE], folder), '1,148,148,16 true 1 layer to explore', 'module');
  expect(output('node', [cli, 'doctor'], folder), 'canvas', 'command');
  const notebook = join(folder, 'node_modules', 'convlens', 'notebooks', 'tutorial.ipynb');
  for (const kernel of ['tslab', 'convlens']) {
    const said = output(
      'node',
      [cli, 'run', notebook, '-o', join(folder, 'out.ipynb'), '--kernel', kernel],
      folder,
    );
    expect(said, 'done in', `kernel ${kernel}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
