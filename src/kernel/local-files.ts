import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stampOf } from './candidates';
import { userFile } from './module-kind';
import type { UserConfig } from './user-config';

interface Known {
  stamp: number;
  imports: string[];
}

const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])([^'"\n]+)\1/g;

/**
 * The user's own files that cells import. They are looked at before each cell, since a file system watcher would report
 * an edit too late for a cell that runs right after it.
 */
export class LocalFiles {
  private readonly known = new Map<string, Known>();

  /** @param folder the notebook's */
  constructor(
    private readonly folder: string,
    private readonly config: UserConfig,
  ) {}

  /** The files that code imports, also by others. */
  importedBy(code: string): string[] {
    const found = new Set<string>();
    const add = (files: string[]) => {
      for (const file of files) {
        if (found.has(file)) continue;
        found.add(file);
        add(this.look(file).imports);
      }
    };
    add(this.find(code, this.folder));
    return [...found];
  }

  /** The known files that were edited since they were looked at. */
  edited(): string[] {
    const edited = [...this.known]
      .filter(([file, { stamp }]) => stampOf(file) !== stamp)
      .map(([file]) => file);
    for (const file of edited) this.known.delete(file);
    return edited;
  }

  private look(file: string): Known {
    const known = this.known.get(file);
    if (known) return known;
    const made: Known = { stamp: stampOf(file), imports: [] };
    this.known.set(file, made);
    try {
      if (!file.endsWith('.json')) made.imports = this.find(readFileSync(file, 'utf8'), dirname(file));
    } catch {
      // It has just gone; the check says so.
    }
    return made;
  }

  private find(code: string, folder: string): string[] {
    return [...code.matchAll(IMPORT)].flatMap(([, , name]) => {
      const file = userFile(name!, folder, this.config);
      return file ? [file] : [];
    });
  }
}
