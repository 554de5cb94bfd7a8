import { SourceMap } from 'node:module';

interface Cell {
  /** From the code that runs to what TypeScript emitted, and from there to the cell: JSON, the second in base64. */
  maps: string[];
  /** Characters that were put before the cell's first line, in the code that runs and in the source. */
  wrapped: number;
  prefixed: number;
  /** The line of the code that runs on which its wrapper ends; the call of the wrapper is no frame of the user's. */
  lastLine: number;
}

const FRAME = /(cell\[\d+\]):(\d+):(\d+)/;
// How tslab wraps a cell.
const WRAPPER = /^\((?:async )?function\(exports, require\) \{ /;
const KEPT = 2000;

/** Knows for every cell that ran where its lines came from. */
export class CellSources {
  private readonly cells = new Map<string, Cell>();
  private next = { name: 'cell[0]', prefixed: 0 };
  private maps: string[] = [];

  /** The next code that is converted and run is that of this cell. */
  expect(count: number, prefixed: number): void {
    this.next = { name: `cell[${count}]`, prefixed };
    this.maps = [];
  }

  /** Code was emitted: `input` holds the map to the source, the other one leads from the output to it. */
  converted(input: string, map: string | undefined): void {
    const inline = input.match(/\/\/# sourceMappingURL=data:application\/json;base64,(\S+)/)?.[1];
    if (!inline || !map) return;
    this.maps = [map, inline];
  }

  /** The code is about to run. @returns the file name it runs under */
  began(code: string): string {
    const { name, prefixed } = this.next;
    const wrapped = code.match(WRAPPER)?.[0].length ?? 0;
    this.cells.set(name, { maps: this.maps, wrapped, prefixed, lastLine: code.split('\n').length });
    if (this.cells.size > KEPT) this.cells.delete(this.cells.keys().next().value!);
    return name;
  }

  /** The stack's frames that lie in cells or in the user's files, their lines as the user wrote them. */
  frames(stack: string): string[] {
    const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
    const last = frames.findLastIndex((line) => FRAME.test(line));
    const own = /node:|[\\/]tslab[\\/]dist[\\/]|[\\/]dist[\\/]src[\\/]kernel[\\/]/;
    // Below a cell's last frame there is only the engine; without a cell's frame all may matter.
    const seen = last < 0 ? frames : frames.slice(0, last + 1);
    return seen.filter((line) => !own.test(line) && !this.isWrapper(line)).map((line) => this.frame(line));
  }

  private isWrapper(line: string): boolean {
    const match = FRAME.exec(line);
    return match !== null && this.cells.get(match[1])?.lastLine === Number(match[2]);
  }

  private frame(line: string): string {
    const match = FRAME.exec(line);
    const cell = match && this.cells.get(match[1]);
    // A cell's outermost function is the cell itself.
    // tslab calls a function of an earlier cell as a method of its proxy.
    const named = line.replace(/at (async )?Proxy\./, 'at $1');
    const plain = named.replace(/at (?:async )?(?:Object\.)?(?:<anonymous>|eval) \((cell\[[^)]*)\)/, 'at $1');
    if (!match || !cell || cell.maps.length === 0) return plain;
    let position = { line: Number(match[2]) - 1, column: Number(match[3]) - 1 };
    if (position.line === 0) position.column = Math.max(0, position.column - cell.wrapped);
    const [map, inline] = cell.maps;
    for (const text of [map, Buffer.from(inline, 'base64').toString()]) {
      const entry = new SourceMap(JSON.parse(text)).findEntry(position.line, position.column);
      if (!('originalLine' in entry)) return plain.replace(FRAME, '$1');
      position = { line: entry.originalLine, column: entry.originalColumn };
    }
    // tslab puts a line of its own before each cell, so what it calls line 1 is the cell's line 1.
    const column = position.line === 1 ? Math.max(0, position.column - cell.prefixed) : position.column;
    return plain.replace(FRAME, `$1:${position.line}:${column + 1}`);
  }
}
