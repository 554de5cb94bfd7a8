import { randomBytes } from 'node:crypto';
import type { Content } from '../jupyter/wire';

interface Entry {
  line: number;
  input: string;
  output: string | null;
}

const KEPT = 10_000;

/** The cells that ran in this session, for `history_request`. */
export class History {
  // Front ends need a number that differs from the last kernel's.
  private readonly session = randomBytes(3).readUIntBE(0, 3);
  private readonly entries: Entry[] = [];

  add(line: number, input: string, output: string | null): void {
    this.entries.push({ line, input, output });
    if (this.entries.length > KEPT) this.entries.shift();
  }

  /** Answers a history_request of type tail, range or search. */
  answer(request: Content): Content {
    const found = this.find(request);
    const history = found.map(({ line, input, output }) =>
      request['output'] ? [this.session, line, [input, output]] : [this.session, line, input],
    );
    return { status: 'ok', history };
  }

  private find(request: Content): Entry[] {
    const n = Number(request['n'] ?? KEPT);
    switch (request['hist_access_type']) {
      case 'range': {
        // Session 0, the session's own number and a missing one mean this session; older ones are not kept.
        const session = Number(request['session'] ?? 0);
        if (session !== 0 && session !== this.session) return [];
        const start = Number(request['start'] ?? 0);
        const stop = Number(request['stop'] ?? Number.POSITIVE_INFINITY);
        return this.entries.filter(({ line }) => line >= start && line < stop);
      }
      case 'search': {
        const pattern = String(request['pattern'] ?? '*');
        let found = this.entries.filter(({ input }) => fits(pattern, input));
        if (request['unique']) {
          const last = new Map(found.map((entry) => [entry.input, entry]));
          found = found.filter((entry) => last.get(entry.input) === entry);
        }
        return n > 0 ? found.slice(-n) : [];
      }
      default:
        return n > 0 ? this.entries.slice(-n) : [];
    }
  }
}

/**
 * Whether a whole text fits a pattern, in which `*` stands for any text and `?` for one character. Each piece between two
 * `*` is taken where it is found first, so that nothing is tried twice: a regular expression would need a time that
 * grows with a power of the text's length.
 */
function fits(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  if (pieces.length === 1) return text.length === first.length && fitsAt(first, text, 0);
  const end = text.length - last.length;
  if (end < first.length || !fitsAt(first, text, 0) || !fitsAt(last, text, end)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    if (piece.includes('?')) while (at + piece.length <= end && !fitsAt(piece, text, at)) at++;
    else at = text.indexOf(piece, at);
    if (at < 0 || at + piece.length > end) return false;
    at += piece.length;
  }
  return true;
}

function fitsAt(piece: string, text: string, at: number): boolean {
  if (!piece.includes('?')) return text.startsWith(piece, at);
  for (let i = 0; i < piece.length; i++) if (piece[i] !== '?' && piece[i] !== text[at + i]) return false;
  return true;
}
