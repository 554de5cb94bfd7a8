import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nearest } from '../checks/nearest';
import { KernelError } from '../errors';
import { jupyterDataPaths } from './data-paths';

/** How a kernel is started: Jupyter's kernel.json, as far as a client needs it. */
export interface KernelSpec {
  name: string;
  /** The command, in which `{connection_file}` stands for the path of the connection file. */
  argv: string[];
  /** Its name in a front end's menus. */
  displayName?: string;
  language?: string;
  env?: Record<string, string>;
  interruptMode: 'signal' | 'message';
}

/** This package's kernel in the menus of front ends. */
export const DISPLAY_NAME = 'TypeScript (convlens)';

/** The kernels of this package, started with the Node that runs now. */
function builtIn(name: string): KernelSpec | undefined {
  const endWithParent = ['-r', join(__dirname, 'end-with-parent.js')];
  if (name === 'tslab') {
    const tslab = join(dirname(require.resolve('tslab/package.json')), 'bin', 'tslab');
    const argv = [process.execPath, ...endWithParent, tslab, 'kernel', '--config-path', '{connection_file}'];
    return { name, argv, displayName: 'TypeScript', language: 'typescript', interruptMode: 'signal' };
  }
  if (name === 'convlens') {
    const main = join(__dirname, '..', 'kernel', 'main.js');
    const argv = [process.execPath, ...endWithParent, main, '{connection_file}'];
    return { name, argv, displayName: DISPLAY_NAME, language: 'typescript', interruptMode: 'message' };
  }
  return undefined;
}

/** Every kernel found on this machine, those of this package first. */
export function kernelNames(): string[] {
  const found = jupyterDataPaths().flatMap((path) => {
    const folder = join(path, 'kernels');
    return existsSync(folder)
      ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'kernel.json')))
      : [];
  });
  return [...new Set(['convlens', 'tslab', ...found])];
}

/** The kernelspecs of one name that Jupyter sees, by their folders; Jupyter takes the first. */
export function installedKernels(name: string): string[] {
  const folders = jupyterDataPaths().map((path) => join(path, 'kernels', name));
  return folders.filter((folder) => existsSync(join(folder, 'kernel.json')));
}

/**
 * Finds a kernel by its name, among this package's own and on Jupyter's data paths.
 *
 * @throws {KernelError} when there is none of that name
 */
export function findKernel(name: string): KernelSpec {
  const own = builtIn(name);
  if (own) return own;
  for (const path of jupyterDataPaths()) {
    const folder = join(path, 'kernels', name);
    const file = join(folder, 'kernel.json');
    if (/[\\/]/.test(name) || !existsSync(file)) continue;
    let spec: {
      argv: string[];
      display_name?: string;
      language?: string;
      env?: Record<string, string>;
      interrupt_mode?: string;
    };
    try {
      spec = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      throw new KernelError(
        `Cannot start kernel ${name}: ${file} is not JSON (${(error as Error).message}).`,
      );
    }
    const argv = spec.argv.map((word) => word.replaceAll('{resource_dir}', folder));
    return {
      name,
      argv: [besideItsData(argv[0]!, path), ...argv.slice(1)],
      displayName: spec.display_name,
      language: spec.language,
      env: spec.env,
      interruptMode: spec.interrupt_mode === 'message' ? 'message' : 'signal',
    };
  }
  const names = kernelNames();
  throw new KernelError(
    `Cannot find kernel ${name}: there is none of that name.${nearest(name, names)} There are ${names.join(', ')}.`,
  );
}

/** ipykernel's "python" means the Python that the kernel was installed into, not the first on PATH. */
function besideItsData(command: string, dataPath: string): string {
  if (!/^python3?(\.\d+)?$/.test(command)) return command;
  const beside = join(dataPath, '..', '..', 'bin', command);
  return existsSync(beside) ? beside : command;
}
