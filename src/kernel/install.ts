import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KernelError } from '../errors';
import { userDataPath } from '../jupyter/data-paths';
import { DISPLAY_NAME } from '../jupyter/kernelspec';
import { LOGO_PNG, LOGO_SVG } from './logo';

export interface InstallPlace {
  /** Install below this folder, in share/jupyter. */
  prefix?: string;
  /** Install into the active Python environment, or that of `python3`. */
  sysPrefix?: boolean;
}

/** The folder of the kernelspec; by default the user's own. */
export function kernelspecFolder({ prefix, sysPrefix }: InstallPlace = {}): string {
  if (prefix !== undefined) return join(prefix, 'share', 'jupyter', 'kernels', 'convlens');
  if (sysPrefix) return join(pythonPrefix(), 'share', 'jupyter', 'kernels', 'convlens');
  return join(userDataPath(), 'kernels', 'convlens');
}

function pythonPrefix(): string {
  const active = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX'];
  if (active) return active;
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' }).trim();
  } catch {
    throw new KernelError(
      'Cannot install the kernel into the Python environment: there is no python3. Use --user or --prefix DIR.',
    );
  }
}

/**
 * Registers the kernel with Jupyter: writes a kernelspec that starts this package with this Node.
 *
 * @returns the folder that was written
 * @throws {KernelError} when it cannot be written
 */
export function installKernel(place: InstallPlace = {}): string {
  const folder = kernelspecFolder(place);
  const spec = {
    argv: [process.execPath, join(__dirname, 'main.js'), '{connection_file}'],
    display_name: DISPLAY_NAME,
    language: 'typescript',
    interrupt_mode: 'message',
    metadata: { debugger: false },
  };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(spec, null, 2)}\n`);
    writeFileSync(join(folder, 'logo-svg.svg'), LOGO_SVG);
    for (const [size, png] of Object.entries(LOGO_PNG)) {
      writeFileSync(join(folder, `logo-${size}x${size}.png`), Buffer.from(png, 'base64'));
    }
  } catch (error) {
    throw new KernelError(
      `Cannot install the kernel: ${folder} cannot be written (${(error as Error).message}). Use --user or --prefix DIR.`,
    );
  }
  return folder;
}

/** @returns the folder that was removed, or nothing when the kernel was not installed there */
export function removeKernel(place: InstallPlace = {}): string | undefined {
  const folder = kernelspecFolder(place);
  if (!existsSync(folder)) return undefined;
  rmSync(folder, { recursive: true });
  return folder;
}
