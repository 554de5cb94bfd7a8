import { stamp } from './parsed-files';

type Changed = (path: string, kind: number) => void;

interface Watched {
  changed: Changed;
  seen: number;
}

/** TypeScript's FileWatcherEventKind. */
const CHANGED = 1;
const DELETED = 2;

/**
 * The user's own files that cells import. They are checked before each cell, since a file system watcher would report
 * an edit too late for a cell that runs right after it.
 */
export class LocalFiles {
  private readonly files = new Map<string, Watched>();
  private readonly folders = new Map<object, () => void>();

  /** Replaces TypeScript's `sys.watchFile`. Installed packages are taken not to change while the kernel runs. */
  readonly watch = (path: string, changed: Changed) => {
    if (!path.includes('/node_modules/')) this.files.set(path, { changed, seen: stamp(path) });
    return { close: () => void this.files.delete(path) };
  };

  /** Replaces `sys.watchDirectory`, by which TypeScript waits for missing modules. */
  readonly watchFolder = (path: string, changed: (path: string) => void) => {
    const watcher = { close: () => void this.folders.delete(watcher) };
    this.folders.set(watcher, () => changed(path));
    return watcher;
  };

  /** A cell did not find a module. It may exist by now, so TypeScript must look again. */
  lookForMissing(): void {
    for (const changed of [...this.folders.values()]) changed();
  }

  /**
   * Reports each edited file, and the files that import it, since they hold its old values.
   *
   * @param dependencies the files that a file imports, also by others
   * @returns whether there was one
   */
  look(dependencies: (path: string) => readonly string[]): boolean {
    const edited = [...this.files].filter(([path, { seen }]) => stamp(path) !== seen);
    if (edited.length === 0) return false;
    const paths = new Set(edited.map(([path]) => path));
    const importers = [...this.files].filter(
      ([path]) => !paths.has(path) && dependencies(path).some((dependency) => paths.has(dependency)),
    );
    for (const [path, file] of [...edited, ...importers]) {
      file.seen = stamp(path);
      file.changed(path, file.seen ? CHANGED : DELETED);
    }
    return true;
  }
}
