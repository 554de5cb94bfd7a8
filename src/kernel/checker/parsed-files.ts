import fs from 'node:fs';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/** Differs whenever the file does; 0 where there is none. */
export function stamp(path: string): number {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat ? stat.mtimeMs + stat.size / 1e12 + 1 : 0;
}

/**
 * The declaration files that every type checker reads, Node's above all, kept from one checker to the next with
 * the symbols that TypeScript bound in them: parsing and binding them is nine tenths of a checker's start.
 * TypeScript's own language services share files so (its DocumentRegistry).
 */
export class ParsedFiles {
  private readonly kept = new Map<string, { source: Any; seen: number; sure: boolean }>();
  private keeping = false;
  /** Whether a file is asked for whose text nobody needs. */
  unread = false;

  /** What is read while `work` runs is kept. */
  keep(work: () => void): void {
    this.keeping = true;
    work();
    this.keeping = false;
  }

  /** These may have changed since they were kept, in another process: each is looked at once. */
  doubt(): void {
    for (const file of this.kept.values()) file.sure = false;
  }

  /** Lets a program find the kept files. @param host TypeScript's compiler host */
  serve(host: Any): void {
    const told = new Set<string>();
    for (const method of ['getSourceFile', 'getSourceFileByPath']) {
      const read = host[method];
      host[method] = (name: string, ...rest: unknown[]) => {
        const kept = this.find(name);
        if (!kept) return this.read(name, read(name, ...rest));
        if (told.has(name)) return kept;
        // TypeScript's watch keeps a file of its own, an empty one; by its version it sees that nothing has changed.
        this.unread = true;
        try {
          kept.version = read(name, ...rest).version;
        } finally {
          this.unread = false;
        }
        told.add(name);
        return kept;
      };
    }
  }

  private find(name: string): Any {
    const file = this.kept.get(name);
    if (!file) return undefined;
    file.sure ||= stamp(name) === file.seen;
    if (!file.sure) this.kept.delete(name);
    return file.sure ? file.source : undefined;
  }

  private read(name: string, source: Any): Any {
    const seen = this.keeping && source && name.includes('/node_modules/') ? stamp(name) : 0;
    // What tslab makes up, the cells themselves, is no file.
    if (seen) this.kept.set(name, { source, seen, sure: true });
    return source;
  }
}
