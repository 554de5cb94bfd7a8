import type { Compiled } from '../../javascript/compile';

interface Source {
  original: Compiled['original'];
  /** Characters that were put before the first line of the code that runs. */
  wrapped: number;
  /** Of the code that runs, the line where its wrapper ends: the wrapper's own call is left out of stacks. */
  lastLine: number;
}

// How tslab wraps a cell.
const WRAPPER = /^\((?:async )?function\(exports, require\) \{ /;
const KEPT = 2000;
/** Frames of Node and of the engine. */
const OWN = /node:|[\\/]tslab[\\/]dist[\\/]|[\\/]dist[\\/]src[\\/]kernel[\\/]/;

/** The frames of a stack but those of Node and of the engine. */
export function framesOf(stack: string): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line) && !OWN.test(line));
}

/** The first line of a stack, as Node writes it: its own errors show their code. */
function headingOf(error: Error): string {
  try {
    const { code } = error as NodeJS.ErrnoException;
    if (/^ERR_[A-Z_]+$/.test(String(code))) return `${error.name} [${code}]: ${error.message}`;
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** Maps lines of running code to lines of cells and of the user's files. */
export class CellSources {
  private readonly sources = new Map<string, Source>();

  /** @param running a cell's code with its wrapper */
  add(name: string, { original }: Compiled, running = ''): void {
    const wrapped = running.match(WRAPPER)?.[0].length ?? 0;
    this.sources.delete(name);
    this.sources.set(name, { original, wrapped, lastLine: running ? running.split('\n').length : -1 });
    if (this.sources.size > KEPT) this.sources.delete(this.sources.keys().next().value!);
  }

  /** From now on, each error's `stack` has the user's own line numbers, also where a cell prints it. */
  writeStacks(): void {
    const own = (error: Error, sites: readonly NodeJS.CallSite[]) => this.stackOf(error, sites);
    let present: typeof Error.prepareStackTrace = own;
    // Packages set their own function for a while, and some then set none.
    Object.defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      get: () => present,
      set(given: unknown) {
        present = typeof given === 'function' ? (given as typeof present) : own;
      },
    });
  }

  /** Below the last frame of a cell is only the engine. Without such a frame, all frames may matter. */
  private stackOf(error: Error, sites: readonly NodeJS.CallSite[]): string {
    const last = sites.findLastIndex((site) => this.sourceOf(site));
    const seen = last < 0 ? sites : sites.slice(0, last + 1).filter((site) => this.isUsers(site));
    return [headingOf(error), ...seen.map((site) => `    at ${this.frame(site)}`)].join('\n');
  }

  private sourceOf(site: NodeJS.CallSite): Source | undefined {
    return this.sources.get(site.getFileName() ?? '');
  }

  /** Whether a frame is neither Node's nor the engine's, nor the call in a cell's wrapper. */
  private isUsers(site: NodeJS.CallSite): boolean {
    return !OWN.test(String(site)) && this.sourceOf(site)?.lastLine !== site.getLineNumber();
  }

  private frame(site: NodeJS.CallSite): string {
    const source = this.sourceOf(site);
    // A cell's outermost function is the cell itself.
    const plain = String(site)
      .replace(/^(?:async )?(?:Object\.)?(?:<anonymous>|eval) \((cell\[[^)]*)\)$/, '$1')
      .replace(/^async (cell\[)/, '$1');
    if (!source) return plain;
    return plain.replace(/:(\d+):(\d+)(?=\)?$)/, (_, row, character) => {
      let column = Number(character) - 1;
      if (row === '1') column = Math.max(0, column - source.wrapped);
      const place = source.original({ line: Number(row) - 1, column });
      return place ? `:${place.line + 1}:${place.column + 1}` : '';
    });
  }
}
