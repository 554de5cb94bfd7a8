import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, parse, relative } from 'node:path';
import { installedAt, OWN_FOLDER, ownTypes } from '../packages';
import { newFolder } from '../temporary-folder';
import { UserConfig } from '../user-config';

/** TypeScript 7 is strict by default; cells are for trying things out. */
const STRICTNESS = { strict: false, noUncheckedSideEffectImports: false };

/**
 * A project for TypeScript, in a temporary folder: nothing is written beside the notebook, and a `tsconfig.json` above
 * the notebook, with all that belongs to it, is no concern of its cells.
 *
 * Below the folder stands the path of the notebook's folder once more, and cells lie there. By TypeScript's `rootDirs`
 * both are one: a relative path leads to the user's files.
 */
export class Project {
  readonly folder = newFolder();
  /** Where the cells lie. */
  readonly cells: string;
  readonly config: string;
  readonly user: UserConfig;

  /** @param notebook the notebook's folder */
  constructor(private readonly notebook: string) {
    this.cells = this.twin(notebook);
    this.config = join(this.folder, 'tsconfig.json');
    this.user = new UserConfig(notebook);
    mkdirSync(this.cells, { recursive: true });
    for (const above of foldersAbove(notebook)) {
      // The link is made even where there is no such folder yet: packages may be installed later.
      symlinkSync(join(above, 'node_modules'), join(this.twin(above), 'node_modules'), 'junction');
    }
    this.writeConfig();
  }

  /** The file of this name beside the cells. */
  file(name: string): string {
    return join(this.cells, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.file(name), text);
    return this.file(name);
  }

  /** Packages may have been installed since, and the nearest ones count. */
  writeConfig(): void {
    const { options } = this.user;
    const roots = foldersAbove(this.notebook).map((above) => join(above, 'node_modules', '@types'));
    const typeRoots = [...((options['typeRoots'] as string[]) ?? []), ...roots];
    if (!typeRoots.some((root) => existsSync(join(root, 'node', 'package.json')))) typeRoots.push(ownTypes());
    const compilerOptions = {
      jsx: 'react',
      ...(options['jsxImportSource'] ? {} : { jsxFactory: 'h', jsxFragmentFactory: 'Fragment' }),
      ...options,
      ...STRICTNESS,
      module: 'preserve',
      moduleResolution: 'bundler',
      moduleDetection: 'force',
      target: 'esnext',
      lib: ['esnext', ...strings(options['lib'])],
      types: [...new Set(['node', ...strings(options['types'])])],
      typeRoots,
      paths: { ...this.ownPaths(), ...((options['paths'] as object) ?? {}) },
      rootDirs: [this.cells, this.notebook, this.twin(parse(this.notebook).root), parse(this.notebook).root],
      skipLibCheck: true,
      noEmit: true,
      allowJs: true,
      checkJs: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
    };
    const files = [this.file('now.ts'), this.file('now.tsx'), join(__dirname, 'globals.d.ts')];
    writeFileSync(this.config, JSON.stringify({ compilerOptions, files }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The kernel's own packages, where there are none nearer to the notebook. */
  private ownPaths(): Record<string, string[]> {
    const paths: Record<string, string[]> = {};
    const missing = (name: string) => installedAt(name, this.notebook) === undefined;
    if (missing('convlens')) {
      paths['convlens'] = [join(OWN_FOLDER, 'dist', 'src', 'index.d.ts')];
      paths['convlens/core'] = [join(OWN_FOLDER, 'dist', 'src', 'core.d.ts')];
    }
    for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']) {
      const own = missing(name) && installedAt(name, OWN_FOLDER);
      if (own) Object.assign(paths, { [name]: [own], [`${name}/*`]: [join(own, '*')] });
    }
    return paths;
  }

  /** The path below the project's folder that stands for another. TypeScript does not check cells in `node_modules`. */
  private twin(path: string): string {
    const { root } = parse(path);
    const below = relative(root, path).replace(/(^|[\\/])node_modules(?=[\\/]|$)/g, '$1packages');
    return join(this.folder, root.replace(/[\\/:]/g, ''), below);
  }
}

/** A folder and all above it. */
export function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
