import { statSync } from 'node:fs';

type Changed = (path: string, kind: number) => void;

interface Watched {
  changed: Changed;
  seen: number;
}

/** TypeScript's FileWatcherEventKind. */
const CHANGED = 1;
const DELETED = 2;

/**
 * The user's own files that cells import, looked at before each cell: a watcher of the file system tells of an
 * edit too late for a cell that runs right after it.
 */
export class LocalFiles {
  private readonly files = new Map<string, Watched>();

  /** In place of TypeScript's `sys.watchFile`. What is installed does not change under a running kernel. */
  readonly watch = (path: string, changed: Changed) => {
    if (!path.includes('/node_modules/')) this.files.set(path, { changed, seen: stamp(path) });
    return { close: () => void this.files.delete(path) };
  };

  /**
   * Tells of each file that was edited, and of those that import it: they hold its old values.
   *
   * @param dependencies the files that a file imports, also by others
   */
  look(dependencies: (path: string) => readonly string[]): void {
    const edited = [...this.files].filter(([path, { seen }]) => stamp(path) !== seen);
    if (edited.length === 0) return;
    const paths = new Set(edited.map(([path]) => path));
    const importers = [...this.files].filter(
      ([path]) => !paths.has(path) && dependencies(path).some((dependency) => paths.has(dependency)),
    );
    for (const [path, file] of [...edited, ...importers]) {
      file.seen = stamp(path);
      file.changed(path, file.seen ? CHANGED : DELETED);
    }
  }
}

/** Differs whenever the file does; 0 where there is none. */
function stamp(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? stat.mtimeMs + stat.size / 1e12 + 1 : 0;
}
