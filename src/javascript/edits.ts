interface Edit {
  start: number;
  end: number;
  text: string;
}

/** A line and a column, both from 0. */
export interface Position {
  line: number;
  column: number;
}

/** Replacements in a text that keep its number of lines, so that a position after them leads back to one before. */
export class Edits {
  private readonly list: Edit[] = [];

  constructor(readonly source: string) {}

  /**
   * Replaces a piece of the text. Replacements must not overlap, but may come in any order.
   *
   * @param text has no line breaks: those of the replaced piece are kept behind it
   */
  replace(start: number, end: number, text: string): void {
    const breaks = '\n'.repeat(this.source.slice(start, end).split('\n').length - 1);
    this.list.push({ start, end, text: text + breaks });
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  /** Inserts text at the start, before whatever else is inserted there. */
  prepend(text: string): void {
    this.list.unshift({ start: 0, end: 0, text });
  }

  /** The text with all replacements. */
  apply(): string {
    this.sort();
    let [result, at] = ['', 0];
    for (const { start, end, text } of this.list) {
      result += this.source.slice(at, start) + text;
      at = end;
    }
    return result + this.source.slice(at);
  }

  /** Where a position of the new text was in the old one. A position inside of a replacement means its start. */
  original({ line, column }: Position): Position {
    this.sort();
    const begins = lineStart(this.source, line);
    let shift = 0;
    for (const { start, end, text } of this.list) {
      if (end < begins) continue;
      const from = start - begins + shift;
      // A replacement that began on an earlier line adds no text to this one.
      const added = start >= begins ? text.replaceAll('\n', '') : '';
      const removed = end - Math.max(start, begins);
      if (start >= begins && from > column) break;
      if (column < from + added.length) return { line, column: start - begins };
      shift += added.length - removed;
    }
    return { line, column: column - shift };
  }

  private sort() {
    // Of two at the same place the earlier one comes first: sorting is stable.
    this.list.sort((a, b) => a.start - b.start || a.end - b.end);
  }
}

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}
