/** Tries one case after the other and says how each ended. Its parent watches time and memory. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { ready, tf } from '../../src/tensorflow/backend';
import type { Heap } from '../../src/tensorflow/wasm';
import type { Case } from './edit';
import { besides, KINDS } from './kinds';
import { guardHeap } from './zones';

export interface Tried {
  milliseconds: number;
  /** What is wrong about how it ended, if anything is. */
  wrong?: string;
  refused: boolean;
  /** Bytes that processes beside this one take. */
  besides: number;
}

process.env['CONVLENS_BACKEND'] = 'wasm';
console.warn = () => {};

/** Neither a file nor a command gets past Node, which was started so; else nothing of this would be noticed. */
function checkWalls(): void {
  for (const attempt of [
    () => writeFileSync(__filename, ''),
    () => spawnSync('true'),
    () => new Function('return 1')(),
  ]) {
    try {
      attempt();
    } catch {
      continue;
    }
    throw new Error(`Cannot fuzz: ${attempt} is possible here.`);
  }
}

let overrun: () => string | undefined;

process.on('message', async ({ kind, tried }: { kind: string; tried: Case }) => {
  const started = performance.now();
  const { errors, run } = KINDS[kind]!;
  let wrong: string | undefined;
  let refused = false;
  try {
    await run(tried);
  } catch (thrown) {
    refused = true;
    const { name, message, stack } = thrown as Error;
    if (!errors.includes(name) || !/^Cannot /.test(message)) wrong = `${stack ?? thrown}`;
  }
  if (Object.keys(Object.prototype).length) wrong ??= 'every object has got something new';
  wrong = overrun() ?? wrong;
  const milliseconds = performance.now() - started;
  process.send!({ milliseconds, wrong, refused, besides: await besides() } satisfies Tried);
});

void ready().then(() => {
  overrun = guardHeap((tf().backend() as unknown as { wasm: Heap }).wasm);
  if (!process.argv.includes('--open')) checkWalls();
  process.send!('ready');
});
