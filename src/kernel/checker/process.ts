/** The type checker as a process that starts from a snapshot of its memory: see snapshot.ts. */
import fs from 'node:fs';
import v8 from 'node:v8';
import { Checkers } from './checker';
import type { ModuleLoader } from './module-loader';
import { ParsedFiles } from './parsed-files';
import type { Question } from './protocol';

/**
 * Questions that load the files and functions that the first cells of a notebook need. There is no completion among
 * them: it sorts by Intl.Collator, which a snapshot cannot hold.
 */
const WARMING: Question[] = [
  { method: 'check', ask: { declared: '', code: 'const first: number = 1; console.log(first)' } },
  {
    method: 'check',
    ask: { declared: '', code: "import { grid } from 'convlens'; await Promise.resolve(typeof grid)" },
  },
  { method: 'inspect', ask: { declared: '', code: 'Math.max', cursor: 6 } },
];

/** Run while the snapshot is built. @param dist tslab's folder of modules */
export function build(loader: ModuleLoader, dist: string): void {
  const parsed = new ParsedFiles();
  const checkers = new Checkers(loader, dist, parsed);
  parsed.keep(() => {
    const checker = checkers.start();
    for (const question of WARMING) checker.answer(question);
    checker.close();
  });
  v8.startupSnapshot.setDeserializeMainFunction(() => {
    // Node keeps the folder in which the snapshot was built until it is set again.
    process.chdir(process.argv.at(-1)!);
    parsed.doubt();
    serve(checkers);
  });
}

/** Answers questions, one JSON object per line, until standard input ends. */
function serve(checkers: Checkers): void {
  // Standard output is for answers only.
  console.log = console.error;
  const checker = checkers.start();
  for (const line of lines()) fs.writeSync(1, `${JSON.stringify(checker.answer(JSON.parse(line)))}\n`);
}

/** The lines of standard input, read synchronously. */
function* lines(): Generator<string> {
  const chunk = Buffer.alloc(65_536);
  let parts: Buffer[] = [];
  for (let size = read(chunk); size > 0; size = read(chunk)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0 && end < size; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString();
      parts = [];
      from = end + 1;
    }
    if (from < size) parts.push(Buffer.from(chunk.subarray(from, size)));
  }
}

/** @returns the number of bytes; 0 at the end */
function read(chunk: Buffer): number {
  try {
    return fs.readSync(0, chunk);
  } catch (error) {
    // Windows reports the end of a pipe as an error.
    if ((error as NodeJS.ErrnoException).code === 'EOF') return 0;
    throw error;
  }
}
