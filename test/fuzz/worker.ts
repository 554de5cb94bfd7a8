/** Tries one case after the other, each given by kind and seed, and says how it ended. Its parent watches the time. */
import { ready } from '../../src/backend';
import { KINDS } from './cases';
import { random } from './mutate';

export interface Tried {
  milliseconds: number;
  /** What is wrong about how it ended, if anything is. */
  wrong?: string;
  refused: boolean;
  /** Resident set in MB. */
  memory: number;
}

process.env['CONVLENS_BACKEND'] = 'wasm';
console.warn = () => {};

process.on('message', async ({ kind, seed }: { kind: string; seed: number }) => {
  const started = performance.now();
  const { error, run } = KINDS[kind];
  let wrong: string | undefined;
  let refused = false;
  try {
    await run(random(seed));
  } catch (thrown) {
    refused = true;
    const { name, message, stack } = thrown as Error;
    if (name !== error || !/^Cannot /.test(message)) wrong = `${stack ?? thrown}`;
  }
  const tried: Tried = {
    milliseconds: performance.now() - started,
    wrong,
    refused,
    memory: process.memoryUsage().rss / 1e6,
  };
  process.send!(tried);
});
void ready().then(() => process.send!('ready'));
