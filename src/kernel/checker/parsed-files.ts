import fs from 'node:fs';

// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

/** A file's version, which changes when the file does; 0 if there is no file. */
export function stamp(path: string): number {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat ? stat.mtimeMs + stat.size / 1e12 + 1 : 0;
}

/**
 * Declaration files that every type checker reads, mostly Node's, shared between checkers together with their bound
 * symbols. Parsing and binding them is nine tenths of a checker's start. TypeScript's language services share files in
 * the same way (DocumentRegistry).
 */
export class ParsedFiles {
  private readonly kept = new Map<string, { source: Any; seen: number; sure: boolean }>();
  private keeping = false;
  /** True while only a file's version is read. */
  unread = false;

  /** Keeps the files that are read while `work` runs. */
  keep(work: () => void): void {
    this.keeping = true;
    work();
    this.keeping = false;
  }

  /** The kept files may have changed since, so each is checked once. */
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
        // TypeScript's watch holds an empty file; its version tells that nothing has changed.
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
    // The cells themselves are not files.
    if (seen) this.kept.set(name, { source, seen, sure: true });
    return source;
  }
}
