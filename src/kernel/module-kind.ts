/**
 * What kind of module an import names. One of three:
 * - the user's own file: a path, or an alias of the user's tsconfig.json, that leads to no package; also TypeScript of a
 *   package that is linked, as in a workspace. It is compiled, and loaded anew once it was edited;
 * - one of the kernel's own packages: this one and TensorFlow.js, which cells can import in any folder;
 * - anything else: installed, or built into Node. Node finds and loads it, once.
 */
import { createRequire, isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { candidates, stampOf } from './candidates';
import { OWN_FOLDER } from './packages';
import type { UserConfig } from './user-config';

const OWN_PACKAGE = /^(convlens|@tensorflow\/tfjs-(core|layers))(\/|$)/;

/**
 * Whether the kernel provides a package if there is none nearer to the notebook: this package, and those whose objects
 * its functions return.
 */
export const isOwnPackage = (name: string): boolean => OWN_PACKAGE.test(name);

const SOURCE = /(?<!\.d)\.[cm]?tsx?$/;

/** Whether an import's name is a path. */
const isPath = (name: string): boolean => /^\.{1,2}(\/|$)/.test(name);

/** Whether a file belongs to a package, which is taken not to change; nor does this one's, in a checkout. */
const isInstalled = (file: string): boolean =>
  file.includes('node_modules') || file.startsWith(join(OWN_FOLDER, 'dist'));

/**
 * The user's own file that an import names.
 *
 * @param name as it is imported
 * @param folder of the file that imports it
 * @param exists tells files; those on disk by default
 * @returns nothing for a package, and where there is no such file
 */
export function userFile(
  name: string,
  folder: string,
  config: UserConfig,
  exists = (file: string): boolean => stampOf(file) !== 0,
): string | undefined {
  const paths = isPath(name) ? [resolve(folder, name)] : config.aliased(name);
  const file =
    paths.flatMap(candidates).find(exists) ?? (isPath(name) ? undefined : linkedFile(name, folder));
  return file && !isInstalled(file) ? file : undefined;
}

/** TypeScript that a package's name means; Node's own loader refuses it. */
function linkedFile(name: string, folder: string): string | undefined {
  if (isBuiltin(name) || isOwnPackage(name)) return undefined;
  try {
    const file = createRequire(join(folder, 'any.js')).resolve(name);
    return SOURCE.test(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
