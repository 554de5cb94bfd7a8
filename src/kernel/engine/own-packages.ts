import { Module } from 'node:module';
import { join } from 'node:path';
import { isOwnPackage } from '../module-kind';
import { OWN_FOLDER } from '../packages';

type Resolve = (request: string, parent: Module | undefined, ...rest: unknown[]) => string;

/**
 * Makes `require` find this package and TensorFlow.js in any folder: the kernel's own, if none is nearer. The type
 * checker does the same (checker/project.ts).
 */
export function provideOwnPackages(): void {
  const loader = Module as unknown as {
    _resolveFilename: Resolve;
    _nodeModulePaths(folder: string): string[];
  };
  const own = Object.assign(new Module(join(OWN_FOLDER, 'package.json')), {
    filename: join(OWN_FOLDER, 'package.json'),
    paths: loader._nodeModulePaths(OWN_FOLDER),
  });
  const resolve = loader._resolveFilename;
  loader._resolveFilename = function (this: unknown, request, parent, ...rest) {
    try {
      return resolve.call(this, request, parent, ...rest);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
      if (!missing || !isOwnPackage(request)) throw error;
      return resolve.call(this, request, own, false);
    }
  };
}
