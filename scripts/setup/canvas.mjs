import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderOf } from './packages.mjs';
import { debian, npm, step } from './step.mjs';

/** What node-canvas is built from, by Debian's names (its README lists them). */
const DEBIAN =
  'build-essential pkg-config python3 libcairo2-dev libpango1.0-dev libjpeg-dev libgif-dev librsvg2-dev'.split(
    ' ',
  );

/** @returns {boolean} whether canvas loads, asked in a process of its own since loading may crash */
function loads(folder) {
  return (
    spawnSync(process.execPath, ['-e', `require(${JSON.stringify(folder)})`], { stdio: 'ignore' }).status ===
    0
  );
}

/**
 * canvas: its own prebuilt binary, else from source (its install script tries both), with Debian's
 * packages put in place first when they are missing.
 *
 * @throws {Error} when it is unavailable: no figure can be drawn without it
 */
export async function installCanvas() {
  const folder = folderOf('canvas');
  if (!folder) throw new Error('Cannot set up canvas: the package is missing. Run npm install.');
  // Loading it takes a tenth of a second, so what loaded once is only looked at.
  const stamp = join(folder, '.convlens-loads');
  if (existsSync(stamp) && existsSync(join(folder, 'build', 'Release', 'canvas.node'))) return;
  if (loads(folder)) return writeFileSync(stamp, '');
  const build = async () => {
    // From source on all processors.
    await npm(['rebuild', 'canvas'], { cwd: dirname(dirname(folder)), env: { JOBS: 'max' } });
    if (!loads(folder)) throw new Error('canvas was installed but does not load');
  };
  await step('canvas (prebuilt, else from source)', async () => {
    try {
      await build();
    } catch {
      await debian(DEBIAN);
      await build();
    }
  });
  writeFileSync(stamp, '');
}
