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
        const pattern = glob(String(request['pattern'] ?? '*'));
        let found = this.entries.filter(({ input }) => pattern.test(input));
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

/** `*` stands for any text, `?` for one character, over the whole input. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`);
}
