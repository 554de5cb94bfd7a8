import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, step } from './step.mjs';

/** convlens's own folder: a checkout, or where npm put it in somebody's project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const require = createRequire(join(root, 'package.json'));

/** Whether this is a checkout, whose packages are ours to install. */
export const checkout = !root.includes(`${sep}node_modules${sep}`);

/** @returns {string | undefined} a package's folder, wherever npm hoisted it */
export function folderOf(name) {
  for (const folder of require.resolve.paths(name)) {
    if (existsSync(join(folder, name, 'package.json'))) return join(folder, name);
  }
  return undefined;
}

/** `npm ci` without scripts, unless what is installed came from this very lockfile. */
export async function installPackages() {
  if (!checkout) return;
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.convlens-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  await step('packages (npm ci)', () => npm(['ci', '--ignore-scripts'], { cwd: root }));
  writeFileSync(stamp, lock);
}

/** Lets cells in notebooks/ `import … from 'convlens'`: the kernel looks for packages in node_modules only. */
export function linkSelf() {
  const link = join(root, 'node_modules', 'convlens');
  if (checkout && !existsSync(link))
    symlinkSync(process.platform === 'win32' ? root : '..', link, 'junction');
}
