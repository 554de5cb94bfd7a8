import { SourceMap } from 'node:module';
import type { CheckedCell } from '../checker/protocol';

interface Cell extends Pick<CheckedCell, 'maps' | 'prefixed'> {
  /** Characters that were put before the first line of the code that runs. */
  wrapped: number;
  /** The line of the code that runs on which its wrapper ends; the call of the wrapper is no frame of the user's. */
  lastLine: number;
}

const FRAME = /(cell\[\d+\]):(\d+):(\d+)/;
// How tslab wraps a cell.
const WRAPPER = /^\((?:async )?function\(exports, require\) \{ /;
const KEPT = 2000;

/** Maps lines of running code to lines of cells. */
export class CellSources {
  private readonly cells = new Map<string, Cell>();

  /** Registers a cell that is about to run. @returns the file name to run it under */
  began(count: number, code: string, { maps, prefixed }: Pick<CheckedCell, 'maps' | 'prefixed'>): string {
    const name = `cell[${count}]`;
    const wrapped = code.match(WRAPPER)?.[0].length ?? 0;
    this.cells.set(name, { maps, wrapped, prefixed, lastLine: code.split('\n').length });
    if (this.cells.size > KEPT) this.cells.delete(this.cells.keys().next().value!);
    return name;
  }

  /** The frames of a stack in cells and in the user's files, with the user's own line numbers. */
  frames(stack: string): string[] {
    const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
    const last = frames.findLastIndex((line) => FRAME.test(line));
    const own = /node:|[\\/]tslab[\\/]dist[\\/]|[\\/]dist[\\/]src[\\/]kernel[\\/]/;
    // Below the last frame of a cell is only the engine. Without such a frame, all frames may matter.
    const seen = last < 0 ? frames : frames.slice(0, last + 1);
    return seen.filter((line) => !own.test(line) && !this.isWrapper(line)).map((line) => this.frame(line));
  }

  private isWrapper(line: string): boolean {
    const match = FRAME.exec(line);
    return match !== null && this.cells.get(match[1]!)?.lastLine === Number(match[2]);
  }

  private frame(line: string): string {
    const match = FRAME.exec(line);
    const cell = match && this.cells.get(match[1]!);
    // A cell's outermost function is the cell itself.
    // tslab calls a function of an earlier cell as a method of its proxy.
    const named = line.replace(/at (async )?Proxy\./, 'at $1');
    const plain = named.replace(/at (?:async )?(?:Object\.)?(?:<anonymous>|eval) \((cell\[[^)]*)\)/, 'at $1');
    if (!match || !cell || cell.maps.length === 0) return plain;
    let position = { line: Number(match[2]) - 1, column: Number(match[3]) - 1 };
    if (position.line === 0) position.column = Math.max(0, position.column - cell.wrapped);
    const [map, inline] = cell.maps;
    for (const text of [map, Buffer.from(inline!, 'base64').toString()]) {
      const entry = new SourceMap(JSON.parse(text!)).findEntry(position.line, position.column);
      if (!('originalLine' in entry)) return plain.replace(FRAME, '$1');
      position = { line: entry.originalLine, column: entry.originalColumn };
    }
    // tslab puts one line before each cell.
    const column = position.line === 1 ? Math.max(0, position.column - cell.prefixed) : position.column;
    return plain.replace(FRAME, `$1:${position.line}:${column + 1}`);
  }
}
