import type { Answer, Question } from '../explorer-messages';
import type { WorkerScope } from './scope';

/** The calls that a worker answers. */
export type Calls = Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;

/** Answers the page's questions, one after another, in the order in which they were asked. */
export function serve(calls: Calls): void {
  const scope = globalThis as unknown as WorkerScope;
  let last: Promise<unknown> = Promise.resolve();
  scope.onmessage = ({ data }) => {
    const question = data as Question;
    last = last.then(async () => scope.postMessage(await answerTo(calls, question)));
  };
}

export async function answerTo(calls: Calls, { id, call, arguments: given }: Question): Promise<Answer> {
  try {
    return { id, result: await calls[call]!(...(given as never[])) };
  } catch (error) {
    const { name, message } = error as Error;
    return { id, error: { name: String(name), message: String(message) } };
  }
}
